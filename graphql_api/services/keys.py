"""API keys: made, listed and revoked; each deed is in the audit log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from graphql_api.domain.access import (
    UNLIMITED,
    ApiKey,
    Limits,
    Principal,
    PrincipalKind,
    Scope,
    key_digest,
    token_of,
)
from graphql_api.domain.administration import Actor, AuditAction, AuditEntry, told
from graphql_api.errors import BadInput, NotFound
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store

_MOST_DAYS: Final = 3_650
_MOST_NAME_CHARS: Final = 100
_HINT_CHARS: Final = 4
_MOST_OF_A_LIMIT: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a key is wanted for.

    Attributes:
        principal_id: Whom it acts for; None: a new principal of its own.
        days: Days for which it works; None: until it is revoked.
    """

    name: str
    scopes: frozenset[Scope]
    principal_id: str | None = None
    limits: Limits = UNLIMITED
    days: int | None = None


class Keys:
    """Makes, lists and revokes API keys."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        new_id: Callable[[str], str],
        new_secret: Callable[[], str],
    ) -> None:
        """Take the parts; ``new_secret`` makes 256 bits that nobody can guess."""
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._new_secret = new_secret

    async def create(self, wanted: NewKey, *, by: Actor) -> tuple[ApiKey, str]:
        """A new key, and its text, which is never shown again.

        Raises:
            BadInput: The name, the scopes, a limit or the days are not acceptable.
            NotFound: There is no such principal.
        """
        _check(wanted)
        now = self._clock.now()
        owner = await self._new_owner(wanted, now)
        key_id, secret = self._new_id("key"), self._new_secret()
        key = ApiKey(
            id=key_id,
            principal_id=owner.id if owner else str(wanted.principal_id),
            name=wanted.name.strip(),
            scopes=wanted.scopes,
            limits=wanted.limits,
            hint=secret[-_HINT_CHARS:],
            created_at=now,
            expires_at=None if wanted.days is None else now + timedelta(wanted.days),
        )
        token = token_of(key_id, secret)
        details = _details(key)
        entry = self._entry(by, AuditAction.CREATE_API_KEY, key_id, details, at=now)
        keys = self._store.api_keys
        await keys.create(key, key_digest(token), entry, owner=owner)
        return key, token

    async def list(self, principal_id: str | None = None) -> Sequence[ApiKey]:
        """Keys of a principal or of all, newest first, revoked ones too."""
        return await self._store.api_keys.list(principal_id)

    async def revoke(self, key_id: str, *, by: Actor) -> ApiKey:
        """End a key, everywhere within seconds; ending it again changes nothing.

        Raises:
            NotFound: There is no such key.
        """
        now = self._clock.now()
        entry = self._entry(by, AuditAction.REVOKE_API_KEY, key_id, {}, at=now)
        revoked = await self._store.api_keys.revoke(key_id, entry)
        if revoked is None:
            raise NotFound("There is no such key.")
        return revoked

    async def _new_owner(self, wanted: NewKey, now: datetime) -> Principal | None:
        if wanted.principal_id is None:
            return Principal(
                id=self._new_id("usr"),
                kind=PrincipalKind.SERVICE,
                name=wanted.name.strip(),
                created_at=now,
            )
        if await self._store.principals.find(wanted.principal_id) is None:
            raise NotFound(f"There is no principal {wanted.principal_id!r}.")
        return None

    def _entry(
        self,
        by: Actor,
        action: AuditAction,
        key_id: str,
        details: Mapping[str, str],
        *,
        at: datetime,
    ) -> AuditEntry:
        return AuditEntry(
            id=self._new_id("aud"),
            at=at,
            by=by,
            action=action,
            subject=key_id,
            details=details,
        )


def _check(wanted: NewKey) -> None:
    if not 0 < len(wanted.name.strip()) <= _MOST_NAME_CHARS:
        msg = f"A key needs a name of 1 to {_MOST_NAME_CHARS} characters."
        raise BadInput(msg, reason="OUT_OF_RANGE", field="input.name")
    if not wanted.scopes:
        msg = "A key needs at least one scope."
        raise BadInput(msg, reason="EMPTY", field="input.scopes")
    if wanted.days is not None and not 1 <= wanted.days <= _MOST_DAYS:
        msg = f"A key works for 1 to {_MOST_DAYS:,} days, not {wanted.days:,}."
        raise BadInput(msg, reason="OUT_OF_RANGE", field="input.expiresInDays")
    check_limits(wanted.limits)


def check_limits(limits: Limits) -> None:
    """See that limits can be kept.

    Raises:
        BadInput: One is too small or too large.
    """
    numbers = {
        "requestsPerMinute": (limits.requests_per_minute, 1),
        "tokensPerMinute": (limits.tokens_per_minute, 1),
        "concurrent": (limits.concurrent, 1),
        "dailyUsd": (limits.daily_usd, 0),
        "monthlyUsd": (limits.monthly_usd, 0),
    }
    for name, (number, least) in numbers.items():
        if number is not None and not least <= number <= _MOST_OF_A_LIMIT:
            msg = f"{name} is {number}; it must be {least} to {_MOST_OF_A_LIMIT:,}."
            raise BadInput(msg, reason="OUT_OF_RANGE", field=f"input.limits.{name}")


def _details(key: ApiKey) -> dict[str, str]:
    until = (
        {}
        if key.expires_at is None
        else {"expiresAt": key.expires_at.isoformat(timespec="seconds")}
    )
    named = {
        "name": key.name,
        "principalId": key.principal_id,
        "scopes": " ".join(sorted(key.scopes)),
    }
    return {**named, **until, **told(key.limits)}
