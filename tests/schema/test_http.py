"""The HTTP form of the endpoint, and what it refuses before GraphQL sees it."""

import json

import pytest

from tests.schema.conftest import JSON, Api, open_api

pytestmark = pytest.mark.anyio
HEALTH = json.dumps({"query": "{ health { status } }"})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"null", 400, "BAD_REQUEST"),
        (b"1", 400, "BAD_REQUEST"),
        (b'"x"', 400, "BAD_REQUEST"),
        (b"[]", 400, "BAD_REQUEST"),
        (b"{", 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"query": 1}', 400, "BAD_REQUEST"),
        (b'{"query": []}', 400, "BAD_REQUEST"),
        (b'{"query": {}}', 400, "BAD_REQUEST"),
        (b'{"query": "{ a }", "variables": []}', 400, "BAD_REQUEST"),
        (b"\xff\xfe", 400, "BAD_REQUEST"),
        (b"[" * 100_000, 400, "BAD_REQUEST"),
        (b'{"query": ' + b"9" * 5_000 + b"}", 400, "BAD_REQUEST"),
        (b'{"query": "{"}', 200, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nope }"}', 200, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "subscription { x }"}', 406, "BAD_REQUEST"),
        (b" " * 256_001, 413, "BAD_REQUEST"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else "",
)
async def test_a_malformed_request_gets_an_error_with_a_code(
    api: Api, body: bytes, status: int, code: str
) -> None:
    answer = await api.http.post(
        "/graphql", content=body, headers={"content-type": JSON}
    )
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": ""}, 421),
        ({"host": "[::1"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "text/plain; a=application/json"}, 415),
    ],
)
async def test_a_foreign_page_is_kept_out(
    api: Api, headers: dict[str, str], status: int
) -> None:
    answer = await api.http.post(
        "/graphql", content=HEALTH, headers={"content-type": JSON, **headers}
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost"},
        {"host": "127.0.0.1:8000"},
        {"host": "[::1]:8000"},
        {"content-type": "application/json; charset=utf-8"},
    ],
)
async def test_our_own_page_is_let_in(api: Api, headers: dict[str, str]) -> None:
    answer = await api.http.post(
        "/graphql", content=HEALTH, headers={"content-type": JSON, **headers}
    )
    assert answer.json() == {"data": {"health": {"status": "OK"}}}


async def test_further_hosts_and_origins_are_settings() -> None:
    async for api in open_api(
        SIDEKICK_ALLOWED_HOSTS="chat.example",
        SIDEKICK_ALLOWED_ORIGINS="https://app.example",
    ):
        answer = await api.http.post(
            "/graphql",
            content=HEALTH,
            headers={
                "content-type": JSON,
                "host": "chat.example",
                "origin": "https://app.example",
            },
        )
        assert answer.status_code == 200


async def test_a_body_that_lies_about_its_length_is_cut_off(api: Api) -> None:
    async def chunks():  # noqa: ANN202
        for _ in range(30):
            yield b" " * 10_000

    answer = await api.http.post(
        "/graphql", content=chunks(), headers={"content-type": JSON}
    )
    assert answer.status_code == 413


async def test_a_query_may_come_by_get_but_nothing_else(api: Api) -> None:
    found = await api.http.get("/graphql", params={"query": "{ health { status } }"})
    assert found.json() == {"data": {"health": {"status": "OK"}}}
    mutation = 'mutation { stopGeneration(input: {generationId: "x"}) { __typename } }'
    refused = await api.http.get("/graphql", params={"query": mutation})
    assert refused.status_code == 405
    stream = await api.http.get(
        "/graphql",
        params={"query": "subscription { x }"},
        headers={"accept": "text/event-stream"},
    )
    assert stream.status_code == 405


async def test_the_probes_answer(api: Api) -> None:
    assert (await api.http.get("/healthz")).json() == {"status": "OK"}
    ready = await api.http.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "OK")
    assert ready.headers["x-content-type-options"] == "nosniff"


async def test_wrong_variables_are_the_callers_fault(api: Api) -> None:
    answer = await api.post("query ($id: ID!) { node(id: $id) { id } }", {"id": [1]})
    extensions = answer.json()["errors"][0]["extensions"]
    assert extensions["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("since", ["x", 1, {}, "2026-99-99", "2026-01-01T00:00:00"])
async def test_a_value_that_is_no_scalar_is_the_callers_fault(
    api: Api, since: object
) -> None:
    query = "query ($since: DateTime!) { usage(since: $since) { total { key } } }"
    error = await api.error(query, since=since)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "RFC 3339" in error["message"]
    literal = "{ usage(since: 1) { total { key } } }"
    assert (await api.error(literal))["extensions"]["code"] == (
        "GRAPHQL_VALIDATION_FAILED"
    )


async def test_names_that_do_not_exist_are_not_guessed(api: Api) -> None:
    error = await api.error("{ healt { status } }")
    assert "Did you mean" not in error["message"]


@pytest.mark.parametrize("name", ["C", "\ud800", ""])
async def test_an_unknown_operation_is_the_callers_fault(api: Api, name: str) -> None:
    body = json.dumps({"query": "query A { health { status } }", "operationName": name})
    answer = await api.http.post(
        "/graphql", content=body, headers={"content-type": JSON}
    )
    assert answer.status_code in {200, 400}
    assert name == "" or "operationName" in answer.json()["errors"][0]["message"]
