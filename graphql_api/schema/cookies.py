"""The cookies that people's browsers keep for us.

No script can read them, and other sites cannot send them along. Where browsers come by
https, a name that begins with ``__Host-`` keeps other hosts of the domain from setting
them.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from graphql_api.domain.identity import NO_VISIT, Visit

_NAME: Final = "sidekick"
_MAX_CHARS: Final = 4_096
_STATE_CHARS: Final = 16
_MOST_ATTEMPTS: Final = 8


class Cookies:
    """Sets, reads and deletes them.

    Attributes:
        session: Name of the cookie with a session's token.
        guest: Name of the one with a guest's pass.
    """

    def __init__(self, *, public_url: str) -> None:
        """Take the address that people use."""
        self._origin = public_url
        self._secure = public_url.startswith("https:")
        self.session = f"__Host-{_NAME}" if self._secure else _NAME
        self.guest = f"{self.session}-guest"

    def attempt(self, state: str) -> str:
        """Name of the cookie with a sign-in under way: tabs have one each."""
        digest = sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.session}-login-{digest[:_STATE_CHARS]}"

    def visit(self, connection: HTTPConnection) -> Visit:
        """What the cookies say; nothing when a page of another site sends them."""
        origin = connection.headers.get("origin")
        host = connection.headers.get("host", "").lower()
        if origin is not None and origin.lower() != self._origin:
            try:
                foreign = urlsplit(origin.lower()).netloc != host
            except ValueError:
                foreign = True
            if foreign:
                return NO_VISIT
        return Visit(
            session=self.read(connection, self.session),
            guest_pass=self.read(connection, self.guest),
        )

    def read(self, connection: HTTPConnection, name: str) -> str | None:
        """The value of a cookie; None: it is not there, or too long to be ours."""
        value = connection.cookies.get(name, "")
        return value if 0 < len(value) <= _MAX_CHARS else None

    def put(self, response: Response, name: str, value: str, until: datetime) -> None:
        """Have the browser keep a value."""
        lasts = until - datetime.now(UTC)
        response.set_cookie(
            name,
            value,
            max_age=max(0, int(lasts.total_seconds())),
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def delete(self, response: Response, *names: str) -> None:
        """Have the browser forget values."""
        for name in names:
            response.delete_cookie(
                name, secure=self._secure, httponly=True, samesite="lax"
            )

    def stale_attempts(self, connection: HTTPConnection) -> list[str]:
        """Names of attempts that nobody will end, when there are too many of them."""
        prefix = f"{self.session}-login-"
        names = [name for name in connection.cookies if name.startswith(prefix)]
        return names if len(names) >= _MOST_ATTEMPTS else []
