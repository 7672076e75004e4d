"""The `Shares` of a SQL database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    func,
    insert,
    select,
    update,
)

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.pico import instant, microseconds
from graphql_api.adapters.sql.tables import conversations, shares
from graphql_api.domain.sharing import NewShare, Share, Snapshot
from graphql_api.errors import BadInput, NotFound

_T: Final = shares.c
_JSON: Final = msgspec.json.Encoder()
_SNAPSHOT: Final = msgspec.json.Decoder(Snapshot)


class SqlShares:
    """`Shares` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, principal_id: str, new: NewShare, /, *, most: int) -> None:
        """Store a share of a conversation that has fewer than ``most`` that work."""
        talk_id, now = new.share.conversation_id, microseconds(new.share.created_at)
        # Locked, so that two at once are not one too many.
        talk = (
            select(conversations.c.id)
            .where(conversations.c.id == talk_id)
            .where(conversations.c.principal_id == principal_id)
            .with_for_update()
        )
        works = and_(_T.revoked_at.is_(None), _T.expires_at > now)
        others = select(func.count()).where(_T.conversation_id == talk_id, works)
        expired = update(shares).where(_T.expires_at <= now, _T.snapshot.is_not(None))

        def work(connection: Connection) -> None:
            if connection.scalar(talk) is None:
                raise NotFound("There is no such conversation.")
            if connection.scalars(others).one() >= most:
                raise BadInput(
                    f"The conversation has {most} links that work; revoke one first.",
                    reason="TOO_MANY",
                    field="input.conversationId",
                )
            connection.execute(expired.values(snapshot=None))
            connection.execute(insert(shares).values(_values(new)))

        await self._database.write(work)

    async def list(
        self, principal_id: str, conversation_id: str, /, *, at: datetime
    ) -> Sequence[Share]:
        """Those of a conversation that work at an instant, newest first."""
        wanted = (
            _owned(principal_id)
            .where(_T.conversation_id == conversation_id)
            .where(_T.revoked_at.is_(None), _T.expires_at > microseconds(at))
            .order_by(_T.created_at.desc(), _T.id.desc())
        )
        found = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().all()
        )
        return [_share(row) for row in found]

    async def find(self, principal_id: str, share_id: str, /) -> Share | None:
        """One of theirs, whether it works or not; None when there is none."""
        wanted = _owned(principal_id).where(_T.id == share_id)
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        return None if row is None else _share(row)

    async def revoke(
        self, principal_id: str, share_id: str, /, *, at: datetime
    ) -> Share | None:
        """End a share and erase its text; None when there is none of theirs."""
        wanted = _owned(principal_id).where(_T.id == share_id)
        ended = update(shares).where(_T.id == share_id, _T.revoked_at.is_(None))
        values = {"revoked_at": microseconds(at), "snapshot": None}

        def work(connection: Connection) -> RowMapping | None:
            if connection.execute(wanted).first() is None:
                return None
            connection.execute(ended.values(values))
            return connection.execute(wanted).mappings().first()

        row = await self._database.write(work)
        return None if row is None else _share(row)

    async def open(
        self, token_digest: str, /, *, at: datetime
    ) -> tuple[Share, Snapshot] | None:
        """What anybody with the token sees; None when it does not work."""
        wanted = (
            select(shares)
            .where(_T.token_digest == token_digest, _T.snapshot.is_not(None))
            .where(_T.revoked_at.is_(None), _T.expires_at > microseconds(at))
        )
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        return None if row is None else (_share(row), _SNAPSHOT.decode(row["snapshot"]))


def _owned(principal_id: str) -> Select[*tuple[Any, ...]]:
    theirs = conversations.c.principal_id == principal_id
    shown = (column for column in _T if column.name != "snapshot")
    return select(*shown).select_from(shares.join(conversations)).where(theirs)


def _share(row: RowMapping) -> Share:
    revoked_at = row["revoked_at"]
    return Share(
        id=row["id"],
        conversation_id=row["conversation_id"],
        title=row["title"],
        message_count=row["message_count"],
        created_at=instant(row["created_at"]),
        expires_at=instant(row["expires_at"]),
        revoked_at=None if revoked_at is None else instant(revoked_at),
    )


def _values(new: NewShare) -> rows.Values:
    return {
        "id": new.share.id,
        "conversation_id": new.share.conversation_id,
        "token_digest": new.token_digest,
        "title": new.share.title,
        "message_count": new.share.message_count,
        "snapshot": _JSON.encode(new.snapshot).decode(),
        "created_at": microseconds(new.share.created_at),
        "expires_at": microseconds(new.share.expires_at),
    }
