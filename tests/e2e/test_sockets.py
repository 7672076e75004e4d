"""graphql-transport-ws over a real socket."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import pytest
from websockets import ClientConnection, InvalidStatus, connect

from reflex_app.operations import OFFER
from tests.services import Service

pytestmark = pytest.mark.anyio
LIMIT_S = 10
STREAM = """subscription ($text: String!) {
  chatStream(history: [{role: USER, content: $text}]) {
    __typename cursor generationId
    ... on GenerationDelta { delta }
    ... on GenerationEnded { status message { content } tokenUsage { totalTokens } }
  }
}"""
FOLLOW = """subscription ($id: ID!, $after: String) {
  generationEvents(generationId: $id, after: $after) {
    __typename cursor generationId
    ... on GenerationDelta { delta }
    ... on GenerationEnded { status message { content } tokenUsage { totalTokens } }
  }
}"""


@asynccontextmanager
async def raw(api: Service, **options: Any) -> AsyncGenerator[ClientConnection]:
    url = api.url.replace("http", "ws") + "/graphql"
    async with (
        asyncio.timeout(LIMIT_S),
        connect(url, subprotocols=["graphql-transport-ws"], **options) as socket,  # type: ignore[list-item]
    ):
        yield socket


@asynccontextmanager
async def opened(api: Service) -> AsyncGenerator[ClientConnection]:
    async with raw(api) as socket:
        await socket.send('{"type": "connection_init"}')
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        yield socket


async def subscribe(
    socket: ClientConnection, query: str, variables: Any, name: str = "1"
) -> None:
    payload = {"query": query, "variables": variables}
    await socket.send(json.dumps({"id": name, "type": "subscribe", "payload": payload}))


async def events(socket: ClientConnection) -> list[Any]:
    seen: list[Any] = []
    while (message := json.loads(await socket.recv()))["type"] == "next":
        seen.append(next(iter(message["payload"]["data"].values())))
    assert message["type"] == "complete"
    return seen


async def test_an_answer_streams_over_a_socket(echo_api: Service) -> None:
    async with opened(echo_api) as socket:
        await subscribe(socket, STREAM, {"text": "To me, my X-Men"})
        seen = await events(socket)
        assert seen[0]["__typename"] == "GenerationStarted"
        assert seen[-1]["message"]["content"] == "To me, my X-Men"


async def test_a_dropped_watcher_resumes_with_its_cursor(echo_api: Service) -> None:
    async with opened(echo_api) as socket:
        await subscribe(socket, STREAM, {"text": "__slow__ " + "word " * 20})
        first = [json.loads(await socket.recv()) for _ in range(3)]
    seen = [message["payload"]["data"]["chatStream"] for message in first]
    async with opened(echo_api) as socket:
        last = seen[-1]
        variables = {"id": last["generationId"], "after": last["cursor"]}
        await subscribe(socket, FOLLOW, variables)
        seen += await events(socket)
    text = "".join(event.get("delta", "") for event in seen)
    assert text == seen[-1]["message"]["content"]
    assert [event["cursor"] for event in seen] == [
        f"1-{number}" for number in range(1, len(seen) + 1)
    ]


async def test_stop_reaches_a_generation_of_another_socket(echo_api: Service) -> None:
    stop = """mutation ($id: ID!) {
      stopGeneration(input: {generationId: $id}) { generation { status } } }"""
    async with opened(echo_api) as watcher, opened(echo_api) as stopper:
        await subscribe(watcher, STREAM, {"text": "__slow__ " + "word " * 200})
        started = json.loads(await watcher.recv())["payload"]["data"]["chatStream"]
        await subscribe(stopper, stop, {"id": started["generationId"]})
        assert (await events(stopper))[0]["generation"]["status"] == "STOPPED"
        assert (await events(watcher))[-1]["status"] == "STOPPED"


async def test_a_document_can_be_named_over_a_socket(echo_api: Service) -> None:
    name = sha256(OFFER.encode()).hexdigest()
    named = {"id": "1", "type": "subscribe", "payload": {"documentId": name}}
    other = {"id": "2", "type": "subscribe", "payload": {"documentId": "unknown"}}
    async with opened(echo_api) as socket:
        await socket.send(json.dumps(named))
        assert (await events(socket))[0]["nodes"]
        await socket.send(json.dumps(other))
        refused = json.loads(await socket.recv())["payload"][0]
        assert refused["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_failed_operation_ends_with_error_and_leaves_the_others(
    echo_api: Service,
) -> None:
    async with opened(echo_api) as socket:
        for query in ("{", "{ nope }", "subscription { nope }"):
            await subscribe(socket, query, {})
            message = json.loads(await socket.recv())
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"]["code"].startswith("GRAPHQL_")
        await subscribe(socket, STREAM, {"text": " "})
        message = json.loads(await socket.recv())
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["reason"] == "BLANK"
        await subscribe(socket, "{ health { status } }", {})
        assert await events(socket) == [{"status": "OK"}]


async def test_a_foreign_page_gets_no_socket(echo_api: Service) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with raw(echo_api, origin="http://evil.example"):
            pass
    assert caught.value.response.status_code == 403


async def test_a_foreign_host_name_gets_no_socket(echo_api: Service) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with connect(
            "ws://evil.example/graphql", host="127.0.0.1", port=echo_api.port
        ):
            pass
    assert caught.value.response.status_code == 403
