"""Opens the store: migrates the database, then connects its ports."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from graphql_api.adapters.sql.api_keys import SqlApiKeys
from graphql_api.adapters.sql.budgets import SqlBudgets
from graphql_api.adapters.sql.conversations import SqlConversations
from graphql_api.adapters.sql.database import Database, connect, parse
from graphql_api.adapters.sql.finder import SqlFinder
from graphql_api.adapters.sql.ledger import SqlLedger
from graphql_api.adapters.sql.messages import SqlMessages
from graphql_api.adapters.sql.migrate import migrate
from graphql_api.adapters.sql.oversight import SqlOversight
from graphql_api.adapters.sql.people import SqlPeople
from graphql_api.adapters.sql.principals import SqlPrincipals
from graphql_api.adapters.sql.runs import SqlRuns
from graphql_api.adapters.sql.sessions import SqlSessions
from graphql_api.adapters.sql.shares import SqlShares
from graphql_api.adapters.sql.switches import SqlSwitches
from graphql_api.adapters.sql.turns import SqlTurns
from graphql_api.ports.store import Store


@asynccontextmanager
async def open_store(url: str | Path) -> AsyncGenerator[Store, None]:
    """The store at an address, migrated; its connections close at the end.

    Args:
        url: ``sqlite:///path``, the path of a SQLite file, or ``postgresql://…``.

    Raises:
        SettingsError: The address is wrong, or the database is newer than the code.
    """
    async with open_database(url) as database:
        yield store_of(database)


@asynccontextmanager
async def open_database(url: str | Path) -> AsyncGenerator[Database, None]:
    """The database at an address, as for `open_store`."""
    address = parse(url)
    await migrate(address)
    database = connect(address)
    try:
        yield database
    finally:
        await database.close()


def store_of(database: Database) -> Store:
    """The ports of the store over an open database."""
    return Store(
        SqlConversations(database),
        SqlMessages(database),
        SqlTurns(database),
        SqlLedger(database),
        SqlFinder(database),
        SqlShares(database),
        SqlBudgets(database),
        SqlRuns(database),
        SqlPrincipals(database),
        SqlApiKeys(database),
        SqlOversight(database),
        SqlSwitches(database),
        SqlPeople(database),
        SqlSessions(database),
    )
