"""The `Turns` of a SQL database.

A turn is tried again when its connection breaks; its own marks in the rows — the
generation's identifier, the token of who ended it — tell what was done already.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, bindparam, select, update

from graphql_api.adapters.sql import beginning, ending, rows
from graphql_api.adapters.sql.database import Database, persist
from graphql_api.adapters.sql.messages import load, owned
from graphql_api.adapters.sql.tables import RUNNING, conversations, messages
from graphql_api.domain.conversations import BegunTurn, NewTurn, StoredMessage
from graphql_api.domain.generations import Outcome, Problem

_CHECKPOINT: Final = (
    update(messages)
    .where(messages.c.generation_id == bindparam("running"))
    .where(RUNNING)
    .values(content=bindparam("text"))
)


class SqlTurns:
    """`Turns` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, principal_id: str, turn: NewTurn, /) -> BegunTurn:
        """Claim the key, reserve, store both messages, move the leaf.

        A turn whose reserve is unknown fits into no limited account, since nobody can
        say that it does; without a limit it is begun.
        """
        steps = beginning.Beginning(principal_id, turn)
        return await persist(self._database, steps.run)

    async def checkpoint(self, texts: Mapping[str, str], /) -> None:
        """Keep the partial texts of running generations, all in one transaction."""
        kept = [{"running": key, "text": texts[key]} for key in sorted(texts)]
        if kept:
            await self._database.write(lambda to: to.execute(_CHECKPOINT, kept))

    async def finish(
        self, generation_id: str, outcome: Outcome, /, *, at: datetime
    ) -> bool:
        """End a running turn: message, ledger and accounts; False: it had ended."""
        token = uuid4().hex

        def attempt(connection: Connection, *, again: bool) -> bool:
            if again and ending.ended_by(connection, generation_id, token):
                return True
            values = {"settle_token": token}
            return ending.finish(connection, generation_id, outcome, values, at=at)

        return await persist(self._database, attempt)

    async def sweep(self, problem: Problem, /, *, at: datetime) -> Sequence[str]:
        """Interrupt every running turn, keeping its text; the generations' ids."""

        def work(connection: Connection) -> Sequence[str]:
            beginning.forget_old_keys(connection, at=at)
            return ending.interrupt_all(connection, problem, at=at)

        return await self._database.write(work)

    async def running(self) -> Sequence[tuple[str, StoredMessage]]:
        """Turns that nobody has ended, each with its principal; after a crash."""
        owner = conversations.c.principal_id
        joined = messages.join(conversations)
        wanted = select(owner, *rows.MESSAGE).select_from(joined)
        wanted = wanted.where(RUNNING)
        found = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().all()
        )
        return [(row[owner], rows.message(row)) for row in found]

    async def find(
        self, principal_id: str, generation_ids: Sequence[str], /
    ) -> Mapping[str, StoredMessage]:
        """The assistant messages that the generations write or wrote."""
        wanted = owned(principal_id).where(messages.c.generation_id.in_(generation_ids))
        found = await self._database.read(lambda connection: load(connection, wanted))
        return {str(message.generation_id): message for message in found}
