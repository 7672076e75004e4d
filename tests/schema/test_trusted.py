"""Trusted documents: named instead of sent, and perhaps the only ones that run."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from graphql_api.app import create_app
from graphql_api.errors import SettingsError
from graphql_api.schema.build import build_schema
from graphql_api.schema.documents import trusted
from graphql_api.settings import read_settings
from reflex_app.operations import OFFER, OPERATIONS
from tests.schema.conftest import JSON, Api, open_api
from tools.documents import manifest

pytestmark = pytest.mark.anyio
HEALTH = "query Health { health { status } }"
OK = {"data": {"health": {"status": "OK"}}}


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def apollo(name: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": name}}}


@pytest.fixture
def listed(tmp_path: Path) -> str:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({"health": HEALTH}))
    return str(path)


async def sent(api: Api, body: Any) -> Any:
    return (await api.http.post("/graphql", json=body)).json()


@pytest.mark.parametrize(
    "request_body",
    [
        {"query": HEALTH},
        {"documentId": "health"},
        {"documentId": f"sha256:{hashed(HEALTH)}"},
        apollo(hashed(HEALTH)),
    ],
)
async def test_a_listed_document_runs_however_it_is_named(
    listed: str, request_body: dict[str, Any]
) -> None:
    async for api in open_api(SIDEKICK_TRUSTED_DOCUMENTS=listed):
        assert await sent(api, request_body) == OK


@pytest.mark.parametrize(
    "request_body",
    [
        {"query": HEALTH + " "},
        {"query": "{ __schema { types { name } } }"},
        {"documentId": "other"},
        apollo(hashed("other")),
    ],
)
async def test_no_other_document_runs(
    listed: str, request_body: dict[str, Any]
) -> None:
    async for api in open_api(SIDEKICK_TRUSTED_DOCUMENTS=listed):
        (error,) = (await sent(api, request_body))["errors"]
        assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_listed_document_can_be_named_in_the_address(listed: str) -> None:
    async for api in open_api(SIDEKICK_TRUSTED_DOCUMENTS=listed):
        api.http.headers["accept"] = JSON
        by_id = await api.http.get("/graphql", params={"documentId": "health"})
        assert by_id.json() == OK
        extensions = json.dumps(apollo(hashed(HEALTH))["extensions"])
        by_hash = await api.http.get("/graphql", params={"extensions": extensions})
        assert by_hash.json() == OK


async def test_the_pages_documents_are_always_known(api: Api, listed: str) -> None:
    assert "data" in await sent(api, {"documentId": hashed(OFFER)})
    async for shut in open_api(SIDEKICK_TRUSTED_DOCUMENTS=listed):
        assert "data" in await sent(shut, {"query": OFFER})


async def test_a_client_that_asks_by_hash_first_may_send_the_text_then(
    api: Api,
) -> None:
    by_hash = apollo(hashed(HEALTH))
    (error,) = (await sent(api, by_hash))["errors"]
    assert error["message"] == "PersistedQueryNotFound"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert await sent(api, {"query": HEALTH, **by_hash}) == OK
    assert "errors" in await sent(api, by_hash)


@pytest.mark.parametrize("name", [1, None, "", [], {}])
async def test_a_name_of_a_wrong_shape_is_a_missing_query(api: Api, name: Any) -> None:
    for body in ({"documentId": name}, apollo(name), {"extensions": {"a": name}}):
        answer = await api.http.post("/graphql", json=body)
        assert answer.status_code == 400
        assert answer.headers["content-type"].startswith(JSON)


async def test_apollos_manifest_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(manifest([HEALTH]))
    known = trusted.read_trusted(path)
    assert known.text(trusted.DocumentId(hashed(HEALTH))) == HEALTH


@pytest.mark.parametrize("content", ["", "[]", "1", '{"a": 1}', "{", None])
async def test_a_wrong_file_stops_the_start_and_is_named(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "documents.json"
    if content is not None:
        path.write_text(content)
    environ = {"SIDEKICK_PROVIDER": "echo", "SIDEKICK_TRUSTED_DOCUMENTS": str(path)}
    with pytest.raises(SettingsError, match=r"SIDEKICK_TRUSTED_DOCUMENTS.*documents"):
        create_app(read_settings(environ))


async def test_the_file_of_the_pages_documents_is_what_the_page_sends() -> None:
    path = Path(trusted.__file__).parents[2] / "page_documents.json"
    assert path.read_text("utf-8") == manifest(OPERATIONS), "run: make documents"
    documents = build_schema().documents  # type: ignore[attr-defined]
    for text in OPERATIONS:
        assert documents.prepare(text).complaints == ()
