"""Nothing that a client sends is a bug, takes time beyond its size, or stays."""

import json
from contextlib import suppress
from typing import Any

import httpx
from graphql import GraphQLError, parse
from hypothesis import HealthCheck, Phase, given, settings
from websockets import ConnectionClosed, connect

from graphql_api.schema.build import build_schema
from graphql_api.schema.documents.measure import measure
from tests.fuzz import grammar
from tests.fuzz.conftest import Served

FEW = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    # A failing example is shown as it is: making it small may take minutes.
    phases=[Phase.generate],
)
MANY = settings(FEW, max_examples=100)
MAX_BODY = 256_000
MAX_FRAME = 64_000
DOCUMENTS = build_schema().documents  # type: ignore[attr-defined]
OPEN = '{"type": "connection_init"}'
PROTOCOLS: list[Any] = ["graphql-transport-ws"]
PING = '{"type": "ping", "payload": {"last": true}}'


@MANY
@given(text=grammar.documents())
def test_work_on_a_document_is_bounded_by_its_tokens(text: str) -> None:
    complaints = DOCUMENTS.prepare(text).complaints
    assert all(len(complaint.message) <= 500 for complaint in complaints)
    with suppress(GraphQLError):
        document = parse(text, max_lexical_tokens=5_000)
        measures = measure(document, grammar.RULES, {"first": 3})
        assert measures.visited <= document.token_count


@FEW
@given(request=grammar.requests)
def test_no_request_is_a_bug(served: Served, request: Any) -> None:
    body = json.dumps(request).encode()[:MAX_BODY]

    async def post() -> httpx.Response:
        headers = {"content-type": "application/json"}
        answer = await served.http.post(served.url, content=body, headers=headers)
        await served.settled()
        return answer

    answer = served.run(post())
    assert answer.status_code < 500
    assert "INTERNAL_SERVER_ERROR" not in answer.text
    assert len(answer.content) < 50_000
    assert served.complaints == []


@FEW
@given(messages=grammar.st.lists(grammar.messages, max_size=6))
def test_no_message_of_a_socket_is_a_bug(served: Served, messages: list[Any]) -> None:
    async def talk() -> list[str]:
        heard: list[str] = []
        async with connect(served.socket_url, subprotocols=PROTOCOLS) as socket:
            with suppress(ConnectionClosed):
                for message in (OPEN, *map(json.dumps, messages), PING):
                    await socket.send(message[:MAX_FRAME])
                while '"last"' not in (said := str(await socket.recv())):
                    heard.append(said)
        await served.settled()
        return [*heard, f"closed with {socket.close_code}"]

    heard = served.run(talk())
    assert heard[-1] != "closed with 1011"
    assert "INTERNAL_SERVER_ERROR" not in "".join(heard)
    assert served.complaints == []
