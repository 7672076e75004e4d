"""The audit log over every database: written with what it tells, and never changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from graphql_api.domain.access import UNLIMITED, Limits
from graphql_api.domain.administration import AuditAction, AuditEntry, KillSwitch
from graphql_api.errors import BadInput
from tests.contract.store_data import ALL, LATER, ME, NOW, done, first, talk
from tests.contract.store_places import SqlStore
from tests.contract.test_store_keys import BOT, DIGEST, KEY

pytestmark = pytest.mark.anyio
CREATED = done(AuditAction.CREATE_API_KEY)
SET = done(AuditAction.SET_KILL_SWITCH, "aud_2", at=LATER)
CHANGES = [
    "UPDATE audit SET details = '{}'",
    "UPDATE audit SET id = id",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE id = 'aud_1'",
]
ONLY_SQLITE = [
    "INSERT OR REPLACE INTO audit SELECT id, 0, null, null, '', '', '{}' FROM audit",
    "REPLACE INTO audit SELECT id, 0, null, null, '', '', '{}' FROM audit",
]


async def log(store: SqlStore) -> list[AuditEntry]:
    return list((await store.oversight.audit_log(ALL)).items)


async def change(store: SqlStore, statement: str) -> None:
    await store.database.write(lambda connection: connection.execute(text(statement)))


@pytest.fixture
async def made(store: SqlStore) -> SqlStore:
    await store.api_keys.create(KEY, DIGEST, CREATED, owner=BOT)
    return store


async def test_a_key_comes_with_its_principal_and_its_line(made: SqlStore) -> None:
    assert await made.principals.find(BOT.id) == BOT
    assert await log(made) == [CREATED]


async def test_what_fails_leaves_no_line(made: SqlStore) -> None:
    again = replace(CREATED, id="aud_2")
    with pytest.raises(DBAPIError):
        await made.api_keys.create(KEY, DIGEST, again)
    assert await log(made) == [CREATED]


async def test_what_cannot_be_written_down_is_not_done(made: SqlStore) -> None:
    other = replace(KEY, id="key_2")
    with pytest.raises(DBAPIError):
        await made.api_keys.create(other, DIGEST, CREATED)
    assert await made.api_keys.find("key_2") is None


async def test_revoking_is_written_down_once(made: SqlStore) -> None:
    ended = done(AuditAction.REVOKE_API_KEY, "aud_2", at=LATER)
    await made.api_keys.revoke(KEY.id, ended)
    await made.api_keys.revoke(KEY.id, replace(ended, id="aud_3"))
    await made.api_keys.revoke("key_unknown", replace(ended, id="aud_4"))
    assert await log(made) == [ended, CREATED]


async def test_limits_are_set_and_taken_back_with_a_line_each(made: SqlStore) -> None:
    limits, entry = Limits(concurrent=2), done(AuditAction.SET_PRINCIPAL_LIMITS, "a_2")
    assert await made.principals.limit(BOT.id, limits, entry)
    assert await made.principals.find(BOT.id) == replace(BOT, limits=limits)
    assert await made.principals.limit(BOT.id, None, replace(entry, id="a_3"))
    assert await made.principals.find(BOT.id) == replace(BOT, limits=None)
    assert not await made.principals.limit("usr_x", UNLIMITED, replace(entry, id="b"))
    assert len(await log(made)) == 3


async def test_the_switch_is_off_until_somebody_turns_it(store: SqlStore) -> None:
    assert await store.switches.answers() == KillSwitch()
    await store.switches.set_answers(SET, on=True, reason="Maintenance")
    on = KillSwitch(on=True, since=LATER, by=SET.by, reason="Maintenance")
    assert await store.switches.answers() == on
    assert await log(store) == [SET]


async def test_another_reason_leaves_the_moment_of_the_switch(store: SqlStore) -> None:
    await store.switches.set_answers(SET, on=True, reason="Maintenance")
    later = LATER + timedelta(hours=1)
    again, off = replace(SET, id="aud_3", at=later), replace(SET, id="aud_4", at=later)
    await store.switches.set_answers(again, on=True, reason="Longer")
    changed = await store.switches.answers()
    await store.switches.set_answers(off, on=False, reason="")
    assert (changed.since, changed.reason) == (LATER, "Longer")
    assert (await store.switches.answers()).since == later


@pytest.mark.parametrize("statement", CHANGES)
async def test_no_line_is_changed_or_deleted(made: SqlStore, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"The audit log cannot be changed\."):
        await change(made, statement)
    assert await log(made) == [CREATED]


@pytest.mark.parametrize("statement", ONLY_SQLITE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_line_of_a_file_is_replaced(made: SqlStore, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"The audit log cannot be changed\."):
        await change(made, statement)
    assert await log(made) == [CREATED]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_whole_log_is_not_emptied(made: SqlStore) -> None:
    with pytest.raises(DBAPIError, match=r"The audit log cannot be changed\."):
        await change(made, "TRUNCATE audit")
    assert await log(made) == [CREATED]


async def test_the_log_outlives_what_it_is_about(made: SqlStore) -> None:
    await change(made, "DELETE FROM api_keys")
    await change(made, "DELETE FROM principals")
    assert await log(made) == [CREATED]


async def test_the_log_is_read_in_pages_newest_first(store: SqlStore) -> None:
    entries = [
        replace(SET, id=f"aud_{n}", at=NOW + timedelta(seconds=n // 2))
        for n in range(5)
    ]
    for entry in entries:
        await store.switches.set_answers(entry, on=True, reason="")
    page = await store.oversight.audit_log(first(2))
    rest = await store.oversight.audit_log(first(3, after="aud_3"))
    assert [*page.items, *rest.items] == entries[::-1]
    assert (page.has_next, rest.has_next, page.total) == (True, False, 5)
    with pytest.raises(BadInput):
        await store.oversight.audit_log(first(1, after="aud_9"))


async def test_a_conversation_writes_no_line(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    assert await log(store) == []
