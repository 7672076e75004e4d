"""Nobody sees what is another's (A1): it is as if it did not exist."""

from collections.abc import Awaitable, Callable

import pytest

from graphql_api.domain.accounts import Account, Period
from graphql_api.domain.conversations import (
    ConversationChanges,
    ConversationFilter,
    Feedback,
    PageRequest,
    Rating,
    SearchPage,
    UsageGroup,
)
from graphql_api.errors import BadInput, NotFound
from tests.contract.store_data import (
    ALL,
    LATER,
    ME,
    NOW,
    OTHER,
    TALK,
    answered,
    branch,
    first,
    last,
    limit,
    stored,
    talk,
    turn,
)
from tests.contract.store_places import SqlStore
from tests.contract.test_store_shares import SHARE, new

pytestmark = pytest.mark.anyio
OPINION = Feedback(rating=Rating.DOWN, comment="x", created_at=NOW)
CHANGES = ConversationChanges(title="Stolen", archived=True)
Call = Callable[[SqlStore, str], Awaitable[object]]
# What each method gives for my object and for one that does not exist.
CALLS: dict[str, tuple[Call, str]] = {
    "conversations.find": (lambda s, i: s.conversations.find(OTHER, [i]), TALK),
    "conversations.update": (
        lambda s, i: s.conversations.update(OTHER, i, CHANGES, at=LATER),
        TALK,
    ),
    "conversations.delete": (lambda s, i: s.conversations.delete(OTHER, i), TALK),
    "messages.find": (lambda s, i: s.messages.find(OTHER, [i]), "msg_a1"),
    "messages.branch": (lambda s, i: s.messages.branch(OTHER, i, ALL), TALK),
    "messages.path": (lambda s, i: s.messages.path(OTHER, i), "msg_a1"),
    "messages.versions": (lambda s, i: s.messages.versions(OTHER, [i]), "msg_a1"),
    "messages.select": (
        lambda s, i: s.messages.select(OTHER, i, at=LATER),
        "msg_a1",
    ),
    "messages.judge": (lambda s, i: s.messages.judge(OTHER, i, OPINION), "msg_a1"),
    "turns.find": (lambda s, i: s.turns.find(OTHER, [i]), "gen_1"),
    "shares.list": (lambda s, i: s.shares.list(OTHER, i, at=NOW), TALK),
    "shares.find": (lambda s, i: s.shares.find(OTHER, i), SHARE.id),
    "shares.revoke": (lambda s, i: s.shares.revoke(OTHER, i, at=LATER), SHARE.id),
    "ledger.conversation": (lambda s, i: s.ledger.conversation(OTHER, i), TALK),
}


@pytest.fixture
async def mine(store: SqlStore) -> SqlStore:
    """A conversation of mine, and somebody else who has one too."""
    await store.conversations.create(ME, talk(title="Robin"))
    await answered(store, key="k")
    await store.shares.create(ME, new(), most=1)
    await store.conversations.create(OTHER, talk("cnv_theirs", "Their question"))
    return store


async def everything(store: SqlStore) -> list[object]:
    return [
        await stored(store, "msg_a1"),
        await store.conversations.find(ME, [TALK]),
        await store.shares.find(ME, SHARE.id),
    ]


@pytest.mark.parametrize("method", CALLS)
async def test_an_object_of_mine_is_for_others_as_one_that_is_not(
    mine: SqlStore, method: str
) -> None:
    call, mine_id = CALLS[method]
    before = await everything(mine)
    assert await call(mine, mine_id) == await call(mine, "no_such_id")
    assert await everything(mine) == before


async def test_my_conversations_are_in_no_list_and_no_search_of_others(
    mine: SqlStore,
) -> None:
    for words in (None, "robin", "batman"):
        wanted = ConversationFilter(search=words)
        page = await mine.conversations.list(OTHER, wanted, ALL)
        assert TALK not in [item.id for item in page.items]
        assert page.total == (words is None)


@pytest.mark.parametrize("request_", [first(1, TALK), last(1, TALK)])
async def test_my_identifiers_are_no_cursors_of_others(
    mine: SqlStore, request_: PageRequest
) -> None:
    with pytest.raises(BadInput):
        await mine.conversations.list(OTHER, ConversationFilter(), request_)


async def test_no_word_of_mine_is_found_by_others(mine: SqlStore) -> None:
    for words in ("robin", "batman", "who"):
        page = SearchPage(words=words, first=10)
        assert (await mine.finder.messages(OTHER, page)).hits == []
        assert (await mine.finder.titles(OTHER, page)).hits == []


async def test_my_hits_are_no_cursors_of_others(mine: SqlStore) -> None:
    with pytest.raises(BadInput):
        await mine.finder.titles(OTHER, SearchPage(words="a", first=1, after=TALK))
    with pytest.raises(BadInput):
        await mine.finder.messages(
            OTHER, SearchPage(words="a", first=1, after="msg_a1")
        )


@pytest.mark.parametrize("request_", [first(1, "msg_a1"), last(1, "msg_a1")])
async def test_my_messages_are_no_cursors_of_others(
    mine: SqlStore, request_: PageRequest
) -> None:
    with pytest.raises(BadInput):
        await mine.messages.branch(OTHER, "cnv_theirs", request_)


async def test_others_begin_no_turn_in_my_conversation(mine: SqlStore) -> None:
    with pytest.raises(NotFound):
        await mine.turns.begin(OTHER, turn(2))
    assert await branch(mine) == ["msg_q1", "msg_a1"]


async def test_my_messages_are_no_parents_of_others(mine: SqlStore) -> None:
    theirs = turn(2, conversation_id="cnv_theirs", parent_id="msg_a1")
    with pytest.raises(NotFound):
        await mine.turns.begin(OTHER, theirs)


async def test_the_same_key_of_others_is_another_key(mine: SqlStore) -> None:
    theirs = turn(2, conversation_id="cnv_theirs", key="k", fingerprint="other")
    assert (await mine.turns.begin(OTHER, theirs)).fresh


async def test_what_i_spend_is_in_no_account_of_others(mine: SqlStore) -> None:
    for owner in (ME, OTHER, "key_theirs"):
        await limit(mine, "1", owner)
    await mine.turns.begin(ME, turn(2, parent_id="msg_a1"))
    month = Period.month(NOW)
    theirs = [Account(OTHER, month), Account("key_theirs", month)]
    for found in await mine.budgets.find(theirs):
        assert (found.spent_usd, found.reserved_usd) == (0, 0)


@pytest.mark.parametrize("group", UsageGroup)
async def test_my_usage_is_in_no_report_of_others(
    mine: SqlStore, group: UsageGroup
) -> None:
    report = await mine.ledger.usage(OTHER, group, since=NOW, until=LATER)
    assert list(report) == []
