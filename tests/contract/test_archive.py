"""Exports of a store and imports into another, over every database."""

import shutil
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from sqlalchemy import create_engine

from graphql_api.adapters.sql.archive import SqlArchive, open_archive
from graphql_api.adapters.sql.database import parse
from graphql_api.domain.access import Payer
from graphql_api.domain.accounts import Account, Period, accounts_of
from graphql_api.domain.archive import Held, Record
from graphql_api.domain.conversations import ConversationFilter, UsageGroup
from graphql_api.domain.generations import Status
from graphql_api.errors import BadFile, SettingsError
from graphql_api.ports.archive import Moved
from graphql_api.services import moving
from tests.archive_data import (
    ME,
    SMALL,
    answer,
    budget,
    conversation,
    entry,
    exports,
    file_of,
    question,
)
from tests.contract import store_data
from tests.contract.store_data import ALL, GONE, LATER, NOW, answered, limit, talk, turn
from tests.contract.store_places import SqlStore, clear, open_store
from tests.contract.test_store_runs import run

ROUNDS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
LONG = 3_000


def nothing() -> None:
    """Do nothing."""


def export(archive: SqlArchive) -> bytes:
    return b"".join(moving.export(archive, passed=nothing))


def export_of(url: str) -> bytes:
    with open_archive(url, read_only=True) as archive:
        return export(archive)


def fill(archive: SqlArchive, file: bytes) -> Moved:
    return moving.import_own(archive, file.splitlines(keepends=True), read=nothing)


def put(url: str, file: bytes) -> Moved:
    with open_archive(url, read_only=False) as archive:
        return fill(archive, file)


def empty(url: str) -> str:
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        clear(connection)
    engine.dispose()
    return url


@pytest.fixture
def place(database_url: str) -> str:
    with open_archive(database_url, read_only=False):
        return empty(database_url)


@pytest.fixture
def other_url(tmp_path: Path, migrated_file: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'other.db')}"


@ROUNDS
@given(file=exports())
def test_what_is_imported_is_exported_again_byte_for_byte(
    place: str, other_url: str, file: bytes
) -> None:
    with (
        open_archive(empty(place), read_only=False) as one,
        open_archive(empty(other_url), read_only=False) as other,
    ):
        fill(one, file)
        fill(other, export(one))
        assert export(one) == file == export(other)


@pytest.mark.anyio
async def test_what_the_store_wrote_goes_to_another_one_and_back(
    store: SqlStore, database_url: str, other_url: str
) -> None:
    await limit(store, "10")
    hard = '\0 \ud800 \x01 \x7f \u2028 e\u0301 \u202e 🦸🏽‍♀️ \\ " \r\n'
    await store.conversations.create(store_data.ME, talk("cnv_1", hard, "", hard))
    await answered(store, 1, parent_id="cnv_1_m2")
    await answered(store, 2, parent_id="msg_q1", content=None)
    await store.turns.begin(store_data.ME, turn(3, parent_id="msg_a2"))
    file = export_of(database_url)
    put(other_url, file)
    assert export_of(other_url) == file


@pytest.mark.anyio
async def test_what_runs_hold_moves_along_and_is_given_back(
    store: SqlStore, database_url: str, other_url: str
) -> None:
    for owner in (store_data.ME, "service", "key_1"):
        await limit(store, "10", owner)
    payer = Payer(principal_id=store_data.ME, key_id="key_1")
    await store.runs.begin(run(payer=payer))
    file = export_of(database_url)
    put(other_url, file)
    assert export_of(other_url) == file
    async with open_store(other_url) as other:
        assert await other.runs.sweep() == ["gen_1"]
        for found in await other.budgets.find(accounts_of(payer, NOW)):
            assert (found.spent_usd, found.reserved_usd) == (0, 0)


@pytest.mark.anyio
async def test_an_older_export_with_an_unfinished_answer_is_imported(
    store: SqlStore, database_url: str
) -> None:
    unfinished = replace(
        answer(), status=Status.STREAMING, held=Held(pusd=7, period="2026-11")
    )
    held = replace(budget(), reserved_pusd=7)
    talk = conversation(leaf="msg_2")
    put(database_url, file_of([ME, talk, question(), unfinished, held]))
    assert await store.turns.sweep(GONE, at=LATER) == ["gen_msg_2"]
    (found,) = await store.budgets.find([Account(ME.id, Period.month(NOW))])
    assert found.reserved_usd == 0


def test_a_deep_conversation_is_imported(place: str) -> None:
    names = [f"msg_{number}" for number in range(LONG)]
    chain = map(question, names, [None, *names])
    file = file_of([ME, conversation(leaf=names[-1]), *chain])
    assert put(place, file).messages == LONG
    assert export_of(place) == file


def test_importing_again_changes_nothing(place: str) -> None:
    assert put(place, file_of()) == Moved(conversations=1, messages=2)
    assert put(place, file_of()) == Moved(skipped=1)
    assert export_of(place) == file_of()


def test_an_import_adds_to_what_is_there(place: str) -> None:
    put(place, file_of())
    more = [ME, conversation("cnv_2")]
    assert put(place, file_of(more)) == Moved(conversations=1)
    assert export_of(place) == file_of([*SMALL[:4], more[1], *SMALL[4:]])


def variants() -> Iterator[tuple[Sequence[Record], str]]:
    head, last = [ME, conversation(leaf="msg_2"), question()], answer()
    yield [ME, conversation()], "Line 3: the conversation 'cnv_1' is here already"
    yield [*head, replace(last, content="No.")], "Line 5: the message 'msg_2' is here"
    yield [*SMALL[:4], answer("msg_3")], "Line 6: the message 'msg_3' is here"
    yield [ME, replace(entry(), cost_pusd=1)], "Line 3: the ledger row 'gen_msg_2' is"
    other = [ME, conversation("cnv_2", leaf="msg_9")]
    rival = replace(answer("msg_9", None), conversation_id="cnv_2")
    yield (
        [*other, replace(rival, generation_id="gen_msg_2")],
        "Line 4 to Line 4: two messages",
    )
    stolen = [ME, conversation("cnv_2", leaf="msg_2"), replace(rival, id="msg_2")]
    yield stolen, "Line 4: the message 'msg_2' is here already"
    new = conversation("cnv_2")
    yield [ME, new, new], "Line 4: the conversation 'cnv_2' stands twice"
    many = [conversation(f"cnv_{number}") for number in range(2, 700)]
    yield [ME, *many, new], "Line 701: the conversation 'cnv_2' stands twice"


@pytest.mark.parametrize(("records", "reason"), list(variants()))
def test_what_contradicts_the_store_is_refused_as_a_whole(
    place: str, records: Sequence[Record], reason: str
) -> None:
    put(place, file_of())
    with pytest.raises(BadFile, match=reason):
        put(place, file_of(records))
    assert export_of(place) == file_of()


def test_a_file_that_was_cut_leaves_nothing_behind(place: str) -> None:
    names = [f"msg_{number}" for number in range(LONG)]
    chain = map(question, names, [None, *names])
    file = file_of([ME, conversation(leaf=names[-1]), *chain])
    with pytest.raises(BadFile, match="cut"):
        put(place, file[:-200])
    assert export_of(place) == file_of([])


@pytest.mark.anyio
async def test_imported_texts_are_found_and_their_usage_is_reported(
    store: SqlStore, database_url: str
) -> None:
    put(database_url, file_of())
    wanted = ConversationFilter(search="batman sidekick")
    page = await store.conversations.list(ME.id, wanted, ALL)
    assert [item.id for item in page.items] == ["cnv_1"]
    rows = await store.ledger.usage(ME.id, UsageGroup.MODEL, since=NOW, until=LATER)
    assert [(row.requests, row.cost_usd) for row in rows] == [(1, Decimal("0.0021"))]
    message = await store.messages.find(ME.id, ["msg_2"])
    assert message["msg_2"].cost == answer().cost


@pytest.mark.anyio
async def test_an_imported_answer_that_was_being_written_can_be_ended(
    store: SqlStore, database_url: str
) -> None:
    running = replace(answer(), status=Status.STREAMING, usage=None, cost=None)
    put(database_url, file_of([*SMALL[:3], running]))
    assert await store.turns.sweep(GONE, at=LATER) == ["gen_msg_2"]
    found = await store.messages.find(ME.id, ["msg_2"])
    assert found["msg_2"].status is Status.INTERRUPTED


@pytest.mark.anyio
async def test_an_export_is_of_one_moment_and_holds_nobody_up(
    store: SqlStore, database_url: str
) -> None:
    put(database_url, file_of())
    with open_archive(database_url, read_only=True) as archive:
        lines = moving.export(archive, passed=nothing)
        start = [next(lines), next(lines)]
        await store.conversations.create(ME.id, talk("cnv_9", "Who is new?"))
        assert b"".join([*start, *lines]) == file_of()
    assert b"Who is new?" in export_of(database_url)


def test_an_export_changes_no_file(sqlite_url: str, tmp_path: Path) -> None:
    before = (tmp_path / "sidekick.db").read_bytes()
    export_of(sqlite_url)
    assert (tmp_path / "sidekick.db").read_bytes() == before


def test_there_must_be_something_to_export(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for name, reason in (("none.db", "no database"), ("empty.db", "no tables")):
        with pytest.raises(SettingsError, match=reason):
            export_of(f"sqlite:///{tmp_path / name}")
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.db").write_bytes(b"no database" * 100)
    with pytest.raises(SettingsError, match="not a database"):
        export_of(f"sqlite:///{tmp_path / 'odd.db'}")


@pytest.mark.anyio
async def test_a_store_that_was_imported_into_opens(
    tmp_path: Path, anyio_backend: str
) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'sidekick.db'}"
    put(url, file_of())
    async with open_store(url) as store:
        assert list(await store.conversations.find(ME.id, ["cnv_1"])) == ["cnv_1"]
