"""The `Finder` of a SQL database."""

from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, select, tuple_

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.messages import load, owned
from graphql_api.adapters.sql.paging import unknown_cursor
from graphql_api.adapters.sql.search import text_matches, title_matches
from graphql_api.adapters.sql.tables import conversations, messages
from graphql_api.domain.conversations import Conversation, Found, Hit, SearchPage

_Asked: TypeAlias = Select[*tuple[Any, ...]]

_TALKS: Final = conversations.c
_T: Final = messages.c
_NOTHING: Final = Found(hits=(), more=False)


class SqlFinder:
    """`Finder` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def titles(self, principal_id: str, page: SearchPage, /) -> Found:
        """Conversations by the words of their titles, newest activity first."""
        condition = title_matches(self._database.kind, page.words)
        if condition is None:
            return _NOTHING
        theirs = _talks(principal_id)
        wanted = theirs.where(condition)

        def work(connection: Connection) -> Found:
            places = _TALKS.updated_at, _TALKS.id
            named = theirs.where(_TALKS.id == page.after)
            asked = _behind(connection, wanted, named, places, page)
            found = _conversations(connection, asked)
            return _cut([Hit(talk, None) for talk in found], page)

        return await self._database.read(work)

    async def messages(self, principal_id: str, page: SearchPage, /) -> Found:
        """Messages by the words of their texts, newest first."""
        condition = text_matches(self._database.kind, page.words)
        if condition is None:
            return _NOTHING
        theirs, talks = owned(principal_id), _talks(principal_id)
        wanted = theirs.where(condition)

        def work(connection: Connection) -> Found:
            places = _T.created_at, _T.seq
            named = theirs.where(_T.id == page.after)
            asked = _behind(connection, wanted, named, places, page)
            found = load(connection, asked)
            ids = {message.conversation_id for message in found}
            those = _conversations(connection, talks.where(_TALKS.id.in_(ids)))
            known = {talk.id: talk for talk in those}
            hits = [Hit(known[message.conversation_id], message) for message in found]
            return _cut(hits, page)

        return await self._database.read(work)


def _talks(principal_id: str) -> _Asked:
    return select(conversations).where(_TALKS.principal_id == principal_id)


def _conversations(connection: Connection, asked: _Asked) -> list[Conversation]:
    found = connection.execute(asked).mappings()
    return [rows.conversation(row) for row in found]


def _behind(
    connection: Connection,
    wanted: _Asked,
    named: _Asked,
    places: tuple[ColumnElement[int], ColumnElement[Any]],
    page: SearchPage,
) -> _Asked:
    """What stands behind the cursor, latest first, and one more than is shown."""
    if page.after is not None:
        place = connection.execute(named.with_only_columns(*places)).first()
        if place is None:
            raise unknown_cursor("after")
        wanted = wanted.where(tuple_(*places) < tuple_(*place))
    ordered = wanted.order_by(*(column.desc() for column in places))
    return ordered.limit(page.first + 1)


def _cut(hits: list[Hit], page: SearchPage) -> Found:
    return Found(hits=hits[: page.first], more=len(hits) > page.first)
