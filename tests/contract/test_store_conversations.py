"""Stored conversations over every database."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from graphql_api.domain.conversations import (
    Conversation,
    ConversationChanges,
    ConversationFilter,
    Page,
    PageRequest,
    TitledBy,
)
from graphql_api.domain.models import NOTHING_CHOSEN, ChatOptions
from graphql_api.errors import BadInput
from tests.contract.store_data import (
    ALL,
    LATER,
    ME,
    NOW,
    TALK,
    answered,
    branch,
    charged,
    first,
    last,
    stored,
    talk,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
EVERY = ConversationFilter()
# Three at one instant: their identifiers break the tie.
ORDER = ("cnv_6", "cnv_5", "cnv_4", "cnv_3", "cnv_2", "cnv_1")
MINUTES = {"cnv_6": 4, "cnv_5": 3, "cnv_4": 2, "cnv_3": 2, "cnv_2": 2, "cnv_1": 1}


@pytest.fixture
async def six(store: SqlStore) -> SqlStore:
    for name, minutes in MINUTES.items():
        await store.conversations.create(
            ME, talk(name, at=NOW + timedelta(minutes=minutes))
        )
    return store


def ids(page: Page[Conversation]) -> tuple[str, ...]:
    return tuple(item.id for item in page.items)


async def pages(
    store: SqlStore, request: PageRequest | None, *, forward: bool
) -> Sequence[tuple[str, ...]]:
    seen = []
    while request is not None:
        page = await store.conversations.list(ME, EVERY, request)
        seen.append(ids(page))
        more = page.has_next if forward else page.has_previous
        if not more:
            request = None
        elif forward:
            request = first(2, after=seen[-1][-1])
        else:
            request = last(2, before=seen[-1][0])
    return seen


async def test_a_conversation_comes_back_as_it_was_stored(store: SqlStore) -> None:
    new = talk(TALK, "Who is Robin?", "A sidekick.", title="Röbin 🦇")
    await store.conversations.create(ME, new)
    found = (await store.conversations.find(ME, [TALK, "cnv_no"]))[TALK]
    assert (found.title, found.titled_by, found.created_at, found.updated_at) == (
        *("Röbin 🦇", TitledBy.RULE, NOW, NOW),
    )
    assert found.leaf_id == "cnv_1_m1"
    assert await branch(store) == ["cnv_1_m0", "cnv_1_m1"]


async def test_an_empty_conversation_has_no_leaf(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    assert (await store.conversations.find(ME, [TALK]))[TALK].leaf_id is None
    assert await branch(store) == []


async def test_pages_forward_show_everything_once_newest_first(six: SqlStore) -> None:
    seen = await pages(six, first(2), forward=True)
    assert seen == [ORDER[:2], ORDER[2:4], ORDER[4:]]


async def test_pages_backward_show_everything_once(six: SqlStore) -> None:
    seen = await pages(six, last(2), forward=False)
    assert seen == [ORDER[4:], ORDER[2:4], ORDER[:2]]


@pytest.mark.parametrize(
    ("request_", "items", "has_previous", "has_next"),
    [
        (ALL, ORDER, False, False),
        (first(6), ORDER, False, False),
        (first(0), (), False, True),
        (last(0), (), True, False),
        (first(2, after="cnv_5"), ORDER[2:4], True, True),
        (last(2, before="cnv_3"), ORDER[1:3], True, True),
        (first(9, after="cnv_1"), (), True, False),
        (
            PageRequest(first=1, after="cnv_6", last=None, before="cnv_3"),
            *(ORDER[1:2], True, True),
        ),
        (
            PageRequest(first=None, after="cnv_6", last=9, before="cnv_3"),
            *(ORDER[1:3], True, True),
        ),
    ],
)
async def test_a_page_says_what_lies_around_it(
    six: SqlStore,
    request_: PageRequest,
    items: tuple[str, ...],
    has_previous: bool,  # noqa: FBT001 - a parameter of the test
    has_next: bool,  # noqa: FBT001 - same
) -> None:
    page = await six.conversations.list(ME, EVERY, request_)
    assert (ids(page), page.has_previous, page.has_next, page.total) == (
        *(items, has_previous, has_next, 6),
    )


@pytest.mark.parametrize("field", ["after", "before"])
async def test_an_unknown_cursor_is_bad_input(six: SqlStore, field: str) -> None:
    request = first(1, "cnv_no") if field == "after" else last(1, "cnv_no")
    with pytest.raises(BadInput) as caught:
        await six.conversations.list(ME, EVERY, request)
    assert (caught.value.reason, caught.value.field) == ("UNKNOWN_CURSOR", field)


async def test_archived_conversations_have_their_own_list(six: SqlStore) -> None:
    await six.conversations.update(
        ME, "cnv_3", ConversationChanges(archived=True), at=LATER
    )
    archived = ConversationFilter(archived=True)
    assert ids(await six.conversations.list(ME, archived, ALL)) == ("cnv_3",)
    assert "cnv_3" not in ids(await six.conversations.list(ME, EVERY, ALL))


async def test_a_pinned_conversation_keeps_its_place_and_its_moment(
    six: SqlStore,
) -> None:
    pin, again = ConversationChanges(pinned=True), LATER + timedelta(hours=1)
    unpinned = (await six.conversations.find(ME, ["cnv_1"]))["cnv_1"]
    for at in (LATER, again):
        pinned = await six.conversations.update(ME, "cnv_1", pin, at=at)
        assert pinned is not None
        assert (pinned.pinned_at, pinned.updated_at) == (LATER, unpinned.updated_at)
    only, rest = (ConversationFilter(pinned=wanted) for wanted in (True, False))
    assert ids(await six.conversations.list(ME, only, ALL)) == ("cnv_1",)
    assert "cnv_1" not in ids(await six.conversations.list(ME, rest, ALL))
    assert ids(await six.conversations.list(ME, EVERY, ALL)) == ORDER


async def test_a_pin_can_be_taken_back(six: SqlStore) -> None:
    for pinned in (True, False, False):
        changes = ConversationChanges(pinned=pinned)
        changed = await six.conversations.update(ME, "cnv_1", changes, at=LATER)
    assert changed is not None
    assert changed.pinned_at is None
    assert ids(await six.conversations.list(ME, EVERY, ALL)) == ORDER


async def test_a_change_is_given_back_and_is_activity(six: SqlStore) -> None:
    changes = ConversationChanges(
        title="Foes", titled_by=TitledBy.USER, assistant_key="critic"
    )
    at = NOW + timedelta(hours=1)
    changed = await six.conversations.update(ME, "cnv_1", changes, at=at)
    assert changed == (await six.conversations.find(ME, ["cnv_1"]))["cnv_1"]
    assert changed is not None
    assert (changed.title, changed.assistant_key, changed.updated_at) == (
        *("Foes", "critic", at),
    )
    assert ids(await six.conversations.list(ME, EVERY, first(1))) == ("cnv_1",)


async def test_choices_are_kept_until_others_or_none_replace_them(
    six: SqlStore,
) -> None:
    kept = ChatOptions(model_id="mdl_luna", temperature=0.0, max_completion_tokens=9)
    for given, found in ((kept, kept), (None, kept), (NOTHING_CHOSEN,) * 2):
        changes = ConversationChanges(title="Foes", options=given)
        changed = await six.conversations.update(ME, "cnv_1", changes, at=LATER)
        assert changed is not None
        assert changed.options == found


async def test_no_writer_of_titles_replaces_a_better_one(store: SqlStore) -> None:
    await store.conversations.create(ME, talk(title="Mine", titled_by=TitledBy.USER))
    late = ConversationChanges(title="Model's", titled_by=TitledBy.MODEL)
    kept = await store.conversations.update(ME, TALK, late, at=LATER)
    assert kept is not None
    assert (kept.title, kept.titled_by, kept.updated_at) == (
        *("Mine", TitledBy.USER, NOW),
    )


async def test_a_deleted_conversation_leaves_only_amounts(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    await answered(store, key="retry-me")
    assert await store.conversations.delete(ME, TALK)
    assert not await store.conversations.delete(ME, TALK)
    assert await store.messages.find(ME, ["msg_q1", "msg_a1"]) == {}
    assert list(await charged(store)) == ["gen_1"]
    usage = await store.ledger.conversation(ME, TALK)
    assert usage is not None
    # The key is free again: it pointed to what is gone.
    await store.conversations.create(ME, talk())
    begun = await store.turns.begin(ME, turn(2, key="retry-me"))
    assert begun.fresh


async def test_five_thousand_messages_are_deleted_at_once(store: SqlStore) -> None:
    texts = [f"Word number {index}" for index in range(5_000)]
    await store.conversations.create(ME, talk(TALK, *texts))
    await store.conversations.create(ME, talk("cnv_2", "Word"))
    assert await store.conversations.delete(ME, TALK)
    found = await store.conversations.list(ME, ConversationFilter(search="word"), ALL)
    assert ids(found) == ("cnv_2",)


async def test_text_that_no_database_can_hold_is_replaced(store: SqlStore) -> None:
    hostile = "a\0b\ud800c\U0001f987"
    await store.conversations.create(ME, talk(TALK, hostile, title=hostile))
    message = await stored(store, "cnv_1_m0")
    assert message.content == "a\ufffdb\ufffdc\U0001f987"
    assert await store.conversations.find(ME, ["\0", "\ud800"]) == {}
