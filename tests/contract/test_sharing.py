"""What is copied when a conversation is shared, and how long it can be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from graphql_api.adapters.sql.tables import shares
from graphql_api.domain.messages import Role
from graphql_api.domain.models import Assistant, Model
from graphql_api.errors import BadInput, Conflict, NotFound
from graphql_api.services.catalog import Catalog
from graphql_api.services.sharing import Sharing
from tests.contract.store_data import (
    GONE,
    LATER,
    ME,
    NOW,
    TALK,
    answered,
    talk,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
COMICS = Assistant(
    key="comics",
    name="Comic book assistant",
    description=None,
    system_prompt="You know comics.",
    model=None,
    temperature=0.5,
    starters=(),
)
MODEL = Model(name="gpt-6-luna", provider="openai", context_window=1_000)


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sharing(store: SqlStore, clock: Clock) -> Sharing:
    numbers = count(1)
    await store.conversations.create(ME, talk())
    return Sharing(
        store,
        catalog=Catalog(models=[MODEL], default_model=MODEL, assistants=[COMICS]),
        clock=clock,
        new_id=lambda prefix: f"{prefix}_{next(numbers)}",
        new_token=lambda: f"token-{next(numbers)}",
    )


async def test_the_copy_holds_texts_and_models_and_who_answered(
    store: SqlStore, sharing: Sharing
) -> None:
    await answered(store)
    share, token = await sharing.share(ME, TALK, days=30)
    opened = await sharing.open(token)
    assert opened is not None
    assert opened[0] == share
    assert opened[1].assistant_name == "Comic book assistant"
    assert [(m.role, m.content, m.model_name) for m in opened[1].messages] == [
        (Role.USER, "Who is Robin?", None),
        (Role.ASSISTANT, "Robin is Batman's sidekick.", "gpt-6-luna"),
    ]


async def test_a_share_ends_after_the_days_it_was_made_for(
    store: SqlStore, sharing: Sharing, clock: Clock
) -> None:
    await answered(store)
    share, token = await sharing.share(ME, TALK, days=1)
    assert share.expires_at == NOW + timedelta(days=1)
    clock.at = share.expires_at
    assert await sharing.open(token) is None
    assert await sharing.shares(ME, TALK) == []


@pytest.mark.parametrize("days", [-1, 0, 366, 10**9])
async def test_a_link_for_no_day_or_for_ever_is_refused(
    store: SqlStore, sharing: Sharing, days: int
) -> None:
    await answered(store)
    with pytest.raises(BadInput, match="1 to 365"):
        await sharing.share(ME, TALK, days=days)


async def test_an_empty_conversation_cannot_be_shared(sharing: Sharing) -> None:
    with pytest.raises(BadInput, match="nothing to share"):
        await sharing.share(ME, TALK, days=1)
    with pytest.raises(NotFound):
        await sharing.share(ME, "cnv_no", days=1)


async def test_a_conversation_is_not_shared_in_the_middle_of_an_answer(
    store: SqlStore, sharing: Sharing
) -> None:
    await store.turns.begin(ME, turn())
    with pytest.raises(Conflict):
        await sharing.share(ME, TALK, days=1)


async def test_an_answer_without_a_word_is_left_out(
    store: SqlStore, sharing: Sharing
) -> None:
    await store.turns.begin(ME, turn())
    await store.turns.sweep(GONE, at=LATER)
    _, token = await sharing.share(ME, TALK, days=1)
    opened = await sharing.open(token)
    assert opened is not None
    assert [m.content for m in opened[1].messages] == ["Who is Robin?"]


async def test_more_messages_than_a_page_can_hold_are_refused(
    store: SqlStore, sharing: Sharing
) -> None:
    await store.conversations.create(ME, talk("cnv_2", *["So?"] * 1_001))
    with pytest.raises(BadInput, match="1,001 messages"):
        await sharing.share(ME, "cnv_2", days=1)


async def test_more_text_than_a_page_can_hold_is_refused(
    store: SqlStore, sharing: Sharing
) -> None:
    await store.conversations.create(ME, talk("cnv_2", "x" * 2_000_001))
    with pytest.raises(BadInput, match="2,000,001 characters"):
        await sharing.share(ME, "cnv_2", days=1)


async def test_no_column_holds_the_token(store: SqlStore, sharing: Sharing) -> None:
    await answered(store)
    _, token = await sharing.share(ME, TALK, days=1)
    row = await store.database.read(
        lambda connection: connection.execute(select(shares)).one()
    )
    assert token not in str(row)


async def test_half_a_character_opens_nothing(sharing: Sharing) -> None:
    assert await sharing.open("\ud800") is None
