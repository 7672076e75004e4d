"""Administration: everybody's spending and limits, keys, failures, the audit log."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from graphql_api.domain.access import ApiKey, Limits
from graphql_api.domain.administration import (
    Actor,
    AuditAction,
    AuditEntry,
    Failures,
    PrincipalOrder,
    Standing,
    told,
)
from graphql_api.domain.conversations import Page, PageRequest
from graphql_api.errors import NotFound
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store
from graphql_api.services.keys import check_limits
from graphql_api.services.paging import checked_page

MOST_FAILURES: Final = 20


class Administration:
    """What callers with the scope ADMIN see and change, of all principals."""

    def __init__(
        self, store: Store, *, clock: Clock, new_id: Callable[[str], str]
    ) -> None:
        """Take the parts; ``new_id`` makes an identifier with a prefix."""
        self._oversight = store.oversight
        self._principals = store.principals
        self._clock = clock
        self._new_id = new_id

    async def principals(
        self, order: PrincipalOrder, page: PageRequest
    ) -> Page[Standing]:
        """One page of principals as they stand now.

        Raises:
            BadInput: A number or a cursor is not acceptable.
        """
        now = self._clock.now()
        return await self._oversight.principals(order, checked_page(page), at=now)

    async def standings(self, principal_ids: Sequence[str]) -> Mapping[str, Standing]:
        """Those of the principals that exist, as they stand now."""
        now = self._clock.now()
        return await self._oversight.standings(principal_ids, at=now)

    async def api_keys(self, page: PageRequest) -> Page[ApiKey]:
        """One page of all keys, newest first.

        Raises:
            BadInput: A number or a cursor is not acceptable.
        """
        return await self._oversight.api_keys(checked_page(page))

    async def failures(self, since: datetime) -> Failures:
        """Stored answers that failed or were interrupted since an instant."""
        return await self._oversight.failures(since, newest=MOST_FAILURES)

    async def audit_log(self, page: PageRequest) -> Page[AuditEntry]:
        """One page of what administrators did, newest first.

        Raises:
            BadInput: A number or a cursor is not acceptable.
        """
        return await self._oversight.audit_log(checked_page(page))

    async def set_limits(
        self, principal_id: str, limits: Limits | None, *, by: Actor
    ) -> Standing:
        """Give a principal limits of its own; None takes them back.

        Raises:
            NotFound: There is no such principal.
            BadInput: A limit is not acceptable.
        """
        if limits is not None:
            check_limits(limits)
        entry = AuditEntry(
            id=self._new_id("aud"),
            at=self._clock.now(),
            by=by,
            action=AuditAction.SET_PRINCIPAL_LIMITS,
            subject=principal_id,
            details=told(limits),
        )
        if not await self._principals.limit(principal_id, limits, entry):
            raise NotFound("There is no such principal.")
        return (await self.standings([principal_id]))[principal_id]
