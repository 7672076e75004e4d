"""Who signs in: what an OpenID provider says of a person, and what we keep of it.

A *session* is a browser that signed in. Its token lies in a cookie; only the digest of
it is stored. An *attempt* is one sign-in under way, from the click to the way back.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from graphql_api.domain.access import EVERYTHING, OWN, Scope

SESSION_LASTS: Final = timedelta(days=30)
SESSION_IDLE: Final = timedelta(days=7)
"""A session that nobody used for so long has ended."""
RENEW_AFTER: Final = timedelta(hours=1)
"""The use of a session is noted at most so often."""
# Between header, claims and signature.
_DOTS: Final = 2
_MOST_PATH_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as the provider vouches for them.

    Attributes:
        issuer: The provider, exactly as its tokens name it.
        subject: The person, unique and unchanging with this provider.
        name: Name to show; perhaps empty.
        email: Address that the provider has verified; None: there is none.
        expires_at: When the token that said so ends.
    """

    issuer: str
    subject: str
    name: str
    email: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sign-in under way; the browser that began it keeps it, signed.

    Attributes:
        state: Says which attempt an answer of the provider belongs to.
        nonce: Must stand in the token that the attempt ends with.
        verifier: Proves that who began also ends it (PKCE).
        return_to: Path to go to afterwards.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    return_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that signed in.

    Attributes:
        digest: SHA-256 of the token in its cookie.
        email: Verified address at that sign-in.
        expires_at: When it ends, however much it is used.
        used_at: Roughly when it was used last.
    """

    digest: str = field(repr=False)
    principal_id: str
    email: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime

    def works(self, at: datetime) -> bool:
        """Whether it is good at an instant."""
        return at < self.expires_at and at < self.used_at + SESSION_IDLE

    def needs_renewal(self, at: datetime) -> bool:
        """Whether its use should be noted anew."""
        return at >= self.used_at + RENEW_AFTER


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser shows of itself by its cookies."""

    session: str | None = field(default=None, repr=False)
    guest_pass: str | None = field(default=None, repr=False)


NO_VISIT: Final = Visit()


def session_digest(token: str) -> str:
    """What is stored of a session's token; it is random enough for a fast hash."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def scopes_of(
    subject: str | None, email: str | None, admins: Collection[str]
) -> frozenset[Scope]:
    """What a person may do; admins are named by subject or by verified address."""
    known = {subject, None if email is None else email.casefold()}
    return OWN if known.isdisjoint(admins) else EVERYTHING


def is_signed(token: str) -> bool:
    """Whether it has the form of a signed token, which nobody gets by guessing."""
    return token.count(".") == _DOTS


def is_local_path(path: str) -> bool:
    r"""Whether a browser that goes there stays on this site.

    Browsers read ``//host`` and ``/\host`` as another site, and skip tabs and line
    ends wherever they stand.
    """
    plain = path.isascii() and path.isprintable() and len(path) <= _MOST_PATH_CHARS
    if not plain or not path.startswith("/") or "\\" in path or path[1:2] == "/":
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
