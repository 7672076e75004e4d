"""What every HTTP request and WebSocket must pass before GraphQL sees it.

Without a login, being reachable is being allowed. So a page of another site must not
reach the API through the browser of somebody who runs it: the Host header must name
this machine (no DNS rebinding), a browser's Origin must be ours or allowed, and what a
foreign page can send without an Origin, an image's address, gets no answer.
"""

import json
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.errors import ErrorCode
from graphql_api.schema.bodies import BoundedBody
from graphql_api.schema.safe_headers import allowing, safe

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FOREIGN_SITES: Final = frozenset({"cross-site", "same-site"})


class Guard:
    """ASGI middleware: Host and Origin, bounded bodies, safe headers, CORS."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        origins: Iterable[str],
        landings: Iterable[str] = (),
        max_body_bytes: int,
        body_timeout_s: float,
    ) -> None:
        """Serve further hosts and origins next to loopback and the own origin.

        Browsers may be sent to the ``landings`` by other sites, with a query.
        """
        self._app = app
        self._hosts = _LOOPBACK | {host.lower() for host in hosts}
        self._origins = {origin.lower().rstrip("/") for origin in origins}
        self._landings = frozenset(landings)
        self._max_body_bytes = max_body_bytes
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, refusal)
            return
        origin = headers.get("origin", "")
        if origin.lower() in self._origins:
            send = allowing(origin, send)
        send = safe(send)
        if refusal is not None:
            await refuse(send, *refusal)
        elif (
            scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        ):
            await _answer(send, 204, b"")
        else:
            await self._http(scope, receive, send)

    async def _websocket(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        refusal: tuple[int, str] | None,
    ) -> None:
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = BoundedBody(
            receive, max_bytes=self._max_body_bytes, timeout_s=self._body_timeout_s
        )
        await self._app(scope, body.receive, body.sending(send, refuse))

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if _host_name(host) not in self._hosts:
            return 421, "This host name is not served here."
        origin = headers.get("origin")
        if origin is not None and not self._same_or_allowed(origin.lower(), host):
            return 403, "Pages of this origin may not call the API."
        foreign = headers.get("sec-fetch-site", "").lower() in _FOREIGN_SITES
        foreign = foreign and not self._lands(scope, headers)
        if origin is None and foreign and scope.get("query_string"):
            return 403, "Pages of other sites may not call the API."
        declared = headers.get("content-length", "0")
        if not declared.isdigit() or int(declared[:12]) > self._max_body_bytes:
            return 413, f"The body is over {self._max_body_bytes:,} bytes."
        return None

    def _lands(self, scope: Scope, headers: Headers) -> bool:
        arrives = headers.get("sec-fetch-mode", "").lower() == "navigate"
        return arrives and scope["path"] in self._landings

    def _same_or_allowed(self, origin: str, host: str) -> bool:
        try:
            return origin in self._origins or urlsplit(origin).netloc == host.lower()
        except ValueError:
            return False


async def refuse(send: Send, status: int, message: str) -> None:
    """Answer with a GraphQL error, and close the connection."""
    extensions = {"code": ErrorCode.BAD_REQUEST, "retryable": status == _TOO_SLOW}
    body = json.dumps({"errors": [{"message": message, "extensions": extensions}]})
    await _answer(send, status, body.encode())


_TOO_SLOW: Final = 408


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    if body:
        headers += [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
