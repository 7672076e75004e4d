"""Who asks, what they may do, and what they may use.

A *principal* is who owns conversations and pays for answers: the one whose machine this
is, a user who signed in, a guest, or a program. A *caller* is a principal together with
the credentials of one request: an API key acts for its principal, with fewer scopes and
limits of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Final, Self

from graphql_api.errors import Unauthenticated


class Scope(StrEnum):
    """What a caller may do."""

    CHAT = "CHAT"
    READ = "READ"
    USAGE = "USAGE"
    ADMIN = "ADMIN"


class PrincipalKind(StrEnum):
    """How a principal is known."""

    LOCAL = "LOCAL"
    USER = "USER"
    GUEST = "GUEST"
    SERVICE = "SERVICE"


EVERYTHING: Final = frozenset(Scope)
OWN: Final = frozenset({Scope.CHAT, Scope.READ, Scope.USAGE})
"""What people may do with what is theirs."""

KEY_PREFIX: Final = "sk-sidekick-"
_KEY_ID: Final = "key_"
_SEPARATOR: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a principal or a key may use; None: as much as it likes.

    Attributes:
        requests_per_minute: GraphQL operations.
        tokens_per_minute: Tokens that models read and wrote.
        concurrent: Generations that wait or run at once.
        daily_usd: Spending in a day of UTC.
        monthly_usd: Spending in a month of UTC.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrent: int | None = None
    daily_usd: Decimal | None = None
    monthly_usd: Decimal | None = None


UNLIMITED: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who owns conversations and pays for answers.

    Attributes:
        name: Name to show.
        limits: Its own limits; None: those that the settings give its kind.
        subject: Who a user is for the provider that vouches for them.
    """

    id: str
    kind: PrincipalKind
    name: str
    created_at: datetime
    limits: Limits | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is shown after it was made; its secret is kept nowhere.

    Attributes:
        hint: Last characters of the secret, to tell keys apart.
        expires_at: None: never.
        revoked_at: None while it has not been revoked.
        used_at: Roughly when it was used last; None: never.
    """

    id: str
    principal_id: str
    name: str
    scopes: frozenset[Scope]
    limits: Limits
    hint: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def works(self, at: datetime) -> bool:
        """Whether it is good at an instant."""
        expired = self.expires_at is not None and self.expires_at <= at
        return self.revoked_at is None and not expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whose accounts an answer is charged to: the principal's and the key's.

    The whole service's accounts are always charged, too.

    Attributes:
        limits: The principal's own; None: those that the settings give everybody.
        key_limits: Those of the key.
        address: Where the request comes from; empty: that is not known.
    """

    principal_id: str
    limits: Limits | None = None
    key_id: str | None = None
    key_limits: Limits = UNLIMITED
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as found out from the credentials of one request.

    Attributes:
        principal_id: None: nobody that we know.
        key: The API key that it came with.
        expires_at: When its credentials end; None: at no fixed time.
        limits: The principal's own; None: those of its kind.
        session_digest: The session that it came with.
    """

    principal_id: str | None
    kind: PrincipalKind | None
    name: str
    scopes: frozenset[Scope]
    key: ApiKey | None = None
    expires_at: datetime | None = None
    limits: Limits | None = None
    session_digest: str | None = None

    @classmethod
    def with_key(cls, key: ApiKey, principal: Principal) -> Self:
        """Who comes with an API key."""
        return cls(
            principal_id=principal.id,
            kind=principal.kind,
            name=principal.name,
            scopes=key.scopes,
            key=key,
            expires_at=key.expires_at,
            limits=principal.limits,
        )

    @property
    def payer(self) -> Payer:
        """Whose accounts its answers are charged to.

        Raises:
            Unauthenticated: Nobody that we know.
        """
        if self.principal_id is None:
            raise Unauthenticated(SIGN_IN)
        if self.key is None:
            return Payer(principal_id=self.principal_id, limits=self.limits)
        return Payer(
            principal_id=self.principal_id,
            limits=self.limits,
            key_id=self.key.id,
            key_limits=self.key.limits,
        )


SIGN_IN: Final = "Sign in, or send the header Authorization: Bearer <key>."
LOCAL_PRINCIPAL: Final = "usr_local"
GUEST_PREFIX: Final = "gst"
"""Identifiers of guests begin so, since nothing else is known of most."""
LOCAL_CALLER: Final = Caller(
    principal_id=LOCAL_PRINCIPAL,
    kind=PrincipalKind.LOCAL,
    name="You",
    scopes=EVERYTHING,
)
"""Without a login there is one principal, whose machine this is."""

UNKNOWN_CALLER: Final = Caller(
    principal_id=None, kind=None, name="", scopes=frozenset()
)


def token_of(key_id: str, secret: str) -> str:
    """The whole key, as it is given out once."""
    return f"{KEY_PREFIX}{key_id.removeprefix(_KEY_ID)}{_SEPARATOR}{secret}"


def key_id_in(token: str) -> str | None:
    """Which key a token claims to be; None: it has not the form of one."""
    if not token.startswith(KEY_PREFIX) or not token.isascii():
        return None
    identifier, separator, secret = token[len(KEY_PREFIX) :].partition(_SEPARATOR)
    return f"{_KEY_ID}{identifier}" if separator and identifier and secret else None


def key_digest(token: str) -> str:
    """What is stored of a key: whoever reads the database has none.

    A fast hash is enough for 256 random bits: there is nothing to guess.
    """
    return sha256(token.encode()).hexdigest()


def same_digest(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that says nothing of them."""
    return compare_digest(one.encode(), other.encode())
