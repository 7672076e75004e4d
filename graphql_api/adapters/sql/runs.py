"""The `Runs` of a SQL database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, Delete, Executable, delete, exists, insert, select

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.accounts import charge, entering, hold, release
from graphql_api.adapters.sql.adopting import heir
from graphql_api.adapters.sql.database import Database, persist
from graphql_api.adapters.sql.tables import ledger, runs
from graphql_api.domain.accounts import NewRun
from graphql_api.domain.generations import Outcome

_T: Final = runs.c


class SqlRuns:
    """`Runs` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, run: NewRun, /) -> None:
        """Hold the reserve in each limited account of who pays, or in none."""
        ours = _T.generation_id == run.generation_id

        def attempt(connection: Connection, *, again: bool) -> None:
            if again and connection.scalar(select(exists().where(ours))):
                return
            payer_id = heir(connection, run.payer.principal_id)
            payer = replace(run.payer, principal_id=payer_id)
            held = hold(connection, payer, run.reserve_usd, at=run.at)
            values = rows.run_values(replace(run, payer=payer)) | held
            connection.execute(insert(runs).values(values))

        await persist(self._database, attempt)

    async def end(self, generation_id: str, outcome: Outcome | None, /) -> bool:
        """Give the reserve back and charge the outcome; False: it had ended."""
        one = delete(runs).where(_T.generation_id == generation_id)
        ours = ledger.c.generation_id == generation_id

        def attempt(connection: Connection, *, again: bool) -> bool:
            run = connection.execute(_ended(connection, one)).mappings().first()
            if run is None:
                return again and bool(connection.scalar(select(exists().where(ours))))
            if outcome is None:
                release(connection, run)
            else:
                entry = rows.ledger_values(run) | rows.charged_values(outcome)
                charge(connection, entry, run)
            return True

        return await persist(self._database, attempt)

    async def sweep(self) -> Sequence[str]:
        """End every run, as after a crash; the identifiers."""

        def work(connection: Connection) -> Sequence[str]:
            ended = connection.execute(_ended(connection, delete(runs)))
            swept = ended.mappings().all()
            for run in swept:
                charge(connection, rows.ledger_values(run), run)
            return [str(run["generation_id"]) for run in swept]

        return await self._database.write(work)


def _ended(connection: Connection, which: Delete) -> Executable:
    locks = entering(connection, principal=_T.principal_id, key=_T.key_id)
    return which.returning(*_T, *locks)
