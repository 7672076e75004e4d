"""The `Principals` of a SQL database."""

from typing import Final

import msgspec
from sqlalchemy import Connection, RowMapping, select, update

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.audit import write_down
from graphql_api.adapters.sql.database import Database, insert_into
from graphql_api.adapters.sql.pico import instant, microseconds
from graphql_api.adapters.sql.tables import principals
from graphql_api.domain.access import Limits, Principal, PrincipalKind
from graphql_api.domain.administration import AuditEntry

_T: Final = principals.c
_JSON: Final = msgspec.json.Encoder()
_LIMITS: Final = msgspec.json.Decoder(Limits)


class SqlPrincipals:
    """`Principals` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, principal_id: str, /) -> Principal | None:
        """One by its identifier; None when there is none."""
        wanted = select(principals).where(_T.id == principal_id)
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        return None if row is None else principal_in(row)

    async def add(self, principal: Principal, /) -> None:
        """Store one; one that is there stays as it is."""
        values = principal_values(principal)
        await self._database.write(
            lambda connection: connection.execute(
                insert_into(connection, principals)
                .values(values)
                .on_conflict_do_nothing()
            )
        )

    async def limit(
        self, principal_id: str, limits: Limits | None, /, entry: AuditEntry
    ) -> bool:
        """Give it limits of its own, or take them back, and write that down."""
        kept = None if limits is None else limits_json(limits)
        changed = update(principals).where(_T.id == principal_id).values(limits=kept)

        def work(connection: Connection) -> bool:
            known = bool(connection.execute(changed).rowcount)
            if known:
                write_down(connection, entry)
            return known

        return await self._database.write(work)


def principal_values(principal: Principal) -> rows.Values:
    """The row of a principal."""
    limits = principal.limits
    return {
        "id": principal.id,
        "kind": principal.kind,
        "name": principal.name,
        "limits": None if limits is None else limits_json(limits),
        "created_at": microseconds(principal.created_at),
    }


def principal_in(row: RowMapping, prefix: str = "") -> Principal:
    """The principal of a row whose columns may have a prefix."""
    limits = row[f"{prefix}limits"]
    return Principal(
        id=row[f"{prefix}id"],
        kind=PrincipalKind(row[f"{prefix}kind"]),
        name=row[f"{prefix}name"],
        created_at=instant(row[f"{prefix}created_at"]),
        limits=None if limits is None else limits_in(limits),
        subject=row[f"{prefix}subject"],
    )


def limits_json(limits: Limits) -> str:
    """Limits as they are stored."""
    return _JSON.encode(limits).decode()


def limits_in(text: str) -> Limits:
    """Limits that `limits_json` wrote."""
    return _LIMITS.decode(text)
