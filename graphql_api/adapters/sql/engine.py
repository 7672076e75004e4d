"""Opens the store: migrates the database, then connects its four ports."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from graphql_api.adapters.sql.conversations import SqlConversations
from graphql_api.adapters.sql.database import Database, connect, parse
from graphql_api.adapters.sql.ledger import SqlLedger
from graphql_api.adapters.sql.messages import SqlMessages
from graphql_api.adapters.sql.migrate import migrate
from graphql_api.adapters.sql.turns import SqlTurns


@dataclass(frozen=True, slots=True)
class SqlStore:
    """The ports of the store over one database."""

    database: Database
    conversations: SqlConversations
    messages: SqlMessages
    turns: SqlTurns
    ledger: SqlLedger


@asynccontextmanager
async def open_store(url: str | Path) -> AsyncGenerator[SqlStore, None]:
    """The store at an address, migrated; its connections close at the end.

    Args:
        url: ``sqlite:///path``, the path of a SQLite file, or ``postgresql://…``.

    Raises:
        SettingsError: The address is wrong, or the database is newer than the code.
    """
    address = parse(url)
    await migrate(address)
    database = connect(address)
    try:
        yield SqlStore(
            database,
            SqlConversations(database),
            SqlMessages(database),
            SqlTurns(database),
            SqlLedger(database),
        )
    finally:
        await database.close()
