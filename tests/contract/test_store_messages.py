"""Stored messages, their branches and versions, over every database."""

import pytest

from graphql_api.domain.conversations import Feedback, PageRequest, Rating
from graphql_api.domain.generations import Status
from graphql_api.domain.messages import Role
from graphql_api.errors import BadInput
from tests.contract.store_data import (
    LATER,
    ME,
    NOW,
    TALK,
    answered,
    branch,
    first,
    last,
    stored,
    talk,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
TEXTS = ("one", "two", "three", "four", "five")
M0, M1, M2, M3, M4 = (f"cnv_1_m{index}" for index in range(5))


@pytest.fixture
async def five(store: SqlStore) -> SqlStore:
    await store.conversations.create(ME, talk(TALK, *TEXTS))
    return store


@pytest.fixture
async def forked(store: SqlStore) -> SqlStore:
    """Two versions of the first question, the first one with two answers."""
    await store.conversations.create(ME, talk())
    await answered(store, 1)
    await answered(store, 2, parent_id="msg_q1", content=None)
    await answered(store, 3, content="Who is Batman?")
    return store


async def test_a_branch_is_oldest_first_with_its_parents(five: SqlStore) -> None:
    page = await five.messages.branch(ME, TALK, first(5))
    assert [message.id for message in page.items] == [M0, M1, M2, M3, M4]
    assert [message.parent_id for message in page.items] == [None, M0, M1, M2, M3]
    assert [message.role for message in page.items[:2]] == [Role.USER, Role.ASSISTANT]
    assert [message.content for message in page.items] == list(TEXTS)


@pytest.mark.parametrize(
    ("request_", "items", "has_previous", "has_next"),
    [
        (first(2), [M0, M1], False, True),
        (first(2, after=M1), [M2, M3], True, True),
        (first(2, after=M4), [], True, False),
        (first(0), [], False, True),
        (last(2), [M3, M4], True, False),
        (last(2, before=M3), [M1, M2], True, True),
        (last(2, before=M0), [], False, True),
        (PageRequest(first=2, after=M0, last=None, before=M2), [M1], True, True),
        (PageRequest(first=2, after=M3, last=None, before=M1), [], True, True),
    ],
)
async def test_a_page_of_a_branch_says_what_lies_around_it(
    five: SqlStore,
    request_: PageRequest,
    items: list[str],
    has_previous: bool,  # noqa: FBT001 - a parameter of the test
    has_next: bool,  # noqa: FBT001 - same
) -> None:
    page = await five.messages.branch(ME, TALK, request_)
    assert [message.id for message in page.items] == items
    assert (page.has_previous, page.has_next, page.total) == (
        *(has_previous, has_next, 5),
    )


@pytest.mark.parametrize("cursor", ["msg_no", "msg_a1", "cnv_2_m0"])
@pytest.mark.parametrize("field", ["after", "before"])
async def test_a_cursor_off_the_branch_is_bad_input(
    forked: SqlStore, cursor: str, field: str
) -> None:
    await forked.conversations.create(ME, talk("cnv_2", "elsewhere"))
    request = first(1, cursor) if field == "after" else last(1, cursor)
    with pytest.raises(BadInput) as caught:
        await forked.messages.branch(ME, TALK, request)
    assert (caught.value.reason, caught.value.field) == ("UNKNOWN_CURSOR", field)


async def test_versions_are_all_siblings_oldest_first(forked: SqlStore) -> None:
    found = await forked.messages.versions(ME, ["msg_a2", "msg_q1", "msg_q3", "msg_no"])
    ids = {one: [version.id for version in found[one]] for one in found}
    questions = ["msg_q1", "msg_q3"]
    answers = ["msg_a1", "msg_a2"]
    assert ids == {"msg_a2": answers, "msg_q1": questions, "msg_q3": questions}


async def test_first_messages_of_others_are_no_versions(forked: SqlStore) -> None:
    await forked.conversations.create(ME, talk("cnv_2", "elsewhere"))
    found = await forked.messages.versions(ME, ["cnv_2_m0"])
    assert len(found["cnv_2_m0"]) == 1


async def test_a_selected_version_is_shown_to_its_newest_end(forked: SqlStore) -> None:
    assert await branch(forked) == ["msg_q3", "msg_a3"]
    chosen = await forked.messages.select(ME, "msg_q1", at=LATER)
    assert chosen is not None
    assert (chosen.leaf_id, chosen.updated_at) == ("msg_a2", LATER)
    assert await branch(forked) == ["msg_q1", "msg_a2"]
    await forked.messages.select(ME, "msg_a1", at=LATER)
    assert await branch(forked) == ["msg_q1", "msg_a1"]


async def test_a_turn_goes_on_from_the_selected_version(forked: SqlStore) -> None:
    await forked.messages.select(ME, "msg_a1", at=LATER)
    await answered(forked, 4, parent_id="msg_a1")
    assert await branch(forked) == ["msg_q1", "msg_a1", "msg_q4", "msg_a4"]


async def test_feedback_is_set_changed_and_taken_back(forked: SqlStore) -> None:
    opinion = Feedback(rating=Rating.DOWN, comment="Wrong city", created_at=NOW)
    judged = await forked.messages.judge(ME, "msg_a1", opinion)
    assert judged == await stored(forked, "msg_a1")
    assert judged is not None
    assert judged.feedback == opinion
    await forked.messages.judge(ME, "msg_a1", None)
    assert (await stored(forked, "msg_a1")).feedback is None


async def test_only_answers_are_judged(forked: SqlStore) -> None:
    opinion = Feedback(rating=Rating.UP, comment=None, created_at=NOW)
    assert await forked.messages.judge(ME, "msg_q1", opinion) is None
    assert await forked.messages.judge(ME, "msg_no", opinion) is None
    assert (await stored(forked, "msg_q1")).feedback is None


async def test_a_running_answer_is_part_of_the_branch(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    await store.turns.begin(ME, turn())
    message = await stored(store, "msg_a1")
    assert await branch(store) == ["msg_q1", "msg_a1"]
    assert (message.status, message.content) == (Status.STREAMING, "")
    assert (message.usage, message.cost, message.model_name) == (
        *(None, None, "gpt-6-luna"),
    )


@pytest.mark.parametrize("request_", [last(50), first(50), last(50, "cnv_1_m2500")])
async def test_a_branch_of_five_thousand_messages_is_read_by_pages(
    store: SqlStore, request_: PageRequest
) -> None:
    texts = [f"Message {index}" for index in range(5_000)]
    await store.conversations.create(ME, talk(TALK, *texts))
    page = await store.messages.branch(ME, TALK, request_)
    assert (len(page.items), page.total) == (50, 5_000)


async def test_a_path_runs_from_the_first_message_to_the_one_asked_for(
    forked: SqlStore,
) -> None:
    path = await forked.messages.path(ME, "msg_a2")
    assert [message.id for message in path] == ["msg_q1", "msg_a2"]
    assert await forked.messages.path(ME, "msg_nobody") == []
