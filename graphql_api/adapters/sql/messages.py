"""The `Messages` of a SQL database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    or_,
    select,
    update,
)

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.paging import Stretch, stretch, unknown_cursor
from graphql_api.adapters.sql.pico import microseconds
from graphql_api.adapters.sql.tables import conversations, messages
from graphql_api.domain.conversations import (
    Conversation,
    Feedback,
    Page,
    PageRequest,
    StoredMessage,
)
from graphql_api.domain.messages import Role

_T: Final = messages.c
_NOTHING: Final[Page[StoredMessage]] = Page(
    items=(), has_next=False, has_previous=False, total=0
)


class SqlMessages:
    """`Messages` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, principal_id: str, ids: Sequence[str], /
    ) -> Mapping[str, StoredMessage]:
        """Those of the identifiers that exist."""
        wanted = owned(principal_id).where(_T.id.in_(ids))
        found = await self._database.read(lambda connection: load(connection, wanted))
        return {message.id: message for message in found}

    async def branch(
        self, principal_id: str, conversation_id: str, page: PageRequest, /
    ) -> Page[StoredMessage]:
        """One page of the active branch, oldest first; empty when there is none."""
        leaf = (
            select(_T.id, _T.depth)
            .join(conversations, conversations.c.leaf_id == _T.id)
            .where(conversations.c.id == conversation_id)
            .where(conversations.c.principal_id == principal_id)
        )

        def work(connection: Connection) -> Page[StoredMessage]:
            last = connection.execute(leaf).first()
            if last is None:
                return _NOTHING
            return _page(connection, page, leaf_id=last[0], total=last[1] + 1)

        return await self._database.read(work)

    async def path(
        self, principal_id: str, message_id: str, /
    ) -> Sequence[StoredMessage]:
        """The message behind its ancestors, oldest first; empty when there is none."""
        above = messages.alias("above")
        start = select(_T.id, _T.parent_id).where(_T.id == message_id)
        up = start.cte("up", recursive=True)
        up = up.union_all(
            select(above.c.id, above.c.parent_id).join(up, above.c.id == up.c.parent_id)
        )
        wanted = owned(principal_id).where(_T.id.in_(select(up.c.id)))
        ordered = wanted.order_by(_T.depth)
        return await self._database.read(lambda connection: load(connection, ordered))

    async def versions(
        self, principal_id: str, ids: Sequence[str], /
    ) -> Mapping[str, Sequence[StoredMessage]]:
        """Each of the messages that exist with its siblings, oldest first."""
        named = select(_T.id, _T.conversation_id, _T.parent_id).where(_T.id.in_(ids))

        def work(connection: Connection) -> Mapping[str, Sequence[StoredMessage]]:
            places = {
                identifier: place for identifier, *place in connection.execute(named)
            }
            found: dict[tuple[str, str | None], list[StoredMessage]] = {}
            for version in load(connection, _at(principal_id, places.values())):
                place = version.conversation_id, version.parent_id
                found.setdefault(place, []).append(version)
            return {
                identifier: found[talk, parent]
                for identifier, (talk, parent) in places.items()
                if (talk, parent) in found
            }

        return await self._database.read(work)

    async def select(
        self, principal_id: str, message_id: str, /, *, at: datetime
    ) -> Conversation | None:
        """Make the active branch run through the message, down to its newest end."""
        chosen = owned(principal_id).where(_T.id == message_id)

        def work(connection: Connection) -> Conversation | None:
            found = load(connection, chosen)
            if not found:
                return None
            moved = (
                update(conversations)
                .where(conversations.c.id == found[0].conversation_id)
                .values(leaf_id=_newest_below(connection, found[0]))
                .values(updated_at=microseconds(at))
                .returning(conversations)
            )
            row = connection.execute(moved).mappings().first()
            return None if row is None else rows.conversation(row)

        return await self._database.write(work)

    async def judge(
        self, principal_id: str, message_id: str, feedback: Feedback | None, /
    ) -> StoredMessage | None:
        """Set or take back the feedback of an assistant message."""
        answer = (_T.id == message_id, _T.role == Role.ASSISTANT)
        chosen = owned(principal_id).where(*answer)
        judged = update(messages).where(*answer, _of(principal_id))

        def work(connection: Connection) -> StoredMessage | None:
            connection.execute(judged.values(rows.feedback_values(feedback)))
            found = load(connection, chosen)
            return found[0] if found else None

        return await self._database.write(work)


def owned(principal_id: str) -> Select[*tuple[Any, ...]]:
    """The messages of a principal, as `rows.message` reads them."""
    return select(*rows.MESSAGE).where(_of(principal_id))


def _of(principal_id: str) -> ColumnElement[bool]:
    """Whether a message is a principal's.

    Not a join: for many identifiers SQLite then walks through all conversations of
    the principal instead of looking the messages up.
    """
    talk = conversations.c
    return exists().where(
        talk.id == _T.conversation_id, talk.principal_id == principal_id
    )


def _at(
    principal_id: str, places: Collection[Sequence[Any]]
) -> Select[*tuple[Any, ...]]:
    """The messages at places of the tree, each a conversation and a parent."""
    talks = {talk for talk, _ in places}
    parents = [parent for _, parent in places if parent is not None]
    return (
        owned(principal_id)
        .where(_T.conversation_id.in_(talks))
        .where(or_(_T.parent_id.in_(parents), _T.parent_id.is_(None)))
        .order_by(_T.seq)
    )


def load(
    connection: Connection, wanted: Select[*tuple[Any, ...]]
) -> list[StoredMessage]:
    """The messages that a query of `owned` finds."""
    found = connection.execute(wanted)
    return [rows.message(row) for row in found.mappings()]


def _page(
    connection: Connection, page: PageRequest, *, leaf_id: str, total: int
) -> Page[StoredMessage]:
    cursors = [cursor for cursor in (page.after, page.before) if cursor is not None]
    named = select(_T.id, _T.depth).where(_T.id.in_(cursors))
    depths: dict[str, int] = {}
    if cursors:
        depths = dict(list(connection.execute(named)))
    part = stretch(
        page,
        after=depths.get(page.after or ""),
        before=depths.get(page.before or ""),
        total=total,
    )
    branch = _climb(connection, part, leaf_id=leaf_id, cursors=depths)
    for field, cursor in (("after", page.after), ("before", page.before)):
        if cursor is not None and cursor not in {item.id for _, item in branch}:
            raise unknown_cursor(field)
    return Page(
        items=[item for depth, item in branch if part.start <= depth < part.stop],
        has_next=part.stop < total,
        has_previous=part.start > 0,
        total=total,
    )


def _climb(
    connection: Connection,
    part: Stretch,
    *,
    leaf_id: str,
    cursors: Mapping[str, int],
) -> list[tuple[int, StoredMessage]]:
    """A part of the branch and those of the cursors that are on it, by depth."""
    highest = min(part.start, *cursors.values(), part.stop)
    path = (
        select(_T.id, _T.parent_id, _T.depth)
        .where(_T.id == leaf_id)
        .cte("path", recursive=True)
    )
    path = path.union_all(
        select(_T.id, _T.parent_id, _T.depth).join(
            path, and_(_T.id == path.c.parent_id, path.c.depth > highest)
        )
    )
    within = and_(path.c.depth >= part.start, path.c.depth < part.stop)
    wanted = (
        select(_T.depth, *rows.MESSAGE)
        .join(path, path.c.id == _T.id)
        .where(or_(within, path.c.id.in_(list(cursors))))
        .order_by(_T.depth)
    )
    found = connection.execute(wanted).mappings()
    return [(row["depth"], rows.message(row)) for row in found]


def _newest_below(connection: Connection, top: StoredMessage) -> str:
    """The newest message at or below one; it is an end, as nothing follows it."""
    talk = select(_T.id, _T.parent_id).where(_T.conversation_id == top.conversation_id)
    newest, below = top.id, {top.id}
    # Oldest first, so that each comes after its parent.
    for message_id, parent_id in connection.execute(talk.order_by(_T.seq)):
        if parent_id in below:
            below.add(message_id)
            newest = message_id
    return newest
