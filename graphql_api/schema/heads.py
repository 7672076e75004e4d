"""HTTP/1.1 that waits for a request's head only so long, and reads only so much of it.

uvicorn waits for ever for headers that never end, and keeps all of them.
"""

import asyncio
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MAX_HEAD_BYTES: Final = 64_000
_TOO_SLOW: Final = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-length: 0\r\n\r\n"
)


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's protocol with a timer that runs while a head is awaited."""

    head_timeout_s: ClassVar[float] = 10.0
    _awaiting_head = True
    _only_head = True
    _head_bytes = 0
    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a first request."""
        super().connection_made(transport)
        self._start_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bound the head, of which this may be a part."""
        if self._awaiting_head:
            self._start_waiting()
        self._only_head = self._awaiting_head
        super().data_received(data)
        if self._only_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._give_up(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A head has begun, perhaps right behind the request before it."""
        self._start_waiting()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there; what came with its end may be a body, and counts not."""
        self._awaiting_head = self._only_head = False
        self._head_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes now is the next head."""
        self._awaiting_head = True
        super().on_message_complete()

    def _start_waiting(self) -> None:
        if self._head_due is None:
            self._head_due = self.loop.call_later(
                self.head_timeout_s, self._give_up, _TOO_SLOW
            )

    def _stop_waiting(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _give_up(self, answer: bytes) -> None:
        self._stop_waiting()
        if self.transport.is_closing():
            return
        # There is no cycle before the first request, whatever its type says.
        answering = bool(self.cycle) and not self.cycle.response_complete
        if not answering:
            self.transport.write(answer)
        self.transport.close()


def bounded_heads(timeout_s: float) -> type[BoundedHeads]:
    """The protocol with this time limit; uvicorn makes one object a connection."""
    return type("BoundedHeads", (BoundedHeads,), {"head_timeout_s": timeout_s})
