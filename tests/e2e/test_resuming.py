"""R6: whoever comes back, over whatever, with whatever cursor, gets the same text."""

import asyncio
import json
import signal
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from websockets import connect

from tests.e2e.watchers import (
    ACCEPTS,
    LIMIT_S,
    TRANSPORTS,
    Client,
    Watch,
    asked,
    by_sse,
)
from tests.services import Service, free_port, running_api

CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!) {
  sendMessage(input: {conversationId: $id, content: $text}) {
    generation { id } assistantMessage { id } } }"""
STORED = """query ($id: ID!) { node(id: $id) { ... on ConversationMessage {
  content status } } }"""
# Twelve deltas; nobody lives to see the end of the other.
SHORT = "__slow__ one two — three 🦇 four five\n\nsix seven eight nine ten eleven "
LONG = "__slow__ " + "word " * 400
# The partial text is kept once a second.
LONG_ENOUGH_S = 2.2
RESET_AND_END = ["GenerationReset", "GenerationEnded"]


@dataclass
class Turn:
    generation: str
    message: str
    # What somebody knew who left after each event, the first one before all.
    leavers: list[Client] = field(default_factory=list)

    async def follow(self, api: Service, limit_s: float = LIMIT_S) -> Client:
        """Watch until it ends or for a while, and keep each moment of it."""
        leader = Client()
        self.leavers.append(leader.leave())
        async with aclosing(by_sse(api, self.generation, None)) as events:
            try:
                async with asyncio.timeout(limit_s):
                    async for event in events:
                        leader.take(event)
                        self.leavers.append(leader.leave())
            except TimeoutError:
                pass
        return leader


async def post(api: Service, query: str, **variables: Any) -> Any:
    async with httpx.AsyncClient(timeout=LIMIT_S) as http:
        body = {"query": query, "variables": variables}
        reply = (await http.post(f"{api.url}/graphql", json=body)).json()
    assert "errors" not in reply, reply
    return next(iter(reply["data"].values()))


async def ask(api: Service, text: str) -> Turn:
    conversation = (await post(api, CREATE))["conversation"]["id"]
    sent = await post(api, SEND, id=conversation, text=text)
    return Turn(sent["generation"]["id"], sent["assistantMessage"]["id"])


async def come_back(api: Service, turn: Turn) -> dict[str, list[Client]]:
    """Everybody who left comes back at once, over each of the transports."""

    async def over(watch: Watch) -> list[Client]:
        clients = [leaver.leave() for leaver in turn.leavers]
        watching = [client.watch(watch, api, turn.generation) for client in clients]
        return list(await asyncio.gather(*watching))

    async with asyncio.timeout(LIMIT_S):
        came = await asyncio.gather(*map(over, TRANSPORTS.values()))
    return dict(zip(TRANSPORTS, came, strict=True))


async def come_back_live(api: Service, turn: Turn) -> dict[str, list[Client]]:
    """As each event of the running answer is seen, three clients go on behind it."""
    leader, tasks = Client(), {name: [] for name in TRANSPORTS}

    def split() -> None:
        turn.leavers.append(leader.leave())
        for name, watch in TRANSPORTS.items():
            watching = leader.leave().watch(watch, api, turn.generation)
            tasks[name].append(asyncio.create_task(watching))

    split()
    async with asyncio.timeout(LIMIT_S):
        async for event in by_sse(api, turn.generation, None):
            leader.take(event)
            split()
        return {name: list(await asyncio.gather(*tasks[name])) for name in tasks}


@dataclass
class Story:
    """Two lives of an API on one folder, and what clients saw in the first."""

    ended: Turn
    interrupted: Turn
    live: dict[str, list[Client]]
    in_memory: dict[str, list[Client]]
    api: Service


async def first_life(api: Service) -> tuple[Turn, Turn, Any, Any]:
    ended, interrupted = await asyncio.gather(ask(api, SHORT), ask(api, LONG))
    cut_short = asyncio.create_task(interrupted.follow(api, LONG_ENOUGH_S))
    live = await come_back_live(api, ended)
    in_memory = await come_back(api, ended)
    await cut_short
    return ended, interrupted, live, in_memory


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder, port = tmp_path_factory.mktemp("story"), free_port()
    with running_api(folder / "api.log", port=port) as api:
        ended, interrupted, live, in_memory = asyncio.run(first_life(api))
        api.process.send_signal(signal.SIGKILL)
        api.process.wait()
    with running_api(folder / "api.log", port=port) as api:
        yield Story(ended, interrupted, live, in_memory, api)
        assert "Traceback" not in api.output()


def check(
    clients: list[Client], turn: Turn, text: str, status: str = "COMPLETED"
) -> None:
    assert len(clients) == len(turn.leavers)
    for client in clients:
        if client.cursor == turn.leavers[-1].cursor and client.ended is None:
            continue  # It had seen all there was.
        assert client.ended is not None
        assert client.ended["status"] == status
        assert client.text == client.ended["message"]["content"] == text


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_any_cursor_of_a_running_answer_gives_the_same_text(
    story: Story, transport: str
) -> None:
    clients = story.live[transport]
    check(clients, story.ended, SHORT)
    assert all("GenerationReset" not in client.events for client in clients)
    assert len(clients) > 4  # a busy server joins more of the text


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_any_cursor_of_an_ended_answer_gives_the_same_text(
    story: Story, transport: str
) -> None:
    clients = story.in_memory[transport]
    check(clients, story.ended, SHORT)
    assert all("GenerationReset" not in client.events for client in clients)


def test_any_cursor_gives_the_same_text_after_a_restart(story: Story) -> None:
    came = asyncio.run(come_back(story.api, story.ended))
    for clients in came.values():
        check(clients, story.ended, SHORT)
        assert all(client.events == RESET_AND_END for client in clients)


def test_any_cursor_of_a_killed_answer_gives_what_was_kept(story: Story) -> None:
    turn = story.interrupted
    kept = asyncio.run(post(story.api, STORED, id=turn.message))
    assert kept["status"] == "INTERRUPTED"
    assert kept["content"]
    assert LONG.startswith(kept["content"])
    for clients in asyncio.run(come_back(story.api, turn)).values():
        check(clients, turn, kept["content"], "INTERRUPTED")
        assert all(client.events == RESET_AND_END for client in clients)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_cursor_of_after_the_restart_is_good_too(
    story: Story, transport: str
) -> None:
    client = Client(SHORT, "2-1")
    watching = client.watch(TRANSPORTS[transport], story.api, story.ended.generation)
    asyncio.run(watching)
    assert client.events == ["GenerationEnded"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_who_leaves_before_the_first_event_loses_nothing(
    story: Story, transport: str
) -> None:
    async def leave_and_come_back() -> Client:
        turn = await ask(story.api, SHORT)
        await leave_at_once(story.api, transport, turn.generation)
        back = Client().watch(TRANSPORTS[transport], story.api, turn.generation)
        return await asyncio.wait_for(back, LIMIT_S)

    assert asyncio.run(leave_and_come_back()).text == SHORT


async def leave_at_once(api: Service, transport: str, generation_id: str) -> None:
    """Ask for the events, and be gone before the first one."""
    body = json.dumps(asked(generation_id, None))
    if transport == "socket":
        url = api.url.replace("http", "ws") + "/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            await socket.send('{"type": "connection_init"}')
            subscribe = f'{{"id": "1", "type": "subscribe", "payload": {body}}}'
            await socket.send(subscribe)
        return
    head = (
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\n"
        f"Accept: {ACCEPTS[transport]}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", api.port)
    writer.write((head + body).encode())
    await writer.drain()
    writer.transport.abort()
