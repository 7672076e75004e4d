"""Brings a database to the tables of this code.

A SQLite database that is older is copied first, to a file beside it that is named
with the revision it has; several servers on one PostgreSQL migrate one after another.
"""

import asyncio
import shutil
import threading
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from graphql_api.errors import SettingsError

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSIONS: Final = _MIGRATIONS / "versions"
# Alembic keeps the migration that runs in a global variable.
_ONE_AT_A_TIME: Final = threading.Lock()
# Any number that nobody else takes an advisory lock on.
_POSTGRESQL_LOCK: Final = 7_433_254_200_115


async def migrate(url: URL, *, versions: Path = _VERSIONS) -> None:
    """Upgrade a database, or make its tables; nothing when it is up to date.

    Args:
        url: Address from `database.parse`.
        versions: Folder with the revisions.

    Raises:
        SettingsError: The database is newer than the code.
    """
    await asyncio.to_thread(migrate_alone, url, versions=versions)


def check_revision(engine: Engine) -> str:
    """The revision of a database, which must be that of this code.

    Raises:
        SettingsError: The database is newer or older, or it is not Sidekick's.
    """
    scripts = ScriptDirectory.from_config(_config(_VERSIONS))
    with engine.connect() as connection:
        present = _revision(connection)
    _check(present, scripts)
    if present is None:
        msg = "The database has no tables of Sidekick; is it the right one?"
        raise SettingsError(f"{msg} DATABASE_URL and SIDEKICK_DATA_DIR name it.")
    if present != scripts.get_current_head():
        msg = f"The database is of an older version of Sidekick ({present!r})."
        raise SettingsError(f"{msg} Start the server once: that upgrades it.")
    return present


def migrate_alone(url: URL, *, versions: Path = _VERSIONS) -> None:
    """The same as `migrate`, for a command without an event loop."""
    config = _config(versions)
    scripts = ScriptDirectory.from_config(config)
    engine = _engine(url)
    try:
        with _ONE_AT_A_TIME:
            with engine.connect() as connection:
                present = _revision(connection)
            _check(present, scripts)
            if present == scripts.get_current_head():
                return
            if present is not None and url.get_backend_name() == "sqlite":
                _back_up(engine, Path(str(url.database)), present)
            with engine.begin() as connection:
                _upgrade(connection, config)
    finally:
        engine.dispose()


def _config(versions: Path) -> Config:
    config = Config()
    for name, value in (
        ("script_location", str(_MIGRATIONS)),
        ("version_locations", str(versions)),
        ("path_separator", "newline"),
    ):
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def _engine(url: URL) -> Engine:
    engine = create_engine(url, poolclass=NullPool)
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made here, so that nobody else can read it; an empty file is a database.
        path.touch(mode=0o600)
        event.listen(engine, "connect", _take_over_transactions)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _take_over_transactions(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=5000")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check(present: str | None, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if present is not None and present not in known:
        msg = (
            f"The database is of a newer version of Sidekick (revision {present!r}). "
            "Install that version, or name another database with DATABASE_URL or "
            "SIDEKICK_DATA_DIR."
        )
        raise SettingsError(msg)


def _back_up(engine: Engine, path: Path, present: str) -> None:
    copy = path.with_name(f"{path.stem}.{present}.backup{path.suffix}")
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(unfinished),))
    finally:
        raw.close()
    shutil.copymode(path, unfinished)
    unfinished.replace(copy)


def _upgrade(connection: Connection, config: Config) -> None:
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:number)")
        connection.execute(lock, {"number": _POSTGRESQL_LOCK})
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
