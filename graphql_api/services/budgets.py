"""What a principal may spend in a month of the calendar, in UTC."""

from decimal import Decimal

from graphql_api.domain.money import Budget, Month
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store


class Budgets:
    """One limit for everybody, set for each month before its first turn."""

    def __init__(
        self, store: Store, *, monthly_usd: Decimal | None, clock: Clock
    ) -> None:
        """Take the limit of a month; None: there is none."""
        self._budgets = store.budgets
        self._monthly_usd = monthly_usd
        self._clock = clock
        self._known: dict[str, Month] = {}

    async def begin(self, principal_id: str) -> None:
        """Set the limit that the settings say, or lift that of an earlier start."""
        if self._monthly_usd is None:
            await self._budgets.lift(principal_id, self._month())
        else:
            await self.hold(principal_id)

    async def hold(self, principal_id: str) -> None:
        """See that the present month has its limit; call it before what may spend."""
        month = self._month()
        if self._monthly_usd is None or self._known.get(principal_id) == month:
            return
        await self._budgets.limit(principal_id, month, self._monthly_usd)
        self._known[principal_id] = month

    async def of(self, principal_id: str) -> Budget | None:
        """What may be spent in the present month; None: as much as one likes."""
        await self.hold(principal_id)
        return await self._budgets.find(principal_id, self._month())

    def _month(self) -> Month:
        return Month.of(self._clock.now())
