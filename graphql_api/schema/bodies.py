"""A request's body, bounded in bytes and in time, whatever its headers say."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import Message, Receive, Send

Refuse = Callable[[Send, int, str], Awaitable[None]]
_END: Final[Message] = {"type": "http.request", "body": b"", "more_body": False}


class BoundedBody:
    """Counts and times what is really received: a chunked body declares no length.

    The application sees a body that breaks off; whatever it answers to that is
    replaced by the reason.
    """

    def __init__(self, receive: Receive, *, max_bytes: int, timeout_s: float) -> None:
        """Bound what `receive` gives."""
        self._receive = receive
        self._left = max_bytes
        self._timeout_s = timeout_s
        self._due_s = asyncio.get_running_loop().time() + timeout_s
        self._complete = False
        self._refusal: tuple[int, str] | None = None

    async def receive(self) -> Message:
        """The next message, while the body is within its bounds."""
        if self._refusal is not None:
            return _END
        if self._complete:
            # The next message is the client's leaving, which may take its time.
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._due_s):
                message = await self._receive()
        except TimeoutError:
            said = f"The body took over {self._timeout_s:g} seconds."
            self._refusal = (408, said)
            return _END
        self._complete = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self._refusal = (413, "The body is too large.")
            return _END
        return message

    def sending(self, send: Send, refuse: Refuse) -> Send:
        """Send the application's answer, or the refusal in its place."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if self._refusal is None or begun:
                begun = True
                await send(message)
            elif message["type"] == "http.response.start":
                await refuse(send, *self._refusal)

        return sending
