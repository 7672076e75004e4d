"""A fake OpenAI host on loopback that speaks HTTP and fails on purpose.

The name of the model chooses what goes wrong (see `fake_openai_scripts`); a name that
means nothing there is answered well, with `REPLY`. In a test::

    with FakeOpenAI() as host:
        ... host.base_url, host.asked, host.wait_until(...)

As a program, for tests with real processes::

    python -m tests.fake_openai --port 0

prints the address to give as OPENAI_BASE_URL and serves until its standard input ends.
"""

import argparse
import asyncio
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Self

from tests.fake_openai_scripts import SCRIPTS, answer
from tests.fake_openai_wire import KEY, Asked, ClientLeft, Exchange

_LIMIT_S = 10.0


class FakeOpenAI:
    """The host, in a thread of its own.

    Attributes:
        asked: Requests for completions, in the order in which they came.
        listed: How often the list of models was asked for.
        open: Answers that are being written now.
        left: Answers that the client gave up, by the name of the model.
        refuse_list: Status with which the list of models is refused, if at all.
    """

    def __init__(self, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self.listed = 0
        self.open = 0
        self.left: Counter[str] = Counter()
        self.refuse_list: int | None = None
        self._port = port
        self._listening = False
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._stop = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait_until(lambda: self._listening)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_LIMIT_S)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def count(self, model: str) -> int:
        """How often a model was asked."""
        return sum(asked.body["model"] == model for asked in list(self.asked))

    def wait_until(self, holds: Callable[[], bool], limit_s: float = _LIMIT_S) -> None:
        """Wait until something is so, looking whenever something happened here."""
        with self._changed:
            if not self._changed.wait_for(holds, limit_s):
                raise TimeoutError("The fake host did not get there in time.")

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self._port)
        self._port = server.sockets[0].getsockname()[1]
        self._tell(lambda: setattr(self, "_listening", True))
        await self._stop.wait()
        server.close()
        for writer in self._talks.values():
            writer.transport.abort()
        if self._talks:
            await asyncio.wait(self._talks, timeout=_LIMIT_S)

    def _tell(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks[task] = writer
        try:
            while (asked := await _read(reader)) is not None:
                exchange = Exchange(asked, reader, writer)
                await self._respond(exchange)
                if not exchange.keep_alive:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, ClientLeft):
            pass
        finally:
            writer.close()
            del self._talks[task]

    async def _respond(self, exchange: Exchange) -> None:
        if exchange.asked.path.endswith("/models"):
            await self._list(exchange)
            return
        model = exchange.asked.body["model"]
        self._tell(lambda: self.asked.append(exchange.asked))
        exchange.nth = self.count(model)
        self._tell(lambda: setattr(self, "open", self.open + 1))
        try:
            await SCRIPTS.get(model, answer)(exchange)
        except ClientLeft:
            self._tell(lambda: self.left.update([model]))
            raise
        finally:
            self._tell(lambda: setattr(self, "open", self.open - 1))

    async def _list(self, exchange: Exchange) -> None:
        self._tell(lambda: setattr(self, "listed", self.listed + 1))
        if self.refuse_list is not None:
            await exchange.refuse(self.refuse_list, {}, message=f"no {KEY}")
        else:
            models = [{"id": name, "object": "model"} for name in SCRIPTS]
            await exchange.reply(200, {"object": "list", "data": models})


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode().strip().split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (ln.partition(":") for ln in lines)}
    data = await reader.readexactly(int(headers.get("content-length", 0)))
    body = json.loads(data) if data else {}
    return Asked(first.split()[1], headers, body, time.monotonic())


def main() -> None:
    parser = argparse.ArgumentParser(description="A fake OpenAI host.")
    parser.add_argument("--port", type=int, default=0)
    with FakeOpenAI(parser.parse_args().port) as host:
        print(host.base_url, flush=True)  # noqa: T201 for the process that started us
        sys.stdin.read()


if __name__ == "__main__":
    main()
