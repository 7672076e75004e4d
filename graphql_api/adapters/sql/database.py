"""The connections, and what differs between the two databases.

A transaction is a plain function of a connection. SQLite runs it as a whole in a
thread: going there and back for each statement took three times as long. One thread
writes, whose transactions take the lock at their start, so that none fails half-way,
and a few read: in WAL mode neither waits for the other. Python's own transactions are
switched off: they begin too late. PostgreSQL runs it in the event loop, as SQLAlchemy
lets plain functions wait there.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from graphql_api.errors import SettingsError

Kind = Literal["sqlite", "postgresql"]

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_ATTEMPTS: Final = 3
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "journal_size_limit=67108864",
)
# The others would write to the file.
_READ_ONLY_PRAGMAS: Final = ("busy_timeout=5000",)
_READERS: Final = 4
_POSTGRESQL_CONNECTIONS: Final = 10
_WAIT_S: Final = 30
_NO_FILE: Final = (None, "", ":memory:")


class Database(Protocol):
    """An open database."""

    @property
    def kind(self) -> Kind:
        """Which of the two it is."""
        ...

    @property
    def writer(self) -> Engine:
        """Makes the connections of the transactions that change something."""
        ...

    async def write(self, work: Callable[[Connection], _T], /) -> _T:
        """Run a transaction: committed at its end, undone by an error."""
        ...

    async def read(self, work: Callable[[Connection], _T], /) -> _T:
        """Run a transaction that changes nothing and sees one moment."""
        ...

    async def close(self) -> None:
        """Close all connections, once what is under way has ended."""
        ...


def parse(url: str | Path) -> URL:
    """Address of a database; a path is that of a SQLite file.

    Raises:
        SettingsError: It is neither SQLite nor PostgreSQL.
    """
    if isinstance(url, Path):
        return URL.create("sqlite", database=str(url))
    try:
        parsed = make_url(url)
    except ArgumentError:
        msg = "DATABASE_URL is no address of a database."
        raise SettingsError(msg) from None
    # A database in memory would be another one for each connection.
    if parsed.get_backend_name() == "sqlite" and parsed.database not in _NO_FILE:
        return parsed.set(drivername="sqlite")
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    msg = "DATABASE_URL must be sqlite:///path or postgresql://…"
    raise SettingsError(msg)


def connect(url: URL) -> Database:
    """The database at an address of `parse`; no connection is made yet."""
    return _Sqlite(url) if url.get_backend_name() == "sqlite" else _Postgresql(url)


def connect_alone(url: URL, *, read_only: bool) -> Engine:
    """Connections for a command that does one thing after another, without a loop.

    Args:
        url: Address from `parse`.
        read_only: What is read is of one moment, and nothing can be changed; other
            processes may use the database meanwhile.
    """
    if url.get_backend_name() == "sqlite":
        begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        return _sqlite_engine(url, begin, connections=1, read_only=read_only)
    engine = create_engine(
        url, connect_args={"connect_timeout": 10}, hide_parameters=True
    )
    if not read_only:
        return engine
    return engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def insert_into(
    connection: Connection, table: Table
) -> sqlite.Insert | postgresql.Insert:
    """The database's own INSERT, which knows ON CONFLICT."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


class Attempt(Protocol[_T_co]):
    """A transaction that may be tried more than once."""

    def __call__(self, connection: Connection, /, *, again: bool) -> _T_co:
        """Carry it out; ``again``: an earlier attempt may have been, unnoticed."""
        ...


async def persist(database: Database, attempt: Attempt[_T_co]) -> _T_co:
    """Carry out a transaction, anew when the connection broke.

    A connection that breaks may have carried out what it never confirmed.
    """
    for count in range(_ATTEMPTS):
        try:
            return await database.write(partial(attempt, again=count > 0))
        except DBAPIError as error:
            if not error.connection_invalidated or count + 1 == _ATTEMPTS:
                raise
    raise AssertionError


class _Sqlite:
    """A file, and the threads that work on it."""

    kind: Kind = "sqlite"

    def __init__(self, url: URL) -> None:
        self.writer = _sqlite_engine(url, "BEGIN IMMEDIATE", connections=1)
        self._reader = _sqlite_engine(url, "BEGIN", connections=_READERS)
        self._writing = ThreadPoolExecutor(1, "sqlite-writer")
        self._reading = ThreadPoolExecutor(_READERS, "sqlite-reader")

    async def write(self, work: Callable[[Connection], _T], /) -> _T:
        """Run a transaction; one that has begun is not cancelled."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writing, _run, self.writer, work)

    async def read(self, work: Callable[[Connection], _T], /) -> _T:
        """Run a transaction that changes nothing."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, _run, self._reader, work)

    async def close(self) -> None:
        """Close all connections, once what is under way has ended."""
        for threads, engine in (
            (self._reading, self._reader),
            (self._writing, self.writer),
        ):
            await asyncio.to_thread(threads.shutdown)
            engine.dispose()


def _run(engine: Engine, work: Callable[[Connection], _T]) -> _T:
    with engine.begin() as connection:
        return work(connection)


def _sqlite_engine(
    url: URL, begin: str, *, connections: int, read_only: bool = False
) -> Engine:
    file = f"file:{quote(str(url.database))}?mode=ro"
    opened: dict[str, Any] = {}
    if read_only:
        opened["creator"] = lambda: sqlite3.connect(file, uri=True)
    engine = create_engine(
        url,
        **opened,
        # They are people's texts, and errors are logged.
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_WAIT_S,
    )

    def set_up(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _READ_ONLY_PRAGMAS if read_only else _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", start)
    return engine


class _Postgresql:
    """A server, and the connections to it."""

    kind: Kind = "postgresql"

    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(
            url,
            # Prepared statements do not survive a PgBouncer between us.
            connect_args={"prepare_threshold": None, "connect_timeout": 10},
            hide_parameters=True,
            pool_size=_POSTGRESQL_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_WAIT_S,
            pool_pre_ping=True,
        )
        self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ")
        self.writer = self._engine.sync_engine

    async def write(self, work: Callable[[Connection], _T], /) -> _T:
        """Run a transaction."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def read(self, work: Callable[[Connection], _T], /) -> _T:
        """Run a transaction that changes nothing."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
