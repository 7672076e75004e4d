"""Where principals and their API keys are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from graphql_api.domain.access import ApiKey, Limits, Principal
from graphql_api.domain.administration import AuditEntry


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key with what is needed to check it."""

    key: ApiKey
    digest: str
    principal: Principal


class Principals(Protocol):
    """Who owns conversations and pays for answers."""

    async def find(self, principal_id: str, /) -> Principal | None:
        """One by its identifier; None when there is none."""
        ...

    async def add(self, principal: Principal, /) -> None:
        """Store one; one that is there stays as it is."""
        ...

    async def limit(
        self, principal_id: str, limits: Limits | None, /, entry: AuditEntry
    ) -> bool:
        """Give it limits of its own, or take them back, and write that down.

        False: there is no such principal, and nothing is written.
        """
        ...


class ApiKeys(Protocol):
    """The API keys of all principals; no secret is stored."""

    async def create(
        self,
        key: ApiKey,
        digest: str,
        /,
        entry: AuditEntry,
        *,
        owner: Principal | None = None,
    ) -> None:
        """Store a key with its secret's digest, and write that down.

        Args:
            key: Its principal is there, unless it comes along.
            digest: What the secret is compared with.
            entry: What the audit log gets, together with the key or not at all.
            owner: The key's principal when it is a new one.
        """
        ...

    async def find(self, key_id: str, /) -> StoredKey | None:
        """One by its identifier, whether it works or not; None: there is none."""
        ...

    async def list(self, principal_id: str | None, /) -> Sequence[ApiKey]:
        """Those of a principal, None: of all; newest first."""
        ...

    async def revoke(self, key_id: str, /, entry: AuditEntry) -> ApiKey | None:
        """End a key at the instant of the entry, and write that down.

        Ending it again changes and writes nothing. None: there is none.
        """
        ...

    async def used(self, key_ids: Sequence[str], /, *, at: datetime) -> None:
        """Say when keys were used last."""
        ...
