"""Whose calls the page makes: what the browser of a socket shows to the API.

Reflex keeps, logs and echoes the headers of a socket, so it gets neither cookies nor
tokens: of a browser that is known to the API it gets the number of a visit, and what
the browser showed stays here. Tabs of one browser show the same; nobody else does.
"""

import re
from asyncio import get_running_loop
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from reflex_app.guard import (
    App,
    Receive,
    Scope,
    Send,
    address_of,
    header,
)
from reflex_app.texts import chosen

VISIT = "x-sidekick-visit"
"""Header with the number of a visit, set here and read by handlers."""

_OURS = re.compile(r"(?:^|;)\s*((?:__Host-)?sidekick(?:-guest)?=[^;\s]+)", re.ASCII)
_SECRETS = {b"cookie", b"authorization", VISIT.encode()}
_LANGUAGE = b"accept-language"
_TOKEN = re.compile(rb"(?<![^&])token=([^&]*)")
_LINGER_S = 120.0
"""A handler ends, and what it was to delete is deleted, after its tab was closed."""
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser shows to the API."""

    cookies: str = ""
    """Those that say who it is; empty: it has none."""
    address: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What a call on behalf of the browser carries."""
        shown = {"cookie": self.cookies, "x-forwarded-for": self.address}
        return {name: value for name, value in shown.items() if value}


NOBODY = Visit()


def visit_of(scope: Scope) -> Visit:
    """Return what a browser's request shows."""
    found = _OURS.findall(header(scope, b"cookie"))
    return Visit("; ".join(sorted(set(found))), address_of(scope))


class Visits:
    """The visits of all sockets that are open, or were a moment ago."""

    def __init__(self, *, linger_s: float = _LINGER_S) -> None:
        """Forget a visit `linger_s` seconds after its socket closed."""
        self._linger_s = linger_s
        self._visits: dict[str, Visit] = {}

    def of(self, headers: Mapping[str, str]) -> Visit:
        """Return the visit that the headers of an event name; nobody's without."""
        return self._visits.get(headers.get(VISIT, ""), NOBODY)

    def noticing(self, socket: App) -> App:
        """Return Reflex's socket behind a place where secrets are left."""

        async def notice(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                await socket(scope, receive, send)
                return
            visit, scope = visit_of(scope), without_secrets(scope)
            if not visit.cookies:
                await socket(scope, receive, send)
                return
            number = self._begin(visit)
            try:
                await socket(_marked(scope, number, visit), receive, send)
            finally:
                get_running_loop().call_later(self._linger_s, self._end, number)

        return notice

    def _begin(self, visit: Visit) -> str:
        number = token_urlsafe()
        self._visits[number] = visit
        if len(self._visits) > _MOST:
            self._end(next(iter(self._visits)))
        return number

    def _end(self, number: str) -> None:
        self._visits.pop(number, None)


def without_secrets(scope: Scope) -> Scope:
    """Return the scope of a socket without what Reflex would keep, log and echo.

    Of the cookies only the reader's language is left: the handlers speak it.
    """
    tag = chosen(header(scope, _LANGUAGE), header(scope, b"cookie"))
    dropped = {*_SECRETS, _LANGUAGE}
    headers = [pair for pair in scope["headers"] if pair[0] not in dropped]
    return {**scope, "headers": [*headers, (_LANGUAGE, tag.encode())]}


def _marked(scope: Scope, number: str, visit: Visit) -> Scope:
    """Name the visit, and another tab for other cookies: Reflex keeps what a tab shows.

    So who signs in after somebody else, in the same tab, begins with an empty one, and
    who knows the name of a stranger's tab does not get to it.
    """

    def named(token: re.Match[bytes]) -> bytes:
        digest = sha256(visit.cookies.encode() + b"\n" + token[1]).digest()
        return b"token=" + str(UUID(bytes=digest[:16])).encode()

    query = _TOKEN.sub(named, scope["query_string"])
    headers = [*scope["headers"], (VISIT.encode(), number.encode())]
    return {**scope, "query_string": query, "headers": headers}
