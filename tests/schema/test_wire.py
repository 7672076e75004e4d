"""The corrections of the endpoint, as bytes: what is accepted, and what comes back."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from strawberry.exceptions import ConnectionRejectionError

from graphql_api.domain.access import LOCAL_CALLER, Caller
from graphql_api.domain.identity import Visit
from graphql_api.schema.build import build_schema
from graphql_api.schema.explorer import FILES
from graphql_api.schema.wire.endpoint import Endpoint
from graphql_api.schema.wire.negotiation import Accepted, accepted
from tests.schema.conftest import Api
from tests.schema.test_streams import MULTIPART, SSE, STREAM, asked

pytestmark = pytest.mark.anyio
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"
HEALTH = "{ health { status } }"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)
APOLLO = (
    "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,"
    "application/graphql-response+json,application/json;q=0.9"
)


@pytest.mark.parametrize(
    ("accept", "json", "stream"),
    [
        (None, JSON, None),
        ("", JSON, None),
        ("*/*", JSON, None),
        ("application/*", JSON, None),
        (JSON, JSON, None),
        (GRAPHQL, GRAPHQL, None),
        (f"{JSON}, {GRAPHQL}", GRAPHQL, None),
        (f"{JSON}, {GRAPHQL};q=0.9", JSON, None),
        (f"{GRAPHQL};q=0, {JSON}", JSON, None),
        (f"{GRAPHQL};q=x, {JSON}", JSON, None),
        (f"{GRAPHQL.upper()} ; charset=utf-8", GRAPHQL, None),
        ("application/json, text/plain, */*", JSON, None),
        ("text/html, */*;q=0.8", JSON, None),
        (EVENTS, None, "sse"),
        (f"{EVENTS};q=0", None, None),
        (URQL, GRAPHQL, "sse"),
        (APOLLO, GRAPHQL, "multipart-subscription"),
        (f"{EVENTS};q=0.5, {APOLLO}", GRAPHQL, "multipart-subscription"),
        ('multipart/mixed; subscriptionSpec="1.0"', None, "multipart-subscription"),
        ("multipart/mixed;deferSpec=20220824", None, None),
        ("image/png", None, None),
    ],
)
def test_the_accept_header_says_what_the_client_reads(
    accept: str | None, json: str | None, stream: Any
) -> None:
    headers = Headers({} if accept is None else {"accept": accept})
    assert accepted(headers) == Accepted(json, stream)


@pytest.mark.parametrize("accept", [URQL, APOLLO, GRAPHQL])
async def test_what_ends_at_once_is_json_for_who_reads_both(
    api: Api, accept: str
) -> None:
    answer = await api.post(HEALTH, accept=accept)
    assert answer.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
    assert "accept" in answer.headers["vary"]
    assert answer.json() == {"data": {"health": {"status": "OK"}}}


@pytest.mark.parametrize("accept", [URQL, EVENTS])
async def test_a_subscription_streams_for_who_reads_both(api: Api, accept: str) -> None:
    answer = await api.post(STREAM, asked("Pow!"), accept=accept)
    assert answer.headers["content-type"] == f"{EVENTS}; charset=utf-8"


async def test_events_have_plain_line_ends_and_begin_at_once(api: Api) -> None:
    text = (await api.post(STREAM, asked("Pow!"), **SSE)).text
    assert "\r" not in text
    frames = text.removesuffix("\n\n").split("\n\n")
    assert frames[0].startswith(":")
    assert all(re.match(r"(:|event: (next|complete)\ndata: )", one) for one in frames)


async def test_a_multipart_stream_is_whole(api: Api) -> None:
    answer = await api.post(STREAM, asked("Pow!"), **MULTIPART)
    boundary = "boundary=graphql; subscriptionSpec=1.0"
    assert answer.headers["content-type"] == f"multipart/mixed; {boundary}"
    preamble, *parts, end = answer.text.split("\r\n--graphql")
    assert (preamble, end) == ("", "--\r\n")
    assert all(part.startswith("\r\nContent-Type: application/json") for part in parts)


@pytest.mark.parametrize("accept", [EVENTS, MULTIPART["accept"]])
async def test_who_reads_only_streams_gets_a_query_in_one(
    api: Api, accept: str
) -> None:
    answer = await api.post(HEALTH, accept=accept)
    assert '{"data":{"health":{"status":"OK"}}}' in answer.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nobody }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
        ("query A { __typename } query B { a }", "OPERATION_RESOLUTION_FAILURE"),
    ],
)
@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL, 400)])
async def test_an_operation_that_never_ran_has_no_data(
    api: Api, query: str, code: str, accept: str, status: int
) -> None:
    answer = await api.post(query, accept=accept)
    assert answer.status_code == status
    assert list(answer.json()) == ["errors"]
    assert answer.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("method", "headers", "status", "allow"),
    [
        ("PUT", {}, 405, "GET, POST"),
        ("DELETE", {}, 405, "GET, POST"),
        ("OPTIONS", {}, 405, "GET, POST"),
        ("GET", {"accept": EVENTS}, 405, "POST"),
        ("GET", {}, 400, None),
        ("GET", {"accept": "image/png"}, 406, None),
        ("POST", {"accept": "image/png"}, 406, None),
        ("POST", {}, 415, None),
        ("POST", {"content-type": "application/json; charset=latin-1"}, 415, None),
        ("POST", {"content-type": "application/x-www-form-urlencoded"}, 415, None),
    ],
)
async def test_a_request_without_an_operation_is_refused_in_json(
    api: Api, method: str, headers: dict[str, str], status: int, allow: str | None
) -> None:
    answer = await api.http.request(method, "/graphql", headers=headers)
    assert (answer.status_code, answer.headers.get("allow")) == (status, allow)
    assert answer.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_browser_that_opens_the_address_gets_a_page(api: Api) -> None:
    answer = await api.http.get("/graphql", headers={"accept": "text/html"})
    assert answer.status_code == (200 if (FILES / "graphiql.js").is_file() else 503)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "GraphiQL" in answer.text


async def test_a_mutation_needs_post(api: Api) -> None:
    query = "mutation { __typename }"
    answer = await api.http.get("/graphql", params={"query": query})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


class OpenAccess:
    required = False

    async def caller(self, token: str | None, *, address: str, visit: Visit) -> Caller:
        del token, address, visit
        return LOCAL_CALLER


class BrokenEndpoint(Endpoint):
    async def parse_http_body(self, request: Any) -> Any:  # noqa: ARG002 a hook
        raise RuntimeError("sk-12345")

    async def on_ws_connect(self, context: Any) -> Any:  # noqa: ARG002 a hook
        raise ConnectionRejectionError


async def page(request: Request) -> Response:
    return PlainTextResponse("the page")


@pytest.fixture
def broken() -> TestClient:
    app = FastAPI()
    services: Any = SimpleNamespace(access=OpenAccess())
    endpoint = BrokenEndpoint(build_schema(), lambda: services, origins=(), page=page)
    app.include_router(endpoint)
    return TestClient(app)


def test_a_bug_outside_of_every_operation_is_masked(broken: TestClient) -> None:
    answer = broken.post("/graphql", json={"query": HEALTH})
    extensions = answer.json()["errors"][0]["extensions"]
    assert (answer.status_code, "sk-12345" in answer.text) == (500, False)
    assert extensions["code"] == "INTERNAL_SERVER_ERROR"
    assert extensions["requestId"].startswith("req_")


def test_a_connection_that_is_refused_closes_with_4403(broken: TestClient) -> None:
    protocols = ["graphql-transport-ws"]
    with broken.websocket_connect("/graphql", subprotocols=protocols) as socket:
        socket.send_json({"type": "connection_init"})
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive_json()
        assert (caught.value.code, caught.value.reason) == (4403, "Forbidden")


@pytest.mark.parametrize(
    ("accept", "query", "shown"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", None, True),
        ("text/html", HEALTH, False),
        ("*/*", None, False),
    ],
)
def test_only_a_browser_that_opens_the_address_gets_the_page(
    broken: TestClient, accept: str, query: str | None, *, shown: bool
) -> None:
    parameters = {"query": query} if query else {}
    answer = broken.get("/graphql", headers={"accept": accept}, params=parameters)
    assert (answer.text == "the page") == shown
