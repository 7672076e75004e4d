"""Shares over every database: copies that end, and take nothing with them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from graphql_api.adapters.sql.tables import shares
from graphql_api.domain.messages import Role
from graphql_api.domain.sharing import (
    NewShare,
    Share,
    SharedMessage,
    Snapshot,
    digest_of,
)
from graphql_api.errors import BadInput, NotFound
from tests.contract.store_data import LATER, ME, NOW, OTHER, TALK, talk, together
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
END = NOW + timedelta(days=30)
SHARE = Share(
    id="shr_1",
    conversation_id=TALK,
    title="Röbin 🦇",
    message_count=1,
    created_at=NOW,
    expires_at=END,
)
SNAPSHOT = Snapshot(
    assistant_name="Comic book assistant",
    messages=(
        SharedMessage(
            role=Role.USER,
            content='Who is "Robin"? 🦇',
            model_name=None,
            created_at=NOW,
        ),
    ),
)
EVER = 20


def new(share_id: str = "shr_1", **changed: object) -> NewShare:
    share = replace(SHARE, id=share_id, **changed)  # type: ignore[arg-type]
    return NewShare(share=share, token_digest=digest_of(share_id), snapshot=SNAPSHOT)


@pytest.fixture
async def shared(store: SqlStore) -> SqlStore:
    await store.conversations.create(ME, talk())
    await store.shares.create(ME, new(), most=EVER)
    return store


async def texts(store: SqlStore) -> dict[str, bool]:
    """Whether the text of each share is still there."""
    rows = await store.database.read(
        lambda connection: connection.execute(select(shares)).mappings().all()
    )
    return {row["id"]: row["snapshot"] is not None for row in rows}


async def test_a_share_opens_by_its_token_alone(shared: SqlStore) -> None:
    assert await shared.shares.open(digest_of("shr_1"), at=LATER) == (SHARE, SNAPSHOT)
    assert await shared.shares.open("shr_1", at=LATER) is None
    assert await shared.shares.open(digest_of("\0"), at=LATER) is None


async def test_a_share_works_until_the_instant_it_expires(shared: SqlStore) -> None:
    just = END - timedelta(microseconds=1)
    assert await shared.shares.open(digest_of("shr_1"), at=just) is not None
    assert await shared.shares.open(digest_of("shr_1"), at=END) is None
    assert await shared.shares.list(ME, TALK, at=just) == [SHARE]
    assert await shared.shares.list(ME, TALK, at=END) == []


async def test_a_revoked_share_is_closed_and_its_text_erased(shared: SqlStore) -> None:
    revoked = await shared.shares.revoke(ME, "shr_1", at=LATER)
    assert revoked == replace(SHARE, revoked_at=LATER)
    assert await shared.shares.open(digest_of("shr_1"), at=LATER) is None
    assert await shared.shares.list(ME, TALK, at=LATER) == []
    assert await texts(shared) == {"shr_1": False}


async def test_revoking_again_changes_nothing(shared: SqlStore) -> None:
    first = await shared.shares.revoke(ME, "shr_1", at=LATER)
    assert await shared.shares.revoke(ME, "shr_1", at=END) == first
    assert await shared.shares.find(ME, "shr_1") == first


async def test_a_deleted_conversation_takes_its_shares_along(shared: SqlStore) -> None:
    assert await shared.conversations.delete(ME, TALK)
    assert await shared.shares.open(digest_of("shr_1"), at=LATER) is None
    assert await texts(shared) == {}


async def test_the_next_share_erases_the_texts_of_those_that_expired(
    shared: SqlStore,
) -> None:
    later = new("shr_2", created_at=END, expires_at=END + timedelta(days=1))
    await shared.shares.create(ME, later, most=1)
    assert await texts(shared) == {"shr_1": False, "shr_2": True}


async def test_the_newest_shares_come_first(shared: SqlStore) -> None:
    await shared.shares.create(ME, new("shr_2", created_at=LATER), most=EVER)
    listed = await shared.shares.list(ME, TALK, at=LATER)
    assert [share.id for share in listed] == ["shr_2", "shr_1"]


async def test_shares_made_at_once_are_no_more_than_allowed(shared: SqlStore) -> None:
    made = await together(
        shared.shares.create(ME, new(f"shr_{number}"), most=4)
        for number in range(2, 12)
    )
    assert sum(isinstance(one, BadInput) for one in made) == 7
    assert len(await shared.shares.list(ME, TALK, at=LATER)) == 4


async def test_nobody_shares_the_conversation_of_another(shared: SqlStore) -> None:
    with pytest.raises(NotFound):
        await shared.shares.create(OTHER, new("shr_2"), most=EVER)
    assert await texts(shared) == {"shr_1": True}
