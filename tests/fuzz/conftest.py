"""A real server in this process, so that its tasks and its log can be looked at."""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from graphql_api.serving import server
from graphql_api.settings import read_settings

LIMIT_S = 8


@dataclass
class Served:
    """A server, the loop in which it runs, and what it complained about."""

    runner: asyncio.Runner
    port: int
    http: httpx.AsyncClient
    usual_tasks: frozenset[Any] = frozenset()
    complaints: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Let the server run while this work does, at most for `LIMIT_S`."""

        async def bounded() -> Any:
            async with asyncio.timeout(LIMIT_S):
                return await work

        return self.runner.run(bounded())

    async def answer(self, body: bytes) -> httpx.Response:
        """Send a request, and wait until the server has done with it."""
        headers = {"content-type": "application/json"}
        answer = await self.http.post(self.url, content=body, headers=headers)
        await self.settled()
        return answer

    async def settled(self) -> None:
        """Return when no task is left that a request or a socket began."""
        own = asyncio.current_task()
        while begun := asyncio.all_tasks() - self.usual_tasks - {own}:
            await asyncio.wait(begun)


class _Complaints(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(self.format(record))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("fuzz")
    with asyncio.Runner() as runner:
        opened = _serving(runner, folder)
        found = runner.run(anext(opened))
        handler = _Complaints(found.complaints)
        logging.getLogger().addHandler(handler)
        try:
            yield found
        finally:
            logging.getLogger().removeHandler(handler)
            runner.run(opened.aclose())


async def _serving(runner: asyncio.Runner, folder: Path) -> AsyncGenerator[Served]:
    async with _started(folder) as port, httpx.AsyncClient(trust_env=False) as http:
        usual = frozenset(asyncio.all_tasks())
        yield Served(runner, port, http, usual)


async def _up(listener: socket.socket) -> None:
    """Return when the server has taken a connection, and so has started."""
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    writer.write(b"GET /healthz HTTP/1.0\r\nhost: localhost\r\n\r\n")
    await reader.read()
    writer.close()


@asynccontextmanager
async def _started(folder: Path) -> AsyncGenerator[int]:
    environ = {"SIDEKICK_PROVIDER": "echo", "SIDEKICK_DATA_DIR": str(folder)}
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        running = server(read_settings({**environ, "SIDEKICK_DRAIN_S": "0"}))
        serving = asyncio.ensure_future(running.serve(sockets=[listener]))
        await _up(listener)
        try:
            yield listener.getsockname()[1]
        finally:
            running.should_exit = True
            await serving
