"""Paid runs of models that are no stored turns, over every database."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from graphql_api.domain.access import Payer
from graphql_api.domain.accounts import SERVICE, NewRun
from graphql_api.domain.conversations import Purpose, UsageGroup, UsageRow
from graphql_api.errors import BudgetExceeded
from tests.contract.store_data import (
    LATER,
    ME,
    NOW,
    TALK,
    USAGE,
    budget,
    charged,
    limit,
    outcome,
    talk,
    together,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
MINE = Payer(principal_id=ME)


def run(
    number: int | str = 1,
    *,
    payer: Payer = MINE,
    reserve: str | None = "0.01",
    at: datetime = NOW,
) -> NewRun:
    return NewRun(
        generation_id=f"gen_{number}",
        payer=payer,
        conversation_id=None,
        purpose=Purpose.ANSWER,
        model_name="gpt-6-luna",
        assistant_key="comics",
        reserve_usd=None if reserve is None else Decimal(reserve),
        at=at,
    )


def title(number: int | str = "title") -> NewRun:
    return replace(run(number), purpose=Purpose.TITLE, conversation_id=TALK)


async def report(store: SqlStore, group: UsageGroup) -> list[UsageRow]:
    return list(await store.ledger.usage(ME, group, since=NOW, until=LATER))


async def test_a_run_is_reserved_charged_and_counted(store: SqlStore) -> None:
    await limit(store, "1")
    await store.runs.begin(run(reserve="0.7"))
    assert await budget(store) == (0, Decimal("0.7"))
    assert await store.runs.end("gen_1", outcome(cost="0.25"))
    assert await budget(store) == (Decimal("0.25"), 0)
    (row,) = await report(store, UsageGroup.MODEL)
    assert (row.key, row.requests, row.cost_usd) == ("gpt-6-luna", 1, Decimal("0.25"))


async def test_a_run_that_does_not_fit_is_refused(store: SqlStore) -> None:
    await limit(store, "1")
    for reserve in ("1.000000000001", None):
        with pytest.raises(BudgetExceeded):
            await store.runs.begin(run(reserve=reserve))
    assert await store.runs.sweep() == []
    await store.runs.begin(run(reserve="1"))


async def test_a_run_without_a_limit_may_cost_anything(store: SqlStore) -> None:
    await store.runs.begin(run(reserve=None))
    assert await store.runs.end("gen_1", outcome(cost=None))
    assert await charged(store) == {"gen_1": None}


async def test_a_run_that_was_not_asked_costs_nothing(store: SqlStore) -> None:
    await limit(store, "1")
    await store.runs.begin(run())
    assert await store.runs.end("gen_1", None)
    assert not await store.runs.end("gen_1", outcome())
    assert (await budget(store), await charged(store)) == ((0, 0), {})


async def test_a_run_is_charged_once(store: SqlStore) -> None:
    await limit(store, "1", SERVICE)
    await store.runs.begin(run())
    ended = await together(store.runs.end("gen_1", outcome()) for _ in range(8))
    assert sorted(ended, key=str) == [False] * 7 + [True]
    assert await budget(store) == (Decimal("0.0021"), 0)


async def test_what_a_crash_left_is_given_back_at_an_unknown_cost(
    store: SqlStore,
) -> None:
    await limit(store, "1")
    await store.runs.begin(run(1))
    await store.runs.begin(title())
    assert sorted(await store.runs.sweep()) == ["gen_1", "gen_title"]
    assert await store.runs.sweep() == []
    assert await charged(store) == {"gen_1": None, "gen_title": None}
    assert await budget(store) == (0, 0)


async def test_a_title_counts_in_tokens_and_cost_but_not_as_a_request(
    store: SqlStore,
) -> None:
    await store.conversations.create(ME, talk())
    await store.turns.begin(ME, turn())
    await store.turns.finish("gen_1", outcome(cost="0.2"), at=NOW)
    await store.runs.begin(title())
    await store.runs.end("gen_title", outcome(cost="0.01"))
    (row,) = await report(store, UsageGroup.DAY)
    assert (row.requests, row.cost_usd) == (1, Decimal("0.21"))
    assert row.prompt_tokens == 2 * USAGE.prompt_tokens
    assert row.completion_tokens == 2 * USAGE.completion_tokens
    total = await store.ledger.conversation(ME, TALK)
    assert total == replace(row, key=TALK)


async def test_a_title_of_unknown_price_is_no_unpriced_request(
    store: SqlStore,
) -> None:
    await store.runs.begin(title())
    await store.runs.end("gen_title", outcome(cost=None))
    row = await store.ledger.conversation(ME, TALK)
    assert row is not None
    assert (row.requests, row.unpriced_requests, row.cost_usd) == (0, 0, 0)


async def test_an_answer_without_a_conversation_is_of_none_in_a_report(
    store: SqlStore,
) -> None:
    await store.conversations.create(ME, talk())
    await store.turns.begin(ME, turn(1))
    await store.turns.finish("gen_1", outcome(), at=LATER)
    await store.runs.begin(run(2))
    await store.runs.end("gen_2", outcome())
    nowhere, here = await report(store, UsageGroup.CONVERSATION)
    assert (nowhere.key, here.key) == (None, TALK)
    assert nowhere.cost_usd == here.cost_usd == Decimal("0.0021")
