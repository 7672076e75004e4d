"""What is charged that is no turn, over every database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from graphql_api.domain.conversations import Charge, Purpose, UsageGroup
from graphql_api.domain.money import TokenUsage
from graphql_api.pricing import PriceTable
from graphql_api.services.answering import Answering
from graphql_api.services.slots import Slots
from graphql_api.services.titling import Subject, Titling
from tests.contract.store_data import (
    LATER,
    ME,
    NOW,
    OTHER,
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
from tests.fakes import PRICED, FixedClock, ScriptedModel, WordCounter, complete

pytestmark = pytest.mark.anyio
CHARGE = Charge(
    generation_id="gen_title",
    conversation_id=TALK,
    purpose=Purpose.TITLE,
    model_name="m1",
    assistant_key="comics",
    usage=TokenUsage(prompt_tokens=100, completion_tokens=5),
    cost_usd=Decimal("0.01"),
    at=NOW,
)

SUBJECT = Subject(
    principal_id=ME,
    conversation_id=TALK,
    assistant_key="comics",
    model=PRICED,
    question="Who is Robin?",
    answer="Batman's sidekick.",
)


def titling_with(model: ScriptedModel, store: SqlStore) -> Titling:
    clock = FixedClock()
    answering = Answering(
        model, prices=PriceTable({}), counter=WordCounter(), clock=clock
    )
    slots = Slots(live=1, queued=0)
    return Titling(
        store, answering=answering, slots=slots, clock=clock, new_id=lambda _: "gen_t"
    )


async def test_a_title_counts_in_tokens_and_cost_but_not_as_a_request(
    store: SqlStore,
) -> None:
    await store.conversations.create(ME, talk())
    await store.turns.begin(ME, turn())
    await store.turns.finish("gen_1", outcome(cost="0.2"), at=NOW)
    await store.ledger.charge(ME, CHARGE)
    (row,) = await store.ledger.usage(ME, UsageGroup.DAY, since=NOW, until=LATER)
    assert (row.requests, row.cost_usd) == (1, Decimal("0.21"))
    assert row.prompt_tokens == USAGE.prompt_tokens + 100
    assert row.completion_tokens == USAGE.completion_tokens + 5
    total = await store.ledger.conversation(ME, TALK)
    assert total == replace(row, key=TALK)


async def test_a_title_of_unknown_price_is_no_unpriced_request(
    store: SqlStore,
) -> None:
    await store.ledger.charge(ME, replace(CHARGE, cost_usd=None))
    row = await store.ledger.conversation(ME, TALK)
    assert row is not None
    assert (row.requests, row.unpriced_requests, row.cost_usd) == (0, 0, 0)


async def test_a_charge_is_made_once_and_taken_from_the_budget(
    store: SqlStore,
) -> None:
    await limit(store, "1")
    await together(store.ledger.charge(ME, CHARGE) for _ in range(5))
    assert await charged(store) == {"gen_title": Decimal("0.01")}
    assert await budget(store) == (Decimal("0.01"), 0)


async def test_a_budget_affords_what_is_neither_spent_nor_reserved(
    store: SqlStore,
) -> None:
    await limit(store, "0.05")
    await store.ledger.charge(ME, CHARGE)
    affords = store.ledger.affords
    assert await affords(ME, Decimal("0.04"), at=NOW)
    assert not await affords(ME, Decimal("0.040000000001"), at=NOW)
    assert not await affords(ME, None, at=NOW)
    assert await affords(OTHER, None, at=NOW)


async def test_a_title_that_the_budget_has_no_room_for_is_not_asked(
    store: SqlStore,
) -> None:
    await limit(store, "0")
    await store.conversations.create(ME, talk())
    model = ScriptedModel(complete("Boy Wonder"))
    titling = titling_with(model, store)
    titling.write(SUBJECT)
    await titling.drain(10)
    assert (model.requests, await charged(store)) == ([], {})


async def test_a_conversation_is_titled_once_at_a_time(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    model = ScriptedModel(complete("Boy Wonder"))
    titling = titling_with(model, store)
    titling.write(SUBJECT)
    titling.write(SUBJECT)
    await titling.drain(10)
    titling.write(SUBJECT)
    assert len(model.requests) == 1
    assert (await store.conversations.find(ME, [TALK]))[TALK].title == "Boy Wonder"
