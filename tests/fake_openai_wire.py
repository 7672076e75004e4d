"""One exchange of the fake OpenAI host, and what a host can say in it."""

import asyncio
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any

WORDS = ("Batman ", "and ", "Robin ", "— ", "the 🦇 ", "duo.")
REPLY = "".join(WORDS)
KEY = "sk-canary-0123456789"
USAGE = {
    "prompt_tokens": 21,
    "completion_tokens": 9,
    "prompt_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 3},
}


class ClientLeft(Exception):
    """The client closed the connection in the middle of an answer."""


@dataclass
class Asked:
    """A request that came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at_s: float


@dataclass
class Exchange:
    """One request on its connection, and ways to answer it."""

    asked: Asked
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    nth: int = 1  # how often this model was asked, this time included
    keep_alive: bool = True
    chunked: bool = True

    async def pause(self, seconds: float = 60) -> None:
        """Wait, but notice when the client leaves."""
        try:
            async with asyncio.timeout(seconds):
                if not await self.reader.read(1):
                    raise ClientLeft
        except TimeoutError:
            return
        except ConnectionError as error:
            raise ClientLeft from error

    async def reply(
        self, status: int, body: object, kind: str = "application/json", **headers: str
    ) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self._head(status, kind, {"Content-Length": str(len(data)), **headers})
        await self._write(data)

    async def refuse(
        self, status: int, headers: dict[str, str], **error: object
    ) -> None:
        await self.reply(status, {"error": error}, **headers)

    async def begin(self, *, chunked: bool = True) -> None:
        self.chunked = chunked
        how = {"Transfer-Encoding": "chunked"} if chunked else {"Connection": "close"}
        self.keep_alive = chunked
        await self._head(200, "text/event-stream", how)

    async def send(self, data: bytes) -> None:
        await self._write(b"%x\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    async def end(self) -> None:
        if self.chunked:
            await self._write(b"0\r\n\r\n")

    async def delta(self, text: str) -> None:
        await self.send(chunk({"delta": {"content": text}}))

    async def finish(self, reason: str = "stop", *, usage: bool = True) -> None:
        await self.send(chunk({"delta": {}, "finish_reason": reason}))
        if usage and "stream_options" in self.asked.body:
            await self.send(event({"choices": [], "usage": USAGE}))

    async def done(self) -> None:
        await self.send(b"data: [DONE]\n\n")
        await self.end()

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()
        self.keep_alive = False

    async def _head(self, status: int, kind: str, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Status", f"Content-Type: {kind}"]
        lines += [f"{k.replace('_', '-')}: {v}" for k, v in headers.items()]
        await self._write("\r\n".join((*lines, "", "")).encode())

    async def _write(self, data: bytes) -> None:
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError as error:
            raise ClientLeft from error


def event(data: object) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def chunk(choice: dict[str, Any]) -> bytes:
    return event(
        {"object": "chat.completion.chunk", "choices": [{"index": 0} | choice]}
    )
