"""Where principals and their API keys are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from graphql_api.domain.access import ApiKey, Principal


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


class ApiKeys(Protocol):
    """The API keys of all principals; no secret is stored."""

    async def create(self, key: ApiKey, digest: str, /) -> None:
        """Store a key of a principal that is there, with its secret's digest."""
        ...

    async def find(self, key_id: str, /) -> StoredKey | None:
        """One by its identifier, whether it works or not; None: there is none."""
        ...

    async def list(self, principal_id: str | None, /) -> Sequence[ApiKey]:
        """Those of a principal, None: of all; newest first."""
        ...

    async def revoke(self, key_id: str, /, *, at: datetime) -> ApiKey | None:
        """End a key; ending it again changes nothing. None: there is none."""
        ...

    async def used(self, key_ids: Sequence[str], /, *, at: datetime) -> None:
        """Say when keys were used last."""
        ...
