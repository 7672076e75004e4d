"""How a database gets its tables, on every database."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from graphql_api.adapters.sql.database import parse
from graphql_api.adapters.sql.migrate import migrate
from graphql_api.adapters.sql.pico import microseconds
from graphql_api.adapters.sql.tables import metadata
from graphql_api.errors import SettingsError
from tests.archive_data import HEAD, VERSIONS
from tests.contract.store_data import LATER, ME, NOW, TALK, budget, outcome, talk
from tests.contract.store_places import SqlStore, open_store, postgresql

pytestmark = pytest.mark.anyio
NEXT = f"""
from alembic import op

revision = "r9999"
down_revision = "{HEAD}"

def upgrade() -> None:
    op.get_bind().exec_driver_sql("CREATE TABLE new_one (id TEXT)")
    {{then}}
"""


def differences(connection: Connection) -> Sequence[Any]:
    def ours(item: object, name: str | None, kind: str, *_: object) -> bool:
        # The indexes of the search are of each database's own kind.
        return not (kind in {"table", "index"} and "_words" in str(name))

    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(
        connection, opts=options | {"include_object": ours}
    )
    return compare_metadata(context, metadata)


def with_next(folder: Path, then: str = "") -> Path:
    """Make a copy of the revisions with one more."""
    shutil.copytree(VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "r9999_next.py").write_text(NEXT.format(then=then))
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    with postgresql() as url:
        yield url


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def revision(store: SqlStore) -> str:
    return await store.database.read(
        lambda connection: connection.scalar(
            text("SELECT version_num FROM alembic_version")
        )
    )


async def test_a_migrated_database_has_the_tables_of_the_code(store: SqlStore) -> None:
    assert await store.database.read(differences) == []


async def test_the_search_of_postgresql_uses_its_indexes(
    postgresql_url: str, anyio_backend: str
) -> None:
    async with open_store(postgresql_url) as store:
        explain = text(
            "EXPLAIN SELECT 1 FROM messages AS found"
            " WHERE found.status NOT IN ('QUEUED', 'STREAMING')"
            " AND to_tsvector('simple', translate(left(found.content, 100000),"
            " '/.-_@:+&=?#', '           ')) @@ CAST('robin' AS tsquery)"
        )

        def work(connection: Connection) -> Sequence[str]:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            return connection.execute(explain).scalars().all()

        plan = await store.database.write(work)
    assert "message_words" in "\n".join(plan)


async def test_a_new_file_is_private_and_has_no_backup(
    tmp_path: Path, anyio_backend: str
) -> None:
    path = tmp_path / "new" / "sidekick.db"
    async with open_store(path) as store:
        await store.conversations.create(ME, talk())
    assert [file.name for file in path.parent.iterdir()] == ["sidekick.db"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_nothing_is_done_to_a_database_that_is_up_to_date(
    sqlite_url: str, tmp_path: Path, anyio_backend: str
) -> None:
    before = contents(tmp_path)
    await migrate(parse(sqlite_url))
    assert contents(tmp_path) == before


async def test_an_old_file_is_copied_before_it_is_upgraded(
    sqlite_url: str, tmp_path: Path, anyio_backend: str
) -> None:
    async with open_store(sqlite_url) as store:
        await store.conversations.create(ME, talk(TALK, "Who is Robin?"))
    await migrate(parse(sqlite_url), versions=with_next(tmp_path / "versions"))
    backup = tmp_path / f"sidekick.{HEAD}.backup.db"
    async with open_store(backup) as copy:
        assert await revision(copy) == HEAD
        assert list(await copy.conversations.find(ME, [TALK])) == [TALK]
    with closing(sqlite3.connect(tmp_path / "sidekick.db")) as file:
        assert file.execute("SELECT count(*) FROM new_one").fetchone() == (0,)


OLD = """
INSERT INTO principals (id) VALUES ('prn_me');
INSERT INTO conversations (id, principal_id, title, titled_by, assistant_key,
    archived, leaf_id, created_at, updated_at)
VALUES ('cnv_1', 'prn_me', 'Sidekicks', 'RULE', 'comics', FALSE, 'msg_a1', 0, 0);
INSERT INTO messages (id, conversation_id, depth, role, content, status, created_at,
    generation_id, model_name, assistant_key, reserve_pusd, budget_period)
VALUES ('msg_a1', 'cnv_1', 0, 'ASSISTANT', '', 'STREAMING', {at}, 'gen_1', 'm',
    'comics', 700000000000, '2026-11');
INSERT INTO ledger (generation_id, principal_id, conversation_id, model_name,
    assistant_key, tokens_estimated, cost_pusd, at)
VALUES ('gen_0', 'prn_me', 'cnv_1', 'm', 'comics', FALSE, 250000000000, {at});
INSERT INTO budgets (principal_id, period, limit_pusd, spent_pusd, reserved_pusd)
VALUES ('prn_me', '2026-11', 1000000000000, 250000000000, 700000000000)
"""


async def test_what_was_held_in_an_old_budget_is_settled_after_the_upgrade(
    old_url: str, tmp_path: Path, anyio_backend: str
) -> None:
    old = shutil.copytree(VERSIONS, tmp_path / "old")
    for file in old.glob("r*.py"):
        if file.stem >= "r0007":
            file.unlink()
    await migrate(parse(old_url), versions=old)
    engine = create_engine(parse(old_url))
    with engine.begin() as connection:
        for statement in OLD.format(at=microseconds(NOW)).split(";\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    async with open_store(old_url) as store:
        assert await budget(store) == (Decimal("0.25"), Decimal("0.7"))
        assert await store.turns.finish("gen_1", outcome(cost="0.5"), at=LATER)
        assert await budget(store) == (Decimal("0.75"), 0)
        assert await store.database.read(differences) == []


async def test_a_failed_upgrade_changes_nothing(
    sqlite_url: str, tmp_path: Path, anyio_backend: str
) -> None:
    versions = with_next(tmp_path / "versions", then='raise ValueError("no")')
    with pytest.raises(ValueError, match="no"):
        await migrate(parse(sqlite_url), versions=versions)
    async with open_store(sqlite_url) as store:
        assert await revision(store) == HEAD
    with closing(sqlite3.connect(tmp_path / "sidekick.db")) as file:
        tables = file.execute("SELECT name FROM sqlite_master WHERE name = 'new_one'")
        assert tables.fetchall() == []


async def test_a_newer_database_is_refused_with_what_to_do(
    sqlite_url: str, tmp_path: Path, anyio_backend: str
) -> None:
    await migrate(parse(sqlite_url), versions=with_next(tmp_path / "versions"))
    with pytest.raises(SettingsError, match=r"'r9999'.*DATABASE_URL"):
        async with open_store(sqlite_url):
            pass


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://localhost/x",
        "sqlite://",
        "sqlite:///:memory:",
        "redis://x",
    ],
)
async def test_an_address_of_something_else_is_refused(
    url: str, anyio_backend: str
) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        async with open_store(url):
            pass
