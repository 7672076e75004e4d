"""Lets go of clients who stop reading: no write waits for them for ever.

A reader that stands still costs a socket, a task and a full buffer. The server's own
time-outs only close such a connection, and closing waits until the buffer is sent. So
it is cut. Whoever it was comes back with the last cursor and has lost nothing.
"""

import asyncio
from typing import Any, cast


class _Wire:
    """Cuts the connection when the client takes nothing for too long."""

    patience_s: float
    _wire: asyncio.Transport
    _cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Remember what to cut."""
        self._wire = transport
        cast("Any", super()).connection_made(transport)

    def pause_writing(self) -> None:
        """The buffer is full: the client has so long to make room in it."""
        cast("Any", super()).pause_writing()
        if self._cut is None:
            loop = asyncio.get_running_loop()
            self._cut = loop.call_later(self.patience_s, self._wire.abort)

    def resume_writing(self) -> None:
        """The client reads on."""
        self._keep()
        cast("Any", super()).resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to cut."""
        self._keep()
        cast("Any", super()).connection_lost(exc)

    def _keep(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None


def impatient(
    protocol: type[asyncio.Protocol], patience_s: float
) -> type[asyncio.Protocol]:
    """The server's protocol, but with a bound on how long a client may not read."""
    return type(protocol.__name__, (_Wire, protocol), {"patience_s": patience_s})
