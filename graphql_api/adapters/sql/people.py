"""The `People` of a SQL database."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from graphql_api.adapters.sql.adopting import adopt
from graphql_api.adapters.sql.database import Database, insert_into
from graphql_api.adapters.sql.pico import microseconds
from graphql_api.adapters.sql.principals import principal_in
from graphql_api.adapters.sql.tables import principals
from graphql_api.domain.access import Principal, PrincipalKind
from graphql_api.domain.identity import Identity

_T: Final = principals.c


class SqlPeople:
    """`People` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enter(
        self, identity: Identity, new_id: str, /, *, at: datetime
    ) -> Principal:
        """The user of an identity; ``new_id`` is theirs when they are new."""
        who = (_T.issuer == identity.issuer, _T.subject == identity.subject)
        wanted = select(principals).where(*who)
        known = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        # Most come again as they were: that costs no transaction that writes.
        if known is not None and identity.name in {"", known["name"]}:
            return principal_in(known)

        def work(connection: Connection) -> RowMapping:
            added = insert_into(connection, principals).values(
                id=new_id,
                kind=PrincipalKind.USER,
                name=identity.name,
                issuer=identity.issuer,
                subject=identity.subject,
                created_at=microseconds(at),
            )
            entered = added.on_conflict_do_update(
                index_elements=[_T.issuer, _T.subject], set_={"name": identity.name}
            )
            return connection.execute(entered.returning(principals)).mappings().one()

        return principal_in(await self._database.write(work))

    async def adopt(self, guest_id: str, user_id: str, /) -> bool:
        """Give a user all that a guest has, once; False: it was given before."""
        return await self._database.write(lambda to: adopt(to, guest_id, user_id))

    async def successor(self, principal_id: str, /) -> str | None:
        """The user who adopted a guest; None: nobody did."""
        wanted = select(_T.successor_id).where(_T.id == principal_id)
        return await self._database.read(lambda connection: connection.scalar(wanted))
