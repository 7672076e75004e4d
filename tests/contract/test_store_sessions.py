"""Sessions over every database: they last a month, and a week without use."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from graphql_api.adapters.sql.access_tables import sessions
from graphql_api.domain.access import Principal, PrincipalKind
from graphql_api.domain.identity import (
    SESSION_IDLE,
    SESSION_LASTS,
    Session,
    session_digest,
)
from tests.contract.store_data import LATER, NOW
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
USER = Principal(id="usr_1", kind=PrincipalKind.USER, name="Älice", created_at=NOW)
TOKEN = "canary-session-token"
SESSION = Session(
    digest=session_digest(TOKEN),
    principal_id=USER.id,
    email="alice@example.org",
    created_at=NOW,
    expires_at=NOW + SESSION_LASTS,
    used_at=NOW,
)


@pytest.fixture
async def signed_in(store: SqlStore) -> SqlStore:
    await store.principals.add(USER)
    await store.sessions.open(SESSION)
    return store


async def stored(store: SqlStore) -> list[str]:
    rows = await store.database.read(
        lambda connection: connection.execute(select(sessions)).all()
    )
    assert TOKEN not in str(rows)
    return [row.digest for row in rows]


async def test_a_session_is_found_by_its_digest_with_its_user(
    signed_in: SqlStore,
) -> None:
    assert await signed_in.sessions.find(SESSION.digest) == (SESSION, USER)
    assert await signed_in.sessions.find(TOKEN) is None


async def test_a_closed_session_is_gone(signed_in: SqlStore) -> None:
    await signed_in.sessions.close(SESSION.digest)
    await signed_in.sessions.close(SESSION.digest)
    assert await signed_in.sessions.find(SESSION.digest) is None


async def test_the_use_of_a_session_is_kept(signed_in: SqlStore) -> None:
    await signed_in.sessions.used(SESSION.digest, at=LATER)
    used = replace(SESSION, used_at=LATER)
    assert await signed_in.sessions.find(SESSION.digest) == (used, USER)


@pytest.mark.parametrize("at", [NOW + SESSION_IDLE, NOW + SESSION_LASTS])
async def test_the_next_sign_in_forgets_the_sessions_that_ended(
    signed_in: SqlStore, at: datetime
) -> None:
    just = at - timedelta(microseconds=1)
    await signed_in.sessions.used(SESSION.digest, at=just - SESSION_IDLE)
    later = replace(SESSION, digest="2", created_at=at, used_at=at)
    await signed_in.sessions.open(later)
    assert await stored(signed_in) == ["2"]


async def test_a_sign_in_leaves_the_sessions_that_go_on(signed_in: SqlStore) -> None:
    await signed_in.sessions.open(replace(SESSION, digest="2", created_at=LATER))
    assert sorted(await stored(signed_in)) == sorted([SESSION.digest, "2"])


@pytest.mark.parametrize(
    ("after", "works"),
    [
        (SESSION_IDLE - timedelta(microseconds=1), True),
        (SESSION_IDLE, False),
    ],
)
def test_a_session_ends_when_nobody_uses_it(after: timedelta, *, works: bool) -> None:
    assert SESSION.works(NOW + after) is works


def test_a_session_ends_however_much_it_is_used() -> None:
    end = NOW + SESSION_LASTS
    busy = replace(SESSION, used_at=end)
    assert busy.works(end - timedelta(microseconds=1))
    assert not busy.works(end)
