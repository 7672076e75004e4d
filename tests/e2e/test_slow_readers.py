"""R9: who stops reading costs the others nothing, and is let go.

Five answers of four million characters are written at once. The log holds each text
twice, as deltas and in its last event: 40 MB. When all is written, and those who do
not read are still connected, the memory of the API may have grown by less than twice
of that.
"""

import asyncio
import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.e2e.test_resuming import Turn, ask, post
from tests.e2e.watchers import ACCEPTS, TRANSPORTS, Client, asked
from tests.fake_openai import FakeOpenAI
from tests.fake_openai_scripts import FLOOD_CHARS
from tests.fake_openai_wire import KEY
from tests.services import Service, running_api

ANSWERS = 5
DEAD_SOCKETS = 26
DEAD_STREAMS = 12
LOG_BYTES = 2 * ANSWERS * FLOOD_CHARS
PATIENCE_S = 3
LIMIT_S = 60
STATUS = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Generation { status } } }"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Service]:
    with (
        FakeOpenAI() as host,
        running_api(
            tmp_path / "api.log",
            SIDEKICK_PROVIDER="openai",
            SIDEKICK_MODEL="flood",
            SIDEKICK_SEND_TIMEOUT_S=str(PATIENCE_S),
            SIDEKICK_TITLES="rule",
            OPENAI_BASE_URL=host.base_url,
            OPENAI_API_KEY=KEY,
        ) as service,
    ):
        yield service
        assert "Traceback" not in service.output()


def memory(api: Service) -> int:
    """Bytes of memory that the API uses now."""
    status = Path(f"/proc/{api.process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def sockets(api: Service) -> int:
    """Number of sockets that the API holds open."""
    kinds = [path.readlink() for path in Path(f"/proc/{api.process.pid}/fd").iterdir()]
    return sum(str(kind).startswith("socket:") for kind in kinds)


def connected(api: Service) -> socket.socket:
    """A connection with as small a buffer as the system gives."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    wire.settimeout(LIMIT_S)
    wire.connect(("127.0.0.1", api.port))
    return wire


def request(api: Service, accept: str, turn: Turn) -> socket.socket:
    """Ask for the events over HTTP, and read none."""
    body = json.dumps(asked(turn.generation, None))
    lines = (
        "POST /graphql HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Accept: {accept}",
        f"Content-Length: {len(body)}",
    )
    wire = connected(api)
    wire.sendall("\r\n".join((*lines, "", body)).encode())
    return wire


def frame(message: object) -> bytes:
    """A masked text frame; the mask is zero."""
    data = json.dumps(message).encode()
    return b"\x81\xfe" + len(data).to_bytes(2) + bytes(4) + data


def subscribe(api: Service, turns: list[Turn]) -> socket.socket:
    """Ask for the events of all answers over a WebSocket, and read none."""
    lines = (
        "GET /graphql HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol: graphql-transport-ws",
    )
    wire = connected(api)
    wire.sendall("\r\n".join((*lines, "", "")).encode())
    assert b" 101 " in wire.recv(1_024).split(b"\r\n")[0]
    wire.sendall(frame({"type": "connection_init", "payload": {"pad": "x" * 126}}))
    for turn in turns:
        payload = asked(turn.generation, None)
        message = {"id": turn.generation, "type": "subscribe", "payload": payload}
        wire.sendall(frame(message))
    return wire


def dead_readers(api: Service, turns: list[Turn]) -> Iterator[socket.socket]:
    for _ in range(DEAD_SOCKETS):
        yield subscribe(api, turns)
    for number in range(DEAD_STREAMS):
        yield request(api, ACCEPTS["sse"], turns[number % ANSWERS])
        yield request(api, ACCEPTS["multipart"], turns[number % ANSWERS])


async def warm_up(api: Service) -> None:
    """A first answer, for which the API loads what it never lets go of again."""
    turn = await ask(api, "Hello.")
    await read_all(api, [turn] * len(TRANSPORTS))


async def begin(api: Service) -> list[Turn]:
    return [await ask(api, "Tell me everything.") for _ in range(ANSWERS)]


async def read_all(api: Service, turns: list[Turn]) -> list[Client]:
    """Fast readers, one an answer, over all transports."""
    watches = list(TRANSPORTS.values())
    async with asyncio.timeout(LIMIT_S):
        return await asyncio.gather(
            *(
                Client().watch(watches[number % len(watches)], api, turn.generation)
                for number, turn in enumerate(turns)
            )
        )


def wait_until_let_go(api: Service, most: int) -> None:
    give_up_s = time.monotonic() + PATIENCE_S + 5
    while sockets(api) > most:
        assert time.monotonic() < give_up_s, f"{sockets(api)} of {most} sockets"
        select.select([], [], [], 0.05)


def test_readers_who_stop_cost_little_and_are_let_go(api: Service) -> None:
    asyncio.run(warm_up(api))
    before, at_first = memory(api), sockets(api)
    turns = asyncio.run(begin(api))
    with ExitStack() as stack:
        for wire in dead_readers(api, turns):
            stack.enter_context(closing(wire))
        clients = asyncio.run(read_all(api, turns))
        grown = memory(api) - before
        states = asyncio.run(post(api, STATUS, ids=[t.generation for t in turns]))
        # Connections to the provider may be kept for the next answers.
        wait_until_let_go(api, at_first + ANSWERS)
    assert states == [{"status": "COMPLETED"}] * ANSWERS
    for client in clients:
        assert client.ended is not None
        assert len(client.text) == FLOOD_CHARS
        assert client.text == client.ended["message"]["content"]
    assert grown < 2 * LOG_BYTES
