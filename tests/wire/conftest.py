"""A tab without a browser: the page's own socket, and a stand-in for the API."""

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
import websockets

from reflex_app.folding import PARTS
from reflex_app.view import Row
from tests.wire.fake_api import FakeApi

LIMIT_S = 10.0
PREFIX = "reflex___state____state.reflex_app___state___"
EMPTY_ROW = asdict(Row(key="", role="", content="", stored=False))
MOMENT = datetime(2026, 11, 22, 17, 45, 3, tzinfo=UTC)


class Server:
    """An ASGI application on a free port of this machine, in a thread."""

    def __init__(self, asgi: Callable[..., Any]) -> None:
        config = uvicorn.Config(
            asgi, host="127.0.0.1", port=0, log_level="warning", interface="asgi3"
        )
        config.timeout_graceful_shutdown = 1
        self._server = uvicorn.Server(config)
        self._ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(LIMIT_S), "the server did not start"
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        started = self._server.startup

        async def startup(sockets: list | None = None) -> None:
            await started(sockets)
            self._ready.set()

        self._server.startup = startup
        await self._server.serve()
        # uvicorn leaves connections that outlast its grace open: found much later, as
        # a warning in a test that has nothing to do with them.
        for connection in self._server.server_state.connections:
            connection.transport.abort()
        await asyncio.sleep(0)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def call(self, function: Callable[[], Any]) -> None:
        """Call a function in the server's own loop."""
        assert self.loop
        self.loop.call_soon_threadsafe(function)

    async def wait_for(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine in the server's own loop."""
        assert self.loop
        future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        await asyncio.wait_for(asyncio.wrap_future(future), LIMIT_S)

    def stop(self) -> None:
        if not self.running:
            return
        self._server.should_exit = True
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive(), "the server did not stop"


class Tab:
    """What a browser tab knows of the page: its vars, by state and name."""

    def __init__(
        self,
        port: int,
        token: str | None = None,
        *,
        language: str = "en",
        cookies: str = "",
    ) -> None:
        self._port = port
        self._headers = {"accept-language": language, "cookie": cookies}
        self.token = token or str(uuid4())
        self.vars: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.bytes_received = 0
        self._socket: Any = None

    async def open(self) -> None:
        url = f"ws://127.0.0.1:{self._port}/_event/?token={self.token}"
        self._socket = await websockets.connect(
            f"{url}&EIO=4&transport=websocket",
            subprotocols=["0.10.1"],
            additional_headers=self._headers,
        )
        await self._socket.recv()
        hydrate = self._event("reflex___state____state.hydrate_and_load", {})
        await self._socket.send("40/_event," + json.dumps({"event": hydrate}))
        await self.until(lambda: self.vars.get("state.is_hydrated"))

    async def close(self) -> None:
        await self._socket.close()

    async def fire(self, handler: str, **payload: Any) -> None:
        """Fire an event of `reflex_app.state`, for example `chat_state.send`."""
        module = handler.partition("_state.")[0]
        event = self._event(f"{PREFIX}{module}____{handler}", payload)
        await self._socket.send("42/_event," + json.dumps(["event", event]))

    async def until(
        self, condition: Callable[[], Any], *, limit_s: float = LIMIT_S
    ) -> None:
        """Take in what the page sends until `condition` holds."""
        async with asyncio.timeout(limit_s):
            while not condition():
                frame = await self._socket.recv()
                if frame == "2":  # Engine.IO asks whether we are still there
                    await self._socket.send("3")
                self._take(frame)

    def _event(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        place = {"pathname": "/", "asPath": "/", "query": {}}
        return {"name": name, "payload": payload, "router_data": place}

    def _take(self, frame: str) -> None:
        self.bytes_received += len(frame)
        if not frame.startswith("42/_event,"):
            return
        _, update = json.loads(frame.removeprefix("42/_event,"))
        self.events += update.get("events") or []
        for state, delta in (update.get("delta") or {}).items():
            short = state.rpartition(".")[2].rpartition("____")[2]
            for name, value in delta.items():
                self.vars[f"{short}.{name.removesuffix('_rx_state_')}"] = value

    @property
    def rows(self) -> list[dict[str, Any]]:
        parts = (*(f"part_{number}" for number in range(PARTS)), "asked")
        return [{**EMPTY_ROW, **row} for part in parts for row in self.chat(part) or []]

    @property
    def titles(self) -> list[str]:
        """What the sidebar lists, newest first."""
        known = {item["id"]: item for item in self.side("items") or []}
        known |= {item["id"]: item for item in self.side("fresh") or []}
        left = [known[i] for i in known if i not in (self.side("gone") or [])]
        newest = sorted(left, key=lambda item: item["updated"], reverse=True)
        return [item["title"] for item in newest]

    def side(self, name: str) -> Any:
        return self.vars.get(f"sidebar_state.{name}")

    def chat(self, name: str) -> Any:
        return self.vars.get(f"chat_state.{name}")

    async def visit(self, place: str = "") -> None:
        """Go to a conversation, or to a new one, as the address says."""
        turn = self.chat("turn")
        await self.fire("chat_state.open", place=place)
        await self.until(
            lambda: self.chat("turn") != turn and self.chat("phase") != "loading"
        )

    async def say(self, text: str) -> None:
        """Send a question where the tab is."""
        await self.fire("chat_state.send", text=text, place=self.chat("place"))

    async def ask(self, text: str) -> None:
        """Send a question and wait until it is being answered, or was already."""
        turn = self.chat("turn")
        await self.say(text)
        await self.until(
            lambda: (
                self.chat("turn") != turn
                and (self.chat("generation") or not self.chat("busy"))
            )
        )

    async def answered(self) -> None:
        """Say that the generation ended, again and again as a browser does."""
        async with asyncio.timeout(LIMIT_S):
            while self.chat("busy"):
                generation = self.chat("generation")
                await self.fire("chat_state.finished", generation_id=generation)
                with suppress(TimeoutError):
                    await self.until(lambda: not self.chat("busy"), limit_s=1)


@pytest.fixture(scope="session")
def page() -> Iterator[Server]:
    os.environ["__REFLEX_SKIP_COMPILE"] = "true"
    os.environ["REFLEX_ENV_MODE"] = "prod"
    from reflex_app.app import app, visits  # noqa: PLC0415 - Reflex reads the lines above

    server = Server(visits.noticing(app()))
    yield server
    server.stop()


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def api_server(api: FakeApi) -> Iterator[Server]:
    server = Server(api.asgi)
    yield server
    if server.running:
        server.call(api.go_on.set)
    server.stop()


@pytest.fixture
def wait_s() -> float:
    """How long a deletion can be undone; a test may ask for another time."""
    return LIMIT_S


@pytest.fixture
def title_pauses_s() -> tuple[float, ...]:
    """When titles are read again; never, unless a test asks for it."""
    return ()


@pytest.fixture
def language() -> str:
    """What the tab's reader speaks."""
    return "en"


@pytest.fixture
async def connected(
    page: Server,
    api_server: Server,
    wait_s: float,
    title_pauses_s: tuple[float, ...],
) -> AsyncIterator[Server]:
    """The page, whose handlers call the stand-in."""
    from reflex_app.app import (  # noqa: PLC0415 - after the page is set up
        credentials,
        whose,
    )
    from reflex_app.calls import Calls  # noqa: PLC0415 - after the page is set up
    from reflex_app.client import ApiClient  # noqa: PLC0415 - after the page is set up
    from reflex_app.deletions import Deletions  # noqa: PLC0415 - same
    from reflex_app.entrance import Entrance  # noqa: PLC0415 - same
    from reflex_app.state.service import Service, connect  # noqa: PLC0415 - same

    url = f"http://127.0.0.1:{api_server.port}/graphql"
    calls, entrance = Calls(url, credentials=credentials), Entrance(url)
    client = ApiClient(calls)
    keys = count(1)
    connect(
        Service(
            api=client,
            max_message_chars=40,
            now=lambda: MOMENT,
            deletions=Deletions(client.delete, whose=whose, wait_s=wait_s),
            entrance=entrance,
            retry_pause_s=0,
            undo_s=wait_s,
            title_pauses_s=title_pauses_s,
            new_key=lambda: f"key_{next(keys)}",
        )
    )
    yield page
    await page.wait_for(calls.aclose())
    await page.wait_for(entrance.aclose())


@pytest.fixture
async def tab(connected: Server, language: str) -> AsyncIterator[Tab]:
    opened = Tab(connected.port, language=language)
    await opened.open()
    await opened.visit()
    await opened.fire("service_state.load")
    yield opened
    await opened.close()
