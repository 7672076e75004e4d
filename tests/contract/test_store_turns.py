"""How stored turns begin and end, over every database."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.adapters.sql.pico import spent_pusd, usd
from graphql_api.domain.conversations import BegunTurn
from graphql_api.domain.generations import Outcome, Problem, Status
from graphql_api.domain.messages import Role
from graphql_api.domain.models import FinishReason
from graphql_api.domain.money import Cost, CostItem, TokenKind, TokenUsage
from graphql_api.errors import BudgetExceeded, Conflict, ErrorCode, NotFound
from tests.contract.store_data import (
    GONE,
    LATER,
    ME,
    NOW,
    TALK,
    USAGE,
    answered,
    branch,
    budget,
    charged,
    limit,
    outcome,
    stored,
    talk,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
DAY = timedelta(hours=24)
TOKENS = st.integers(0, 10**12)
MONEY = st.decimals(0, 1_000, allow_nan=False, places=15)


@pytest.fixture
async def empty_talk(store: SqlStore) -> SqlStore:
    await store.conversations.create(ME, talk())
    return store


costs = st.builds(
    Cost,
    amount=MONEY,
    currency=st.just("USD"),
    estimated=st.booleans(),
    items=st.lists(
        st.builds(CostItem, st.sampled_from(TokenKind), TOKENS, MONEY, MONEY),
        max_size=4,
    ).map(tuple),
    price_source=st.text(),
)
usages = st.builds(
    TokenUsage,
    prompt_tokens=TOKENS,
    completion_tokens=TOKENS,
    cached_prompt_tokens=st.none() | TOKENS,
    cache_write_tokens=st.none() | TOKENS,
    reasoning_tokens=st.none() | TOKENS,
    estimated=st.booleans(),
)
problems = st.builds(
    Problem,
    code=st.sampled_from(ErrorCode),
    message=st.text(st.characters(exclude_characters="\0")),
    retryable=st.booleans(),
    retry_after_ms=st.none() | TOKENS,
)
outcomes = st.builds(
    Outcome,
    status=st.sampled_from(
        (Status.COMPLETED, Status.STOPPED, Status.INTERRUPTED, Status.FAILED)
    ),
    text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    usage=usages,
    cost=st.none() | costs,
    finish_reason=st.none() | st.sampled_from(FinishReason),
    problem=st.none() | problems,
)


async def test_a_turn_stores_a_question_and_an_empty_answer(
    empty_talk: SqlStore,
) -> None:
    begun = await empty_talk.turns.begin(ME, turn(at=LATER))
    assert begun == BegunTurn("gen_1", fresh=True)
    question, answer = (
        (await empty_talk.messages.find(ME, ["msg_q1", "msg_a1"]))["msg_q1"],
        await stored(empty_talk, "msg_a1"),
    )
    assert (question.role, question.status) == (Role.USER, Status.COMPLETED)
    assert (answer.role, answer.status) == (Role.ASSISTANT, Status.STREAMING)
    assert answer.parent_id == "msg_q1"
    found = (await empty_talk.conversations.find(ME, [TALK]))[TALK]
    assert (found.leaf_id, found.updated_at) == ("msg_a1", LATER)


async def test_an_answer_can_be_written_anew(empty_talk: SqlStore) -> None:
    await answered(empty_talk, 1)
    await empty_talk.turns.begin(ME, turn(2, parent_id="msg_q1", content=None))
    assert await branch(empty_talk) == ["msg_q1", "msg_a2"]
    assert await empty_talk.messages.find(ME, ["msg_q2"]) == {}


async def test_a_turn_needs_a_parent_of_its_conversation(empty_talk: SqlStore) -> None:
    await empty_talk.conversations.create(ME, talk("cnv_2", "elsewhere"))
    for parent in ("msg_no", "cnv_2_m0"):
        with pytest.raises(NotFound):
            await empty_talk.turns.begin(ME, turn(parent_id=parent))
    assert await branch(empty_talk) == []


async def test_one_answer_at_a_time_is_written_in_a_conversation(
    empty_talk: SqlStore,
) -> None:
    await empty_talk.turns.begin(ME, turn(1))
    with pytest.raises(Conflict) as caught:
        await empty_talk.turns.begin(ME, turn(2))
    assert caught.value.retryable
    await empty_talk.turns.finish("gen_1", outcome(), at=LATER)
    assert (await empty_talk.turns.begin(ME, turn(2))).fresh


async def test_a_repeated_key_gives_the_first_generation(empty_talk: SqlStore) -> None:
    await answered(empty_talk, 1, key="k", fingerprint="f")
    again = turn(2, key="k", fingerprint="f", at=NOW + DAY - timedelta(seconds=1))
    assert await empty_talk.turns.begin(ME, again) == BegunTurn("gen_1", fresh=False)
    assert await branch(empty_talk) == ["msg_q1", "msg_a1"]


async def test_a_key_used_for_another_request_is_a_conflict(
    empty_talk: SqlStore,
) -> None:
    await answered(empty_talk, 1, key="k", fingerprint="f")
    with pytest.raises(Conflict) as caught:
        await empty_talk.turns.begin(ME, turn(2, key="k", fingerprint="g"))
    assert not caught.value.retryable


async def test_a_key_is_free_again_after_a_day(empty_talk: SqlStore) -> None:
    await answered(empty_talk, 1, key="k", fingerprint="f")
    later = turn(2, key="k", fingerprint="g", at=NOW + DAY)
    assert await empty_talk.turns.begin(ME, later) == BegunTurn("gen_2", fresh=True)


async def test_a_refused_turn_does_not_use_up_its_key(empty_talk: SqlStore) -> None:
    with pytest.raises(NotFound):
        await empty_talk.turns.begin(ME, turn(1, key="k", parent_id="msg_no"))
    assert (await empty_talk.turns.begin(ME, turn(2, key="k"))).fresh


@pytest.mark.parametrize("key", ["", "k" * 100_000, "\0", "\ud800", "🦇"])
async def test_any_text_is_a_key(empty_talk: SqlStore, key: str) -> None:
    await empty_talk.turns.begin(ME, turn(1, key=key))
    assert not (await empty_talk.turns.begin(ME, turn(1, key=key))).fresh


async def test_a_reserve_is_held_and_settled(empty_talk: SqlStore) -> None:
    await limit(empty_talk, "1")
    await empty_talk.turns.begin(ME, turn(reserve="0.7"))
    assert await budget(empty_talk) == (0, Decimal("0.7"))
    await empty_talk.turns.finish("gen_1", outcome(cost="0.25"), at=LATER)
    assert await budget(empty_talk) == (Decimal("0.25"), 0)


async def test_a_reserve_that_does_not_fit_is_refused(empty_talk: SqlStore) -> None:
    await limit(empty_talk, "1")
    await answered(empty_talk, 1, reserve="0.5")
    with pytest.raises(BudgetExceeded):
        await empty_talk.turns.begin(ME, turn(2, reserve="0.997900000001"))
    assert await branch(empty_talk) == ["msg_q1", "msg_a1"]
    assert (await empty_talk.turns.begin(ME, turn(2, reserve="0.9979"))).fresh


async def test_an_unknown_reserve_fits_into_no_budget(empty_talk: SqlStore) -> None:
    await empty_talk.turns.begin(ME, turn(1, reserve=None))
    await empty_talk.turns.finish("gen_1", outcome(cost=None), at=LATER)
    await limit(empty_talk, "1")
    with pytest.raises(BudgetExceeded):
        await empty_talk.turns.begin(ME, turn(2, reserve=None))


async def test_the_budget_of_another_month_is_untouched(empty_talk: SqlStore) -> None:
    await limit(empty_talk, "0")
    december = NOW + timedelta(days=10)
    assert (await empty_talk.turns.begin(ME, turn(at=december))).fresh
    assert await budget(empty_talk) == (0, 0)


async def test_an_unknown_cost_is_null_in_the_ledger(empty_talk: SqlStore) -> None:
    await empty_talk.turns.begin(ME, turn())
    await empty_talk.turns.finish("gen_1", outcome(cost=None), at=LATER)
    assert await charged(empty_talk) == {"gen_1": None}
    assert (await stored(empty_talk, "msg_a1")).cost is None


async def test_a_checkpoint_keeps_the_texts_of_running_answers(
    empty_talk: SqlStore,
) -> None:
    await empty_talk.turns.checkpoint({})
    await empty_talk.turns.begin(ME, turn())
    await empty_talk.turns.checkpoint({"gen_1": "Robin", "gen_no": "?"})
    assert (await stored(empty_talk, "msg_a1")).content == "Robin"
    await empty_talk.turns.finish("gen_1", outcome("Robin is"), at=LATER)
    await empty_talk.turns.checkpoint({"gen_1": "late"})
    assert (await stored(empty_talk, "msg_a1")).content == "Robin is"


async def test_a_turn_ends_once(empty_talk: SqlStore) -> None:
    await answered(empty_talk)
    stopped = replace(outcome("other"), status=Status.STOPPED)
    assert not await empty_talk.turns.finish("gen_1", stopped, at=LATER)
    assert not await empty_talk.turns.finish("gen_no", stopped, at=LATER)
    assert (await stored(empty_talk, "msg_a1")).status is Status.COMPLETED
    assert list(await charged(empty_talk)) == ["gen_1"]


async def test_the_end_of_an_answer_is_activity(empty_talk: SqlStore) -> None:
    await answered(empty_talk)
    found = (await empty_talk.conversations.find(ME, [TALK]))[TALK]
    assert found.updated_at == LATER


async def test_generations_are_found_by_their_messages(empty_talk: SqlStore) -> None:
    await answered(empty_talk)
    found = await empty_talk.turns.find(ME, ["gen_1", "gen_no"])
    assert found == {"gen_1": await stored(empty_talk, "msg_a1")}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ended=outcomes)
async def test_an_outcome_comes_back_exactly(store: SqlStore, ended: Outcome) -> None:
    await store.conversations.delete(ME, TALK)
    await store.conversations.create(ME, talk())
    generation = f"gen_{len(await charged(store))}"
    begun = replace(turn(), generation_id=generation)
    await store.turns.begin(ME, begun)
    assert await store.turns.finish(generation, ended, at=LATER)
    message = await stored(store, "msg_a1")
    # As text, since 1.0 equals 1.00 and the receipt must show what it showed.
    assert repr(message.cost) == repr(ended.cost)
    assert (message.usage, message.problem) == (ended.usage, ended.problem)
    assert (message.content, message.status) == (ended.text, ended.status)
    exact = None if ended.cost is None else usd(spent_pusd(ended.cost.amount))
    assert (await charged(store))[generation] == exact


async def test_a_sweep_interrupts_what_runs_and_gives_reserves_back(
    empty_talk: SqlStore,
) -> None:
    await limit(empty_talk, "1")
    await answered(empty_talk, 1)
    await empty_talk.turns.begin(ME, turn(2))
    await empty_talk.turns.checkpoint({"gen_2": "Robin"})
    assert await empty_talk.turns.sweep(GONE, at=LATER) == ["gen_2"]
    message = await stored(empty_talk, "msg_a2")
    assert (message.status, message.content, message.problem) == (
        *(Status.INTERRUPTED, "Robin", GONE),
    )
    assert (message.usage, message.cost) == (None, None)
    assert await charged(empty_talk) == {"gen_1": Decimal("0.0021"), "gen_2": None}
    assert await budget(empty_talk) == (Decimal("0.0021"), 0)


async def test_what_was_swept_cannot_be_finished(empty_talk: SqlStore) -> None:
    await empty_talk.turns.begin(ME, turn())
    await empty_talk.turns.sweep(GONE, at=LATER)
    assert await empty_talk.turns.sweep(GONE, at=LATER) == []
    assert not await empty_talk.turns.finish("gen_1", outcome(), at=LATER)
    assert await charged(empty_talk) == {"gen_1": None}


async def test_a_conversation_deleted_in_mid_answer_leaks_no_reserve(
    empty_talk: SqlStore,
) -> None:
    await limit(empty_talk, "1")
    await empty_talk.turns.begin(ME, turn())
    assert await empty_talk.conversations.delete(ME, TALK)
    assert not await empty_talk.turns.finish("gen_1", outcome(), at=LATER)
    assert await charged(empty_talk) == {"gen_1": None}
    assert await budget(empty_talk) == (0, 0)


async def test_usage_of_the_tests_is_of_every_class(empty_talk: SqlStore) -> None:
    await answered(empty_talk)
    assert (await stored(empty_talk, "msg_a1")).usage == USAGE


async def test_turns_that_nobody_ended_are_found_with_their_principal(
    empty_talk: SqlStore,
) -> None:
    await answered(empty_talk, 1)
    await empty_talk.turns.begin(ME, turn(2))
    ((principal, message),) = await empty_talk.turns.running()
    assert (principal, message.generation_id) == (ME, "gen_2")
