"""Databases for the tests of the store: SQLite always, PostgreSQL where it runs."""

import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Connection, make_url, text

from graphql_api.adapters.sql.admin_tables import audit
from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.engine import open_database, store_of
from graphql_api.adapters.sql.tables import metadata
from graphql_api.ports.store import Store

_VARIABLE = "SIDEKICK_TEST_DATABASE_URL"
_USUAL = "postgresql://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True, slots=True)
class SqlStore(Store):
    """A store, and the database under it for a look behind the ports."""

    database: Database


@asynccontextmanager
async def open_store(url: str | Path) -> AsyncGenerator[SqlStore]:
    """Open the store as the service does."""
    async with open_database(url) as database:
        ports = store_of(database)
        yield SqlStore(*(getattr(ports, one.name) for one in fields(Store)), database)


@contextmanager
def postgresql() -> Iterator[str]:
    """Make a database of a random name, and drop it at the end.

    Skips when no server answers, unless one was named.
    """
    server = make_url(os.environ.get(_VARIABLE, _USUAL)).set(drivername="postgresql")
    name = f"sidekick_test_{uuid4().hex}"
    _administer(server, sql.SQL("CREATE DATABASE {}"), name)
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server, sql.SQL("DROP DATABASE {} WITH (FORCE)"), name)


def _administer(server: URL, statement: sql.SQL, name: str) -> None:
    address = server.render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(address, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError as error:
        if _VARIABLE in os.environ:
            raise
        pytest.skip(f"No PostgreSQL: {error}")
    with connection:
        connection.execute(statement.format(sql.Identifier(name)))


async def empty(store: SqlStore) -> None:
    """Delete everything."""
    await store.database.write(clear)


def clear(connection: Connection) -> None:
    """Delete everything; the audit log of a SQLite file is empty in any new copy."""
    for table in reversed(metadata.sorted_tables):
        if table is not audit:
            connection.execute(table.delete())
        elif connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
            connection.execute(table.delete())
            connection.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))
