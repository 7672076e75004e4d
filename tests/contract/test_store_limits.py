"""Limits of a month, over every database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from graphql_api.domain.money import Budget, Month
from graphql_api.errors import BudgetExceeded
from tests.contract.store_data import LATER, ME, NOW, OTHER, answered, talk, turn
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
MONTH = Month.of(NOW)
NEXT = Month.of(MONTH.end)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def budget(limit: str, *, spent: str = "0", reserved: str = "0") -> Budget:
    return Budget(
        limit_usd=Decimal(limit),
        spent_usd=Decimal(spent),
        reserved_usd=Decimal(reserved),
        resets_at=DECEMBER,
    )


async def test_without_a_limit_there_is_no_budget(store: SqlStore) -> None:
    assert await store.budgets.find(ME, MONTH) is None


async def test_a_limit_is_for_one_principal_and_one_month(store: SqlStore) -> None:
    await store.budgets.limit(ME, MONTH, Decimal("2.5"))

    assert await store.budgets.find(ME, MONTH) == budget("2.5")
    assert await store.budgets.find(ME, NEXT) is None
    assert await store.budgets.find(OTHER, MONTH) is None


async def test_what_was_spent_before_the_limit_counts(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    await answered(store)

    await store.budgets.limit(ME, MONTH, Decimal(1))
    await store.budgets.limit(ME, NEXT, Decimal(1))

    assert await store.budgets.find(ME, MONTH) == budget("1", spent="0.0021")
    found = await store.budgets.find(ME, NEXT)
    assert found is not None
    assert found.spent_usd == 0


async def test_another_limit_keeps_what_is_spent_and_held(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    await store.budgets.limit(ME, MONTH, Decimal(1))
    await store.turns.begin(ME, turn(reserve="0.01"))

    await store.budgets.limit(ME, MONTH, Decimal(3))

    assert await store.budgets.find(ME, MONTH) == budget("3", reserved="0.01")


async def test_a_limit_refuses_what_does_not_fit_until_it_is_lifted(
    store: SqlStore,
) -> None:
    await store.conversations.create(ME, talk())
    await store.budgets.limit(ME, MONTH, Decimal("0.005"))
    with pytest.raises(BudgetExceeded):
        await store.turns.begin(ME, turn(reserve="0.01"))

    await store.budgets.lift(ME, MONTH)
    await store.turns.begin(ME, turn(reserve="0.01"))

    assert await store.budgets.find(ME, MONTH) is None


@pytest.mark.parametrize(
    ("at", "name", "end"),
    [
        (NOW, "2026-11", DECEMBER),
        (DECEMBER, "2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        (DECEMBER - timedelta(microseconds=1), "2026-11", DECEMBER),
        (
            LATER.replace(year=2028, month=2),
            "2028-02",
            datetime(2028, 3, 1, tzinfo=UTC),
        ),
    ],
)
async def test_a_month_is_one_of_the_calendar(
    at: datetime, name: str, end: datetime
) -> None:
    assert (Month.of(at).name, Month.of(at).end) == (name, end)
