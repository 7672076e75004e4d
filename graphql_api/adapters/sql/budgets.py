"""The `Budgets` of a SQL database: one row for each account that was ever limited."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    func,
    select,
    true,
    tuple_,
    update,
)

from graphql_api.adapters.sql.accounts import budget_of, exclude_entries
from graphql_api.adapters.sql.database import Database, insert_into, persist
from graphql_api.adapters.sql.pico import microseconds, spent_pusd
from graphql_api.adapters.sql.tables import budgets, ledger
from graphql_api.domain.accounts import (
    Account,
    Budget,
    BudgetScope,
    Period,
    scope_of,
)

_T: Final = budgets.c


class SqlBudgets:
    """`Budgets` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, accounts: Sequence[Account], /) -> Sequence[Budget]:
        """Those of the accounts that are limited, in the same order."""
        names = [(account.owner, account.period.name) for account in accounts]
        wanted = select(budgets).where(
            tuple_(_T.owner, _T.period).in_(names), _T.limit_pusd.is_not(None)
        )
        found = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().all()
        )
        rows = {(row["owner"], row["period"]): row for row in found}
        return [
            budget_of(account, rows[name])
            for account, name in zip(accounts, names, strict=True)
            if name in rows
        ]

    async def limit(
        self, owner: str, limits: Mapping[Period, Decimal | None], /
    ) -> None:
        """Set an owner's limits, None lifts one; what the ledger has counts."""

        def attempt(connection: Connection, *, again: bool) -> None:
            del again  # the same again
            if any(usd_limit is not None for usd_limit in limits.values()):
                exclude_entries(connection, owner)
            for period in sorted(limits, key=lambda one: one.name):
                _limit(connection, Account(owner, period), limits[period])

        await persist(self._database, attempt)


def _limit(connection: Connection, account: Account, usd_limit: Decimal | None) -> None:
    owner, period = account.owner, account.period
    if usd_limit is None:
        ours = update(budgets).where(_T.owner == owner, _T.period == period.name)
        is_limited = _T.limit_pusd.is_not(None)
        connection.execute(ours.where(is_limited).values(limit_pusd=None))
        return
    limit_pusd = spent_pusd(usd_limit)
    added = insert_into(connection, budgets).values(
        owner=owner,
        period=period.name,
        limit_pusd=limit_pusd,
        spent_pusd=spent_in(owner, period),
    )
    changed = added.on_conflict_do_update(
        index_elements=[_T.owner, _T.period], set_={"limit_pusd": limit_pusd}
    )
    connection.execute(changed)


def spent_in(owner: str, period: Period) -> ScalarSelect[int]:
    """What the ledger has of an owner and a period, in pico-USD."""
    return (
        select(func.coalesce(func.sum(ledger.c.cost_pusd), 0))
        .where(_paid_by(owner))
        .where(ledger.c.at >= microseconds(period.start))
        .where(ledger.c.at < microseconds(period.end))
        .scalar_subquery()
    )


def _paid_by(owner: str) -> ColumnElement[bool]:
    match scope_of(owner):
        case BudgetScope.VIEWER:
            return ledger.c.principal_id == owner
        case BudgetScope.KEY:
            return ledger.c.key_id == owner
        case BudgetScope.SERVICE:
            return true()
