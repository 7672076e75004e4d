"""What principals, API keys and the whole service may spend in a day and in a month."""

from collections.abc import Sequence
from datetime import date, datetime

from graphql_api.domain.access import Limits, Payer
from graphql_api.domain.accounts import (
    SERVICE,
    Budget,
    BudgetPeriod,
    BudgetScope,
    Period,
    accounts_of,
)
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store


class Budgets:
    """Sets limits before anything is spent below them."""

    def __init__(
        self, store: Store, *, each: Limits, service: Limits, clock: Clock
    ) -> None:
        """Take the limits of a principal without its own, and of everything together.

        Only their amounts are looked at.
        """
        self._budgets = store.budgets
        self._each = each
        self._service = service
        self._clock = clock
        # What this process knows to be set for the latest day, by owner.
        self._day: date | None = None
        self._known: dict[str, Limits] = {}

    async def hold(self, payer: Payer, *, at: datetime) -> None:
        """See that all limits for an instant are set; call it before what may spend.

        Limits that were changed or lifted are so from here on. When all are known to
        be set, which they are after a day's first call, nothing is awaited.
        """
        day = Period.day(at)
        known = self._known_on(day.start.date())
        for owner, limits in self._limits_of(payer):
            if known.get(owner) != limits:
                amounts = {day: limits.daily_usd, Period.month(at): limits.monthly_usd}
                await self._budgets.limit(owner, amounts)
                known[owner] = limits

    async def of(self, payer: Payer) -> Sequence[Budget]:
        """The payer's own limited accounts of the present day and month."""
        now = self._clock.now()
        await self.hold(payer, at=now)
        accounts = accounts_of(payer, now)
        own = [one for one in accounts if one.scope is not BudgetScope.SERVICE]
        return await self._budgets.find(own)

    def _known_on(self, day: date) -> dict[str, Limits]:
        """What is known of a day; the latest is remembered, and no other."""
        if self._day is None or day > self._day:
            self._day, self._known = day, {}
        return self._known if day == self._day else {}

    def _limits_of(self, payer: Payer) -> Sequence[tuple[str, Limits]]:
        own = self._each if payer.limits is None else payer.limits
        limits = [(SERVICE, self._service), (payer.principal_id, own)]
        if payer.key_id is not None:
            limits.append((payer.key_id, payer.key_limits))
        return [(owner, _amounts(one)) for owner, one in limits]


def _amounts(limits: Limits) -> Limits:
    return Limits(daily_usd=limits.daily_usd, monthly_usd=limits.monthly_usd)


def main_of(budgets: Sequence[Budget]) -> Budget | None:
    """The one to show where there is room for one: the principal's month.

    Without it that with the least left; None when there is none.
    """
    for one in budgets:
        account = one.account
        monthly = account.period.kind is BudgetPeriod.MONTH
        if monthly and account.scope is BudgetScope.VIEWER:
            return one
    return min(budgets, key=lambda one: one.left_usd, default=None)
