"""The `Switches` of a SQL database."""

from typing import Final

from sqlalchemy import Connection, case, select

from graphql_api.adapters.sql.admin_tables import switches
from graphql_api.adapters.sql.audit import write_down
from graphql_api.adapters.sql.database import Database, insert_into
from graphql_api.adapters.sql.pico import instant, microseconds
from graphql_api.domain.administration import Actor, AuditEntry, KillSwitch

_T: Final = switches.c
_ANSWERS: Final = "answers"


class SqlSwitches:
    """`Switches` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def answers(self) -> KillSwitch:
        """Whether answers are stopped."""
        wanted = select(switches).where(_T.name == _ANSWERS)
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        if row is None:
            return KillSwitch()
        return KillSwitch(
            on=row["is_on"],
            since=instant(row["since"]),
            by=Actor(principal_id=row["principal_id"], key_id=row["key_id"]),
            reason=row["reason"],
        )

    async def set_answers(self, entry: AuditEntry, /, *, on: bool, reason: str) -> None:
        """Stop answers or allow them, and write that down."""
        values = {
            "is_on": on,
            "since": microseconds(entry.at),
            "principal_id": entry.by.principal_id,
            "key_id": entry.by.key_id,
            "reason": reason,
        }
        kept = case((_T.is_on == on, _T.since), else_=values["since"])

        def work(connection: Connection) -> None:
            added = insert_into(connection, switches).values(name=_ANSWERS, **values)
            changed = added.on_conflict_do_update(
                index_elements=[_T.name], set_=values | {"since": kept}
            )
            connection.execute(changed)
            write_down(connection, entry)

        await self._database.write(work)
