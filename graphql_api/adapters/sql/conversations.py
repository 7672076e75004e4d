"""The `Conversations` of a SQL database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    not_,
    select,
    true,
    tuple_,
    update,
)

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.adopting import owner
from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.ending import abandon
from graphql_api.adapters.sql.paging import unknown_cursor
from graphql_api.adapters.sql.pico import microseconds
from graphql_api.adapters.sql.search import matches
from graphql_api.adapters.sql.tables import conversations, idempotency, messages
from graphql_api.domain.conversations import (
    Conversation,
    ConversationChanges,
    ConversationFilter,
    NewConversation,
    Page,
    PageRequest,
    TitledBy,
)

_T: Final = conversations.c
_PLACE: Final = tuple_(_T.updated_at, _T.id)
# From the worst writer of a title to the best.
_WRITERS: Final = tuple(TitledBy)


class SqlConversations:
    """`Conversations` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, principal_id: str, new: NewConversation, /) -> None:
        """Store a conversation with its first messages as one branch."""
        stored, chain = new.conversation, list(new.messages)
        values = rows.conversation_values(principal_id, stored)
        values["leaf_id"] = chain[-1][0] if chain else None
        first = rows.first_messages(stored.id, chain, at=stored.created_at)

        def work(connection: Connection) -> None:
            values["principal_id"] = owner(
                connection, principal_id, at=values["created_at"]
            )
            connection.execute(insert(conversations).values(values))
            if first:
                connection.execute(insert(messages), first)

        await self._database.write(work)

    async def find(
        self, principal_id: str, ids: Sequence[str], /
    ) -> Mapping[str, Conversation]:
        """Those of the identifiers that exist."""
        wanted = _owned(principal_id).where(_T.id.in_(ids))
        found = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().all()
        )
        return {row["id"]: rows.conversation(row) for row in found}

    async def list(
        self, principal_id: str, wanted: ConversationFilter, page: PageRequest, /
    ) -> Page[Conversation]:
        """One page, newest activity first; ties are broken by the identifier."""
        listed = and_(
            _T.principal_id == principal_id,
            _T.archived == wanted.archived,
            _pinned(wanted),
            self._found(wanted.search),
        )

        def work(connection: Connection) -> Page[Conversation]:
            ends = _ends(connection, principal_id, page)
            found, more = _between(connection, listed, ends, page)
            total, newer, older = connection.execute(_around(listed, ends)).one()
            return Page(
                items=[rows.conversation(row) for row in found],
                has_next=older or (more and page.last is None),
                has_previous=newer or (more and page.last is not None),
                total=total,
            )

        return await self._database.read(work)

    def _found(self, search: str | None) -> ColumnElement[bool]:
        condition = matches(self._database.kind, search or "")
        return true() if condition is None else and_(true(), condition)

    async def update(
        self,
        principal_id: str,
        conversation_id: str,
        changes: ConversationChanges,
        /,
        *,
        at: datetime,
    ) -> Conversation | None:
        """Change it and give it back; None when there is none.

        A title of a worse writer than that of the present one is left out.
        """
        owned = _owned(principal_id).where(_T.id == conversation_id)

        def work(connection: Connection) -> Conversation | None:
            found = connection.execute(owned.with_for_update())
            row = found.mappings().first()
            if row is None:
                return None
            values = _changed(row, changes)
            if values:
                values["updated_at"] = microseconds(at)
            values |= _pin(row, changes, at=at)
            if values:
                change = update(conversations).where(_T.id == conversation_id)
                connection.execute(change.values(values))
                row = connection.execute(owned).mappings().one()
            return rows.conversation(row)

        return await self._database.write(work)

    async def delete(self, principal_id: str, conversation_id: str, /) -> bool:
        """Delete it with its messages; the ledger keeps amounts without text."""
        theirs = select(messages.c.generation_id).join(conversations)
        owned = and_(_T.id == conversation_id, _T.principal_id == principal_id)
        keys = idempotency.c.generation_id.in_(theirs.where(owned))

        def work(connection: Connection) -> bool:
            connection.execute(delete(idempotency).where(keys))
            locked = select(_T.id).where(owned).with_for_update()
            if connection.scalar(locked) is None:
                return False
            abandon(connection, conversation_id)
            connection.execute(delete(conversations).where(owned))
            return True

        return await self._database.write(work)


@dataclass(frozen=True, slots=True)
class _Ends:
    """Places, in the order of the list, of what the cursors name."""

    after: tuple[int, str] | None
    before: tuple[int, str] | None

    def between(self) -> ColumnElement[bool]:
        """What lies between the cursors."""
        return and_(not_(self.newer()), not_(self.older()))

    def newer(self) -> ColumnElement[bool]:
        """What lies in front of ``after``, itself included."""
        return false() if self.after is None else tuple_(*self.after) <= _PLACE

    def older(self) -> ColumnElement[bool]:
        """What lies behind ``before``, itself included."""
        return false() if self.before is None else tuple_(*self.before) >= _PLACE


def _owned(principal_id: str) -> Select[*tuple[Any, ...]]:
    return select(conversations).where(_T.principal_id == principal_id)


def _changed(row: RowMapping, changes: ConversationChanges) -> rows.Values:
    values: rows.Values = {
        "title": changes.title,
        "titled_by": changes.titled_by,
        "archived": changes.archived,
        "assistant_key": changes.assistant_key,
    }
    present = TitledBy(row["titled_by"])
    writer = changes.titled_by or present
    if _WRITERS.index(writer) < _WRITERS.index(present):
        del values["title"], values["titled_by"]
    given = {name: value for name, value in values.items() if value is not None}
    if changes.options is not None:
        given["options"] = rows.options_json(changes.options)
    return given


def _pin(row: RowMapping, changes: ConversationChanges, *, at: datetime) -> rows.Values:
    """What becomes of the pin; one that is there keeps its moment."""
    if changes.pinned is None or changes.pinned is (row["pinned_at"] is not None):
        return {}
    return {"pinned_at": microseconds(at) if changes.pinned else None}


def _pinned(wanted: ConversationFilter) -> ColumnElement[bool]:
    if wanted.pinned is None:
        return true()
    return _T.pinned_at.is_not(None) if wanted.pinned else _T.pinned_at.is_(None)


def _ends(connection: Connection, principal_id: str, page: PageRequest) -> _Ends:
    cursors = [cursor for cursor in (page.after, page.before) if cursor is not None]
    places: dict[str, tuple[int, str]] = {}
    if cursors:
        named = select(_T.id, _T.updated_at).where(
            _T.principal_id == principal_id, _T.id.in_(cursors)
        )
        for found, updated_at in connection.execute(named):
            places[found] = (updated_at, found)
    for field, cursor in (("after", page.after), ("before", page.before)):
        if cursor is not None and cursor not in places:
            raise unknown_cursor(field)
    return _Ends(places.get(page.after or ""), places.get(page.before or ""))


def _between(
    connection: Connection,
    listed: ColumnElement[bool],
    ends: _Ends,
    page: PageRequest,
) -> tuple[Sequence[RowMapping], bool]:
    """The page's rows, and whether there are more between the cursors."""
    asked = select(conversations).where(listed, ends.between())
    most = page.first if page.last is None else page.last
    if page.last is None:
        asked = asked.order_by(_T.updated_at.desc(), _T.id.desc())
    else:
        asked = asked.order_by(_T.updated_at, _T.id)
    if most is not None:
        asked = asked.limit(most + 1)
    found = connection.execute(asked).mappings().all()
    shown = found if most is None else found[:most]
    ordered = shown if page.last is None else shown[::-1]
    return ordered, len(shown) < len(found)


def _around(listed: ColumnElement[bool], ends: _Ends) -> Select[int, bool, bool]:
    """How many there are, and whether some lie outside of the cursors."""
    return select(
        select(func.count()).select_from(conversations).where(listed).scalar_subquery(),
        exists().where(listed, ends.newer()),
        exists().where(listed, ends.older()),
    )
