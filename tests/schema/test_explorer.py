"""GraphiQL's page and files, and that programs never get them."""

import json
import re
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, parse, validate

from graphql_api.schema.explorer import TABS, Explorer
from tests.schema.conftest import Api, open_api
from tests.services import ROOT

pytestmark = pytest.mark.anyio
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TYPENAME = "/graphql?query={__typename}"
OWN = ROOT / "graphql_api" / "schema" / "graphiql"
SETTING = re.compile(r"SIDEKICK_[A-Z_]+")
SCRIPT = re.compile(r'<script type="application/json" id="options">(.*)</script>')


async def nobody(*_: object) -> None:
    raise AssertionError("The request was handed on.")


def explorer(folder: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Explorer(nobody, folder=folder))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "graphiql.js").write_text("theirs")
    return tmp_path


async def test_a_browser_gets_the_page_with_our_operations(folder: Path) -> None:
    async with explorer(folder) as client:
        page = await client.get("/graphql", headers=BROWSER)
    options = json.loads(SCRIPT.findall(page.text)[0])
    assert page.status_code == 200
    assert [tab["query"].startswith("# ") for tab in options["tabs"]] == [True] * 3
    assert options["sockets"] is True


async def test_the_page_runs_nothing_inline(folder: Path) -> None:
    async with explorer(folder) as client:
        page = await client.get("/graphql", headers=BROWSER)
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "connect-src 'self' ws://localhost:8000 " in policy
    assert not re.search(
        r"<style|\son\w+=|<script(?! defer src=\"/| type=\"app)", page.text
    )


async def test_behind_another_server_sockets_are_not_relied_on(folder: Path) -> None:
    headers = {**BROWSER, "x-forwarded-host": "localhost:3000"}
    async with explorer(folder) as client:
        page = await client.get("/graphql", headers=headers)
    assert json.loads(SCRIPT.findall(page.text)[0])["sockets"] is False


async def test_where_it_cannot_ask_a_page_says_why(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_text("{}")
    shut = {"SIDEKICK_TRUSTED_DOCUMENTS": str(path)}
    for environ in ({"SIDEKICK_INTROSPECTION": "off"}, shut):
        async for api in open_api(**environ):
            page = await api.http.get("/graphql", headers=BROWSER)
            assert page.status_code == 200
            assert set(environ) <= set(SETTING.findall(page.text))


async def test_without_its_files_a_page_says_what_to_run(tmp_path: Path) -> None:
    async with explorer(tmp_path) as client:
        page = await client.get("/graphql", headers=BROWSER)
    assert page.status_code == 503
    assert "make setup" in page.text


async def test_files_are_served_and_kept_by_browsers_while_they_are_the_same(
    folder: Path,
) -> None:
    async with explorer(folder) as client:
        ours = await client.get("/graphql/ide/main.js")
        theirs = await client.get("/graphql/ide/graphiql.js")
        same = {"if-none-match": theirs.headers["etag"]}
        again = await client.get("/graphql/ide/graphiql.js", headers=same)
    assert "GraphiQL.createFetcher" in ours.text
    assert (theirs.text, again.status_code) == ("theirs", 304)


@pytest.mark.parametrize(
    "name", ["nothing.js", "..%2Fexplorer.py", "", "%00", "a%2F.."]
)
async def test_there_are_no_other_files(folder: Path, name: str) -> None:
    async with explorer(folder) as client:
        assert (await client.get(f"/graphql/ide/{name}")).status_code == 404


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
async def test_programs_get_data(api: Api, accept: str) -> None:
    answer = await api.http.get(TYPENAME, headers={"accept": accept})
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_a_browser_gets_the_page_of_the_whole_service(api: Api) -> None:
    page = await api.http.get("/graphql", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("tab", TABS)
def test_every_operation_fits_the_schema(tab: str) -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    document = parse((OWN / f"{tab}.graphql").read_text("utf-8"))
    variables = json.loads((OWN / f"{tab}.json").read_text("utf-8"))
    used = re.findall(r"\$(\w+):", (OWN / f"{tab}.graphql").read_text("utf-8"))
    assert validate(schema, document) == []
    assert variables.keys() <= set(used)


def test_the_operations_of_the_examples_fit_the_schema() -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    document = (ROOT / "examples/operations.graphql").read_text("utf-8")
    assert validate(schema, parse(document)) == []
