"""Limits are set before anything is spent below them, and cost nothing after that."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from graphql_api.domain.access import UNLIMITED, Limits, Payer
from graphql_api.domain.accounts import SERVICE, Account, Budget, Period
from graphql_api.services.budgets import Budgets, main_of
from tests.fakes import NOW, FixedClock

pytestmark = pytest.mark.anyio
MINE = Payer(principal_id="usr_me")
EACH = Limits(daily_usd=Decimal(1), monthly_usd=Decimal(5), concurrent=3)


@dataclass
class Noted:
    """Limits as they are set; nothing is spent."""

    calls: list[tuple[str, Mapping[Period, Decimal | None]]] = field(
        default_factory=list
    )

    @property
    def budgets(self) -> "Noted":
        return self

    async def limit(
        self, owner: str, limits: Mapping[Period, Decimal | None], /
    ) -> None:
        self.calls.append((owner, limits))

    def owners(self) -> list[str]:
        owners = [owner for owner, _ in self.calls]
        self.calls.clear()
        return owners


def budgets_over(noted: Noted) -> Budgets:
    return Budgets(noted, each=EACH, service=UNLIMITED, clock=FixedClock())  # type: ignore[arg-type]


async def test_limits_are_set_once_a_day_and_owner() -> None:
    noted = Noted()
    budgets = budgets_over(noted)
    for _ in range(3):
        await budgets.hold(MINE, at=NOW)
    assert noted.calls[1] == (
        *("usr_me", {Period.day(NOW): Decimal(1), Period.month(NOW): Decimal(5)}),
    )
    assert noted.owners() == [SERVICE, "usr_me"]
    await budgets.hold(Payer(principal_id="usr_other"), at=NOW)
    assert noted.owners() == ["usr_other"]
    await budgets.hold(MINE, at=NOW + timedelta(days=1))
    assert noted.owners() == [SERVICE, "usr_me"]


async def test_an_answer_of_yesterday_finds_its_limits_set() -> None:
    noted = Noted()
    budgets = budgets_over(noted)
    await budgets.hold(MINE, at=NOW)
    noted.calls.clear()
    await budgets.hold(MINE, at=NOW - timedelta(days=1))
    assert set(noted.calls[0][1]) == {
        Period.day(NOW - timedelta(days=1)),
        Period.month(NOW),
    }


async def test_a_changed_limit_is_set_and_a_lifted_one_lifted() -> None:
    noted = Noted()
    budgets = budgets_over(noted)
    keyed = replace(MINE, key_id="key_1", key_limits=Limits(daily_usd=Decimal(2)))
    await budgets.hold(keyed, at=NOW)
    assert noted.owners() == [SERVICE, "usr_me", "key_1"]
    await budgets.hold(replace(keyed, key_limits=UNLIMITED), at=NOW)
    ((owner, limits),) = noted.calls
    assert owner == "key_1"
    assert list(limits.values()) == [None, None]


async def test_a_principal_s_own_limits_stand_for_those_of_everybody() -> None:
    noted = Noted()
    own = replace(MINE, limits=Limits(monthly_usd=Decimal(9)))
    await budgets_over(noted).hold(own, at=NOW)
    limits = dict(noted.calls)["usr_me"]
    assert limits == {Period.day(NOW): None, Period.month(NOW): Decimal(9)}


def budget(owner: str, period: Period, limit: int) -> Budget:
    none = Decimal(0)
    account = Account(owner, period)
    return Budget(
        account=account, limit_usd=Decimal(limit), spent_usd=none, reserved_usd=none
    )


def test_the_month_of_the_principal_is_shown_first_then_what_is_tightest() -> None:
    day, month = Period.day(NOW), Period.month(NOW)
    mine, todays = budget("usr_me", month, 9), budget("usr_me", day, 3)
    keys = budget("key_1", month, 2)
    assert main_of([todays, mine, keys]) is mine
    assert main_of([todays, keys]) is keys
    assert main_of([]) is None
