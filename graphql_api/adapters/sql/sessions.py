"""The `Sessions` of a SQL database."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from graphql_api.adapters.sql.access_tables import sessions
from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.pico import instant, microseconds
from graphql_api.adapters.sql.principals import principal_in
from graphql_api.adapters.sql.tables import principals
from graphql_api.domain.access import Principal
from graphql_api.domain.identity import SESSION_IDLE, Session

_T: Final = sessions.c
_OWNER: Final = "owner_"


class SqlSessions:
    """`Sessions` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, session: Session, /) -> None:
        """Store a session of a principal that is there; forget those that ended."""
        now = session.created_at
        ended = delete(sessions).where(
            or_(
                _T.expires_at <= microseconds(now),
                _T.used_at <= microseconds(now - SESSION_IDLE),
            )
        )
        added = insert(sessions).values(
            digest=session.digest,
            principal_id=session.principal_id,
            email=session.email,
            created_at=microseconds(session.created_at),
            expires_at=microseconds(session.expires_at),
            used_at=microseconds(session.used_at),
        )

        def work(connection: Connection) -> None:
            connection.execute(ended)
            connection.execute(added)

        await self._database.write(work)

    async def find(self, digest: str, /) -> tuple[Session, Principal] | None:
        """One by its digest, whether it works or not; None: there is none."""
        owner = (column.label(f"{_OWNER}{column.name}") for column in principals.c)
        wanted = (
            select(sessions, *owner)
            .select_from(sessions.join(principals))
            .where(_T.digest == digest)
        )
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        if row is None:
            return None
        session = Session(
            digest=row["digest"],
            principal_id=row["principal_id"],
            email=row["email"],
            created_at=instant(row["created_at"]),
            expires_at=instant(row["expires_at"]),
            used_at=instant(row["used_at"]),
        )
        return session, principal_in(row, _OWNER)

    async def used(self, digest: str, /, *, at: datetime) -> None:
        """Say when a session was used last."""
        told = update(sessions).where(_T.digest == digest)
        await self._database.write(
            lambda connection: connection.execute(told.values(used_at=microseconds(at)))
        )

    async def close(self, digest: str, /) -> None:
        """End a session; ending it again changes nothing."""
        gone = delete(sessions).where(_T.digest == digest)
        await self._database.write(lambda connection: connection.execute(gone))
