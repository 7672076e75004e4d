"""The `ApiKeys` of a SQL database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.access_tables import api_keys
from graphql_api.adapters.sql.audit import write_down
from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.pico import instant, maybe_instant, microseconds
from graphql_api.adapters.sql.principals import (
    limits_in,
    limits_json,
    principal_in,
    principal_values,
)
from graphql_api.adapters.sql.tables import principals
from graphql_api.domain.access import ApiKey, Principal, Scope
from graphql_api.domain.administration import AuditEntry
from graphql_api.ports.access import StoredKey

_T: Final = api_keys.c
_OWNER: Final = "owner_"


class SqlApiKeys:
    """`ApiKeys` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        key: ApiKey,
        digest: str,
        /,
        entry: AuditEntry,
        *,
        owner: Principal | None = None,
    ) -> None:
        """Store a key with its secret's digest, and write that down."""
        added = insert(api_keys).values(_values(key) | {"digest": digest})

        def work(connection: Connection) -> None:
            if owner is not None:
                connection.execute(insert(principals).values(principal_values(owner)))
            connection.execute(added)
            write_down(connection, entry)

        await self._database.write(work)

    async def find(self, key_id: str, /) -> StoredKey | None:
        """One by its identifier, whether it works or not; None: there is none."""
        owner = (column.label(f"{_OWNER}{column.name}") for column in principals.c)
        wanted = (
            select(api_keys, *owner)
            .select_from(api_keys.join(principals))
            .where(_T.id == key_id)
        )
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        if row is None:
            return None
        return StoredKey(key_in(row), row["digest"], principal_in(row, _OWNER))

    async def list(self, principal_id: str | None, /) -> Sequence[ApiKey]:
        """Those of a principal, None: of all; newest first."""
        wanted = select(api_keys).order_by(_T.created_at.desc(), _T.id.desc())
        if principal_id is not None:
            wanted = wanted.where(_T.principal_id == principal_id)
        found = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().all()
        )
        return [key_in(row) for row in found]

    async def revoke(self, key_id: str, /, entry: AuditEntry) -> ApiKey | None:
        """End a key at the instant of the entry, and write that down."""
        ended = (
            update(api_keys)
            .where(_T.id == key_id, _T.revoked_at.is_(None))
            .values(revoked_at=microseconds(entry.at))
        )

        def work(connection: Connection) -> None:
            if connection.execute(ended).rowcount:
                write_down(connection, entry)

        await self._database.write(work)
        found = await self.find(key_id)
        return None if found is None else found.key

    async def used(self, key_ids: Sequence[str], /, *, at: datetime) -> None:
        """Say when keys were used last."""
        told = update(api_keys).where(_T.id.in_(key_ids))
        await self._database.write(
            lambda connection: connection.execute(told.values(used_at=microseconds(at)))
        )


def key_in(row: RowMapping) -> ApiKey:
    """The key of a row."""
    return ApiKey(
        id=row["id"],
        principal_id=row["principal_id"],
        name=row["name"],
        scopes=frozenset(Scope(scope) for scope in row["scopes"].split()),
        limits=limits_in(row["limits"]),
        hint=row["hint"],
        created_at=instant(row["created_at"]),
        expires_at=maybe_instant(row["expires_at"]),
        revoked_at=maybe_instant(row["revoked_at"]),
        used_at=maybe_instant(row["used_at"]),
    )


def _values(key: ApiKey) -> rows.Values:
    expires_at = key.expires_at
    return {
        "id": key.id,
        "principal_id": key.principal_id,
        "name": key.name,
        "scopes": " ".join(sorted(key.scopes)),
        "limits": limits_json(key.limits),
        "hint": key.hint,
        "created_at": microseconds(key.created_at),
        "expires_at": None if expires_at is None else microseconds(expires_at),
    }
