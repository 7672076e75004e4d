"""What administrators see of all principals, and what they switch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from graphql_api.domain.access import ApiKey
from graphql_api.domain.administration import (
    AuditEntry,
    Failures,
    KillSwitch,
    PrincipalOrder,
    Standing,
)
from graphql_api.domain.conversations import Page, PageRequest


class Oversight(Protocol):
    """What is stored of everybody, without any text of theirs.

    Pages are read forwards: ``first`` and ``after``. A cursor is an identifier.
    """

    async def principals(
        self, order: PrincipalOrder, page: PageRequest, /, *, at: datetime
    ) -> Page[Standing]:
        """Principals as they stand at an instant: newest, or dearest month, first.

        Raises:
            BadInput: The cursor is not the identifier of a principal.
        """
        ...

    async def standings(
        self, principal_ids: Sequence[str], /, *, at: datetime
    ) -> Mapping[str, Standing]:
        """Those of the principals that exist, as they stand at an instant."""
        ...

    async def api_keys(self, page: PageRequest, /) -> Page[ApiKey]:
        """All keys, newest first, revoked ones too.

        Raises:
            BadInput: The cursor is not the identifier of a key.
        """
        ...

    async def failures(self, since: datetime, /, *, newest: int) -> Failures:
        """Stored answers that failed or were interrupted since an instant."""
        ...

    async def audit_log(self, page: PageRequest, /) -> Page[AuditEntry]:
        """What administrators did, newest first.

        Raises:
            BadInput: The cursor is not the identifier of an entry.
        """
        ...


class Switches(Protocol):
    """What is on or off for all processes, also after a restart."""

    async def answers(self) -> KillSwitch:
        """Whether answers are stopped."""
        ...

    async def set_answers(self, entry: AuditEntry, /, *, on: bool, reason: str) -> None:
        """Stop answers or allow them, and write that down.

        Setting what is set already changes the reason alone.
        """
        ...
