"""Guests: visitors without an account, known by a signed pass in a cookie.

A pass costs nothing to make, and a guest stands in the database only once they have
written something. So that nobody becomes many guests to get many times their limits,
an address gets few passes a minute.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from graphql_api.domain.access import GUEST_PREFIX, OWN, Caller, Limits, PrincipalKind
from graphql_api.errors import RateLimited
from graphql_api.ports.clock import Clock
from graphql_api.ports.identity import Seals
from graphql_api.ports.log import GenerationLog
from graphql_api.ports.rates import Rates
from graphql_api.ports.store import Store

PASS_LASTS: Final = timedelta(days=30)
PASSES_PER_MINUTE: Final = 10
_NAME: Final = "Guest"
_TOO_MANY: Final = "Too many new guests came from here; wait a moment, or sign in."
_log = logging.getLogger(__name__)


class Guests:
    """Makes passes, and tells whose they are."""

    def __init__(
        self,
        store: Store,
        *,
        log: GenerationLog,
        seals: Seals,
        rates: Rates,
        limits: Limits,
        clock: Clock,
        new_id: Callable[[str], str],
    ) -> None:
        """Take the parts; running answers of guests are in the log."""
        self._people = store.people
        self._log = log
        self._seals = seals
        self._rates = rates
        self._limits = limits
        self._clock = clock
        self._new_id = new_id

    async def welcome(self, address: str) -> tuple[str, datetime]:
        """A pass for a new guest from an address, and when it ends.

        Raises:
            RateLimited: Too many came from there.
        """
        name = f"guests {address}"
        if not await self._rates.hit(name, PASSES_PER_MINUTE):
            _, wait_s = await self._rates.left(name, PASSES_PER_MINUTE)
            raise RateLimited(_TOO_MANY, wait_s=max(1.0, wait_s))
        until = self._clock.now() + PASS_LASTS
        guest = {"id": self._new_id(GUEST_PREFIX)}
        return self._seals.seal("guest", guest, until=until), until

    async def caller(self, guest_pass: str) -> Caller | None:
        """Whose pass it is; None: nobody's, or it ended, or the guest is a user now."""
        guest_id = self._guest_id(guest_pass)
        if guest_id is None or await self.left(guest_id):
            return None
        return Caller(
            principal_id=guest_id,
            kind=PrincipalKind.GUEST,
            name=_NAME,
            scopes=OWN,
            # Only asks again now and then whether the guest has become a user.
            expires_at=self._clock.now() + PASS_LASTS,
            limits=self._limits,
        )

    async def left(self, guest_id: str) -> bool:
        """Whether a guest has become a user."""
        return await self._people.successor(guest_id) is not None

    async def come_along(self, guest_pass: str, user_id: str) -> None:
        """Give a user what the guest of a pass has, unless somebody got it before.

        Answers that are being written go on, and are the user's from now on.
        """
        guest_id = self._guest_id(guest_pass)
        if guest_id is not None and await self._people.adopt(guest_id, user_id):
            self._log.hand_over(guest_id, user_id)
            _log.info("guest.adopted guest_id=%s principal_id=%s", guest_id, user_id)

    def _guest_id(self, guest_pass: str) -> str | None:
        values = self._seals.open("guest", guest_pass, at=self._clock.now())
        return None if values is None else values["id"]
