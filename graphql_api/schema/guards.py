"""What every HTTP request and WebSocket must pass before GraphQL sees it.

Without a login, being reachable is being allowed. So a page of another site must not
reach the API through the browser of somebody who runs it: the Host header must name
this machine (no DNS rebinding), and a browser's Origin must be ours.
"""

import json
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.errors import ErrorCode

_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard:
    """ASGI middleware: Host allow-list, Origin check, bounded bodies."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        origins: Iterable[str],
        max_body_bytes: int,
    ) -> None:
        """Serve further hosts and origins next to loopback and the own origin."""
        self._app = app
        self._hosts = _LOOPBACK | {host.lower() for host in hosts}
        self._origins = {origin.lower().rstrip("/") for origin in origins}
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(headers)
        if refusal is not None:
            await _refuse(scope, send, *refusal)
            return
        if scope["type"] == "http":
            await _Body(self._app, self._max_body_bytes)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if _host_name(host) not in self._hosts:
            return 421, "This host name is not served here."
        origin = headers.get("origin")
        if origin is not None and not self._same_or_allowed(origin.lower(), host):
            return 403, "Pages of this origin may not call the API."
        declared = headers.get("content-length", "0")
        if not declared.isdigit() or int(declared) > self._max_body_bytes:
            return 413, f"The body is over {self._max_body_bytes:,} bytes."
        return None

    def _same_or_allowed(self, origin: str, host: str) -> bool:
        try:
            return origin in self._origins or urlsplit(origin).netloc == host.lower()
        except ValueError:
            return False


class _Body:
    """Counts what is really received: a chunked body declares no length."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._left = max_bytes
        self._over = False
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bounded() -> Message:
            message = await receive()
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self._over = True
                return {"type": "http.request", "body": b"", "more_body": False}
            return message

        async def refusing(message: Message) -> None:
            if not self._over or self._begun:
                self._begun = True
                await send(message)
            elif message["type"] == "http.response.start":
                await _refuse(scope, send, 413, "The body is too large.")

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), _NOSNIFF]
                message = {**message, "headers": headers}
            await refusing(message)

        await self._app(scope, bounded, hardened)


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(scope: Scope, send: Send, status: int, message: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": message})
        return
    extensions = {"code": ErrorCode.BAD_REQUEST}
    body = json.dumps({"errors": [{"message": message, "extensions": extensions}]})
    headers = [
        (b"content-type", b"application/json"),
        (b"connection", b"close"),
        _NOSNIFF,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
