"""Titles and what they cost, over every database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from graphql_api.domain.access import UNLIMITED, Limits, Payer
from graphql_api.pricing import PriceTable
from graphql_api.services.answering import Answering
from graphql_api.services.budgets import Budgets
from graphql_api.services.paying import Paying
from graphql_api.services.slots import Slots
from graphql_api.services.titling import Subject, Titling
from tests.contract.store_data import ME, TALK, charged, talk
from tests.contract.store_places import SqlStore
from tests.fakes import PRICED, FixedClock, ScriptedModel, WordCounter, complete

pytestmark = pytest.mark.anyio
SUBJECT = Subject(
    payer=Payer(principal_id=ME),
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
    budgets = Budgets(store, each=UNLIMITED, service=UNLIMITED, clock=clock)
    return Titling(
        store,
        answering=answering,
        slots=Slots(live=1, queued=0),
        paying=Paying(
            store,
            answering=answering,
            budgets=budgets,
            new_id=lambda _: "gen_t",
        ),
        clock=clock,
    )


@pytest.mark.parametrize("key_id", [None, "key_1"])
async def test_a_title_that_a_limit_has_no_room_for_is_not_asked(
    store: SqlStore, key_id: str | None
) -> None:
    nothing = Limits(daily_usd=Decimal(0))
    payer = Payer(principal_id=ME, limits=nothing)
    if key_id is not None:
        payer = Payer(principal_id=ME, key_id=key_id, key_limits=nothing)
    await store.conversations.create(ME, talk())
    model = ScriptedModel(complete("Boy Wonder"))
    titling = titling_with(model, store)
    titling.write(replace(SUBJECT, payer=payer))
    await titling.drain(10)
    assert (model.requests, await charged(store)) == ([], {})
    assert await store.runs.sweep() == []


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
    assert await charged(store) == {"gen_t": Decimal("0.0000036")}
    assert await store.runs.sweep() == []
