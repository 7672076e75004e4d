"""Clients that follow a generation over each of the three transports."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from websockets import connect

from tests.services import Service

LIMIT_S = 20
FOLLOW: Final = """subscription ($id: ID!, $after: String) {
  generationEvents(generationId: $id, after: $after) {
    __typename cursor
    ... on GenerationDelta { delta }
    ... on GenerationReset { text }
    ... on GenerationEnded { status message { content } problem { code } }
  }
}"""
ACCEPTS: Final = {
    "sse": "text/event-stream",
    "multipart": "multipart/mixed;boundary=graphql;subscriptionSpec=1.0",
}
Events = AsyncGenerator[dict[str, Any], None]
Watch = Callable[[Service, str, str | None], Events]


def asked(generation_id: str, after: str | None) -> dict[str, Any]:
    return {"query": FOLLOW, "variables": {"id": generation_id, "after": after}}


async def by_sse(api: Service, generation_id: str, after: str | None) -> Events:
    lines = _lines(api, ACCEPTS["sse"], asked(generation_id, after))
    async with aclosing(lines):
        async for line in lines:
            if line == "event: complete":
                return
            if line.startswith("data: {"):
                yield _event(json.loads(line[6:]))
    raise ConnectionError("the stream was cut")


async def by_multipart(api: Service, generation_id: str, after: str | None) -> Events:
    lines = _lines(api, ACCEPTS["multipart"], asked(generation_id, after))
    async with aclosing(lines):
        async for line in lines:
            if line == "--graphql--":
                return
            if line.startswith('{"payload"'):
                yield _event(json.loads(line)["payload"])
    raise ConnectionError("the stream was cut")


async def by_socket(api: Service, generation_id: str, after: str | None) -> Events:
    url = api.url.replace("http", "ws") + "/graphql"
    async with connect(
        url,
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        max_size=None,
    ) as socket:
        await socket.send('{"type": "connection_init"}')
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        payload = asked(generation_id, after)
        message = {"id": "1", "type": "subscribe", "payload": payload}
        await socket.send(json.dumps(message))
        while (message := json.loads(await socket.recv()))["type"] == "next":
            yield _event(message["payload"])
        assert message["type"] == "complete", message


TRANSPORTS: Final[dict[str, Watch]] = {
    "sse": by_sse,
    "multipart": by_multipart,
    "socket": by_socket,
}


async def _lines(
    api: Service, accept: str, body: dict[str, Any]
) -> AsyncGenerator[str, None]:
    async with (
        httpx.AsyncClient(timeout=LIMIT_S) as http,
        http.stream(
            "POST", f"{api.url}/graphql", json=body, headers={"accept": accept}
        ) as answer,
    ):
        async for line in answer.aiter_lines():
            yield line


def _event(payload: dict[str, Any]) -> dict[str, Any]:
    assert "errors" not in payload, payload
    return payload["data"]["generationEvents"]


@dataclass
class Client:
    """What a client knows of an answer, kept as the contract tells it to."""

    text: str = ""
    cursor: str | None = None
    events: list[str] = field(default_factory=list)
    ended: dict[str, Any] | None = None

    def take(self, event: dict[str, Any]) -> None:
        assert self.ended is None, "an event came after the last one"
        self.events.append(event["__typename"])
        self.cursor = event["cursor"]
        match event["__typename"]:
            case "GenerationDelta":
                self.text += event["delta"]
            case "GenerationReset":
                self.text = event["text"]
            case "GenerationEnded":
                self.ended = event

    def leave(self) -> "Client":
        """A client that knows as much, and has yet to come back."""
        return Client(self.text, self.cursor)

    async def watch(self, watch: Watch, api: Service, generation_id: str) -> "Client":
        async with aclosing(watch(api, generation_id, self.cursor)) as events:
            async for event in events:
                self.take(event)
        return self
