"""The way in: whether people sign in here, and what newcomers get before they come.

A guest's cookie is handed out with the page, before its socket opens: that has the
cookies of its beginning. Where nobody signs in, the API answers 404, and no page waits
for that a second time.
"""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from reflex_app.connections import Connections
from reflex_app.guard import App, Message, Receive, Scope, Send, address_of, header
from reflex_app.visits import visit_of

_PATIENCE_S: Final = 1.0
_NOT_FOUND: Final = 404
_FAULT: Final = 500
_SEE_OTHER: Final = 303
_WRONG: Final = 400
_STUCK: Final = {
    _WRONG: "failed",
    429: "unavailable",
    500: "unavailable",
    502: "unavailable",
    503: "unavailable",
}


class Entrance:
    """Asks the API who may come in."""

    def __init__(self, api_url: str) -> None:
        """Prepare to ask the service that has GraphQL at `api_url`."""
        parts = urlsplit(api_url)
        self._url = f"{parts.scheme}://{parts.netloc}/auth/session"
        self._http = Connections(silence_s=_PATIENCE_S)
        self._open: bool | None = None

    async def aclose(self) -> None:
        """Close all connections to the API."""
        await self._http.aclose()

    async def is_open(self, *, again: bool = False) -> bool | None:
        """Return whether people sign in here; None when nobody can tell.

        It is asked once, and `again` by whom the API has just sent away.
        """
        if self._open is None or (again and not self._open):
            await self._new_cookies({})
        return self._open

    def welcoming(self, pages: App) -> App:
        """Return what serves pages, and with them cookies to who has none."""

        async def welcome(scope: Scope, receive: Receive, send: Send) -> None:
            if self._open is False or not _is_new(scope):
                await pages(scope, receive, send)
                return
            forwarded = {
                "x-forwarded-host": header(scope, b"host"),
                "x-forwarded-for": address_of(scope),
            }
            cookies = await self._new_cookies(forwarded)
            await pages(scope, receive, _with(cookies, send) if cookies else send)

        return welcome

    async def _new_cookies(self, headers: dict[str, str]) -> list[str]:
        """What a browser without cookies is to keep."""
        asking = self._http.session.get(
            self._url, headers=headers, allow_redirects=False
        )
        try:
            async with asyncio.timeout(_PATIENCE_S), asking as reply:
                if reply.status < _FAULT:
                    self._open = reply.status != _NOT_FOUND
                return reply.headers.getall("set-cookie", [])
        except (aiohttp.ClientError, TimeoutError):
            return []


def leading_back(api: App) -> App:
    """Return what hands requests on; who is stuck on the way in gets back to the page.

    The API's answer to a program, an error in JSON, would be all that a person sees.
    """

    async def lead_back(scope: Scope, receive: Receive, send: Send) -> None:
        stuck = False

        async def send_back(message: Message) -> None:
            nonlocal stuck
            if message["type"] == "http.response.start":
                stuck = message["status"] in _STUCK
                message = _back(scope, message["status"]) if stuck else message
            elif stuck:
                message = {**message, "body": b""}
            await send(message)

        await api(scope, receive, send_back if _travels(scope) else send)

    return lead_back


def _travels(scope: Scope) -> bool:
    on_the_way = scope["path"] in {"/auth/login", "/auth/callback"}
    return on_the_way and "text/html" in header(scope, b"accept")


def _back(scope: Scope, status: int) -> Message:
    # Some providers do not say whose sign-in was denied.
    denied = b"error=access_denied" in scope["query_string"]
    problem = "denied" if denied and status == _WRONG else _STUCK[status]
    headers = [
        (b"location", f"/?signIn={problem}".encode()),
        (b"cache-control", b"no-store"),
    ]
    return {"type": "http.response.start", "status": _SEE_OTHER, "headers": headers}


def _is_new(scope: Scope) -> bool:
    """Whether somebody opens the page whom nobody knows; copies are for anybody."""
    opens = scope["method"] == "GET" and "text/html" in header(scope, b"accept")
    shared = scope["path"].startswith("/s/")
    return opens and not shared and not visit_of(scope).cookies


def _with(cookies: list[str], send: Send) -> Send:
    added = [(b"set-cookie", cookie.encode("latin-1")) for cookie in cookies]

    async def send_cookies(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0] != b"cache-control"]
            # What is one browser's own must not stay in a cache between.
            private = (b"cache-control", b"private, no-cache")
            message = {**message, "headers": [*kept, private, *added]}
        await send(message)

    return send_cookies
