"""The `Archive` of a SQL database.

Read in one transaction, by two queries side by side whose rows come in the same order;
written in one transaction, several hundred records at a time. So neither needs more
memory for more messages.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    func,
    select,
)
from sqlalchemy.exc import DatabaseError, OperationalError

from graphql_api.adapters.sql import archive_rows
from graphql_api.adapters.sql.archive_writing import Writing
from graphql_api.adapters.sql.database import connect_alone, parse
from graphql_api.adapters.sql.migrate import check_revision, migrate_alone
from graphql_api.adapters.sql.tables import (
    budgets,
    conversations,
    ledger,
    messages,
    principals,
    runs,
)
from graphql_api.domain.archive import (
    BudgetRecord,
    Checked,
    ConversationRecord,
    LedgerRecord,
    MessageRecord,
    PrincipalRecord,
    Record,
    RunRecord,
)
from graphql_api.errors import SettingsError
from graphql_api.ports.archive import Moved

_AT_ONCE: Final = 500


class SqlArchive:
    """`Archive` in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine, schema_revision: str) -> None:
        self._engine = engine
        self.schema_revision = schema_revision

    def size(self) -> int:
        """Number of the conversations."""
        counted = select(func.count()).select_from(conversations)
        with self._engine.connect() as connection:
            return connection.scalar(counted) or 0

    def read(self) -> Generator[Record]:
        """Everything as of one moment, in the order of `domain.archive`."""
        with self._engine.begin() as whole:
            connection = whole.execution_options(yield_per=_AT_ONCE)
            names = _bytewise(connection, principals.c.id)
            yield from _all(connection, PrincipalRecord, names)
            yield from _conversations(connection)
            generations = _bytewise(connection, ledger.c.generation_id)
            yield from _all(connection, LedgerRecord, ledger.c.at, generations)
            owners = _bytewise(connection, budgets.c.owner)
            periods = _bytewise(connection, budgets.c.period)
            yield from _all(connection, BudgetRecord, owners, periods)
            under_way = _bytewise(connection, runs.c.generation_id)
            yield from _all(connection, RunRecord, under_way)

    def write(self, records: Iterable[Checked], /, *, keep: bool) -> Moved:
        """Store what is not there yet: all of it, or, after any error, nothing."""
        coming = iter(records)
        with self._engine.begin() as connection:
            writing = Writing(connection, keep=keep)
            while batch := list(islice(coming, _AT_ONCE)):
                writing.store(batch)
        return writing.moved


@contextmanager
def open_archive(url: str | Path, *, read_only: bool) -> Generator[SqlArchive]:
    """The archive of the store at an address.

    Args:
        url: As for `engine.open_store`.
        read_only: Change nothing, so that a server may use the database meanwhile;
            otherwise the database is made, or upgraded, if need be.

    Raises:
        SettingsError: The address is wrong, there is no database, it cannot be used
            now, or it is not of this version.
    """
    address = parse(url)
    if read_only and address.get_backend_name() == "sqlite":
        _check_file(Path(str(address.database)))
    engine = connect_alone(address, read_only=read_only)
    try:
        if not read_only:
            migrate_alone(address)
        yield SqlArchive(engine, check_revision(engine))
    except DatabaseError as error:
        # Its subclasses are our mistakes, but for the one that all servers raise.
        if type(error) not in {DatabaseError, OperationalError}:
            raise
        msg = f"The database cannot be used now: {str(error.orig).strip()}"
        raise SettingsError(msg) from error
    finally:
        engine.dispose()


def _check_file(path: Path) -> None:
    if not path.is_file():
        msg = (
            f"There is no database {str(path)!r}, so there is nothing to export. "
            "SIDEKICK_DATA_DIR or DATABASE_URL names the one to use."
        )
        raise SettingsError(msg)


def _bytewise(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """A text to order by, the same in every database."""
    return column.collate("C" if connection.dialect.name == "postgresql" else "BINARY")


def _all(
    connection: Connection, kind: type[Record], *order: ColumnElement[Any]
) -> Generator[Record]:
    wanted = select(archive_rows.TABLES[kind]).order_by(*order)
    for row in connection.execute(wanted).mappings():
        yield archive_rows.record(kind, row)


def _conversations(connection: Connection) -> Generator[Record]:
    """Every conversation before its messages, both in the order of their making."""
    talks = connection.execute(select(conversations).order_by(conversations.c.seq))
    said = connection.execute(_messages()).mappings()
    message = next(said, None)
    for talk in talks.mappings():
        yield archive_rows.record(ConversationRecord, talk)
        while message is not None and message["talk"] == talk["seq"]:
            yield archive_rows.record(MessageRecord, message)
            message = next(said, None)


def _messages() -> Select[*tuple[Any, ...]]:
    return (
        select(messages, conversations.c.seq.label("talk"))
        .select_from(conversations.join(messages))
        .order_by(conversations.c.seq, messages.c.seq)
    )
