"""The `Budgets` of a SQL database: one row for each principal and month."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, ScalarSelect, delete, func, select

from graphql_api.adapters.sql.database import Database, insert_into, persist
from graphql_api.adapters.sql.pico import microseconds, spent_pusd, usd
from graphql_api.adapters.sql.tables import budgets, ledger, principals
from graphql_api.domain.money import Budget, Month

_T: Final = budgets.c


class SqlBudgets:
    """`Budgets` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, principal_id: str, month: Month, /) -> Budget | None:
        """Budget of a month; None: nothing limits what may be spent."""
        wanted = select(budgets).where(
            _T.principal_id == principal_id, _T.period == month.name
        )
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        if row is None:
            return None
        return Budget(
            limit_usd=usd(row["limit_pusd"]),
            spent_usd=usd(row["spent_pusd"]),
            reserved_usd=usd(row["reserved_pusd"]),
            resets_at=month.end,
        )

    async def limit(
        self, principal_id: str, month: Month, limit_usd: Decimal, /
    ) -> None:
        """Set the limit of a month; what the ledger has of it counts as spent."""
        limit_pusd = spent_pusd(limit_usd)

        def attempt(connection: Connection, *, again: bool) -> None:
            del again  # the same again
            known = insert_into(connection, principals).values(id=principal_id)
            connection.execute(known.on_conflict_do_nothing())
            added = insert_into(connection, budgets).values(
                principal_id=principal_id,
                period=month.name,
                limit_pusd=limit_pusd,
                spent_pusd=_spent(principal_id, month.start, month.end),
            )
            changed = added.on_conflict_do_update(
                index_elements=[_T.principal_id, _T.period],
                set_={"limit_pusd": limit_pusd},
            )
            connection.execute(changed)

        await persist(self._database, attempt)

    async def lift(self, principal_id: str, month: Month, /) -> None:
        """Take the limit of a month back."""
        gone = delete(budgets).where(
            _T.principal_id == principal_id, _T.period == month.name
        )
        await self._database.write(lambda connection: connection.execute(gone))


def _spent(principal_id: str, start: datetime, end: datetime) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(ledger.c.cost_pusd), 0))
        .where(ledger.c.principal_id == principal_id)
        .where(ledger.c.at >= microseconds(start), ledger.c.at < microseconds(end))
        .scalar_subquery()
    )
