"""Answers to a history that the client keeps are paid, whoever leaves and whenever."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

import pytest

from graphql_api.adapters.memory import MemoryGenerationLog
from graphql_api.adapters.memory_rates import MemoryRates
from graphql_api.domain.access import UNLIMITED, Limits, Payer
from graphql_api.domain.accounts import accounts_of
from graphql_api.domain.history import HistoryLimits
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import NOTHING_CHOSEN, Assistant, TextDelta
from graphql_api.errors import BudgetExceeded, ModelTimeout
from graphql_api.pricing import PriceTable
from graphql_api.services.answering import Answering
from graphql_api.services.asking import Asking
from graphql_api.services.budgets import Budgets
from graphql_api.services.catalog import Catalog
from graphql_api.services.chat import Chat
from graphql_api.services.generations import Generations
from graphql_api.services.limiting import Limiting
from graphql_api.services.paying import Paying
from graphql_api.services.slots import Slots
from tests.contract.store_data import ME, charged
from tests.contract.store_places import SqlStore
from tests.fakes import NOW, PRICED, FixedClock, ScriptedModel, WordCounter, complete

pytestmark = pytest.mark.anyio
HISTORY = (Message(Role.USER, "Who is Robin?"),)
ONE_DOLLAR = Payer(principal_id=ME, limits=Limits(daily_usd=Decimal(1)))
COMICS = Assistant(
    key="comics",
    name="Comics",
    description=None,
    system_prompt="",
    model=None,
    temperature=0.7,
    starters=(),
)


@dataclass
class House:
    asking: Asking
    model: ScriptedModel
    paying: Paying
    generations: Generations
    store: SqlStore

    async def ask(self, payer: Payer = ONE_DOLLAR) -> None:
        await self.asking.answer(payer, HISTORY, NOTHING_CHOSEN)

    async def sums(self) -> tuple[Decimal, Decimal]:
        (day,) = await self.store.budgets.find(accounts_of(ONE_DOLLAR, NOW))
        return day.spent_usd, day.reserved_usd


@asynccontextmanager
async def house(
    store: SqlStore, script: Sequence[object], live: int = 2
) -> AsyncGenerator[House]:
    model, clock, numbers = ScriptedModel(script), FixedClock(), count(1)  # type: ignore[arg-type]
    answering = Answering(
        model, prices=PriceTable({}), counter=WordCounter(), clock=clock
    )
    catalog = Catalog(models=[PRICED], default_model=PRICED, assistants=[COMICS])
    slots = Slots(live=live, queued=40)
    chat = Chat(
        catalog=catalog,
        limits=HistoryLimits(message_chars=99, history_chars=99, messages=9),
        max_prompt_tokens=None,
        max_completion_tokens=None,
        answering=answering,
    )
    budgets = Budgets(store, each=UNLIMITED, service=UNLIMITED, clock=clock)
    paying = Paying(
        store,
        answering=answering,
        budgets=budgets,
        new_id=lambda prefix: f"{prefix}_{next(numbers)}",
    )
    limiting = Limiting(
        MemoryRates(), slots, budgets, usual=UNLIMITED, each_address=UNLIMITED
    )
    async with asyncio.timeout(20), MemoryGenerationLog(window_s=0, keep_s=60) as log:
        generations = Generations(
            log, answering=answering, slots=slots, new_id=lambda: "gen_never"
        )
        asking = Asking(
            chat=chat,
            answering=answering,
            generations=generations,
            limiting=limiting,
            paying=paying,
            clock=clock,
        )
        yield House(asking, model, paying, generations, store)
        await asyncio.gather(asking.drain(0), generations.drain(0))
        await paying.drain()


async def test_a_whole_answer_is_paid_by_the_providers_count(store: SqlStore) -> None:
    async with house(store, complete("Boy Wonder")) as it:
        await it.ask()
        assert await it.sums() == (Decimal("0.0000036"), 0)


async def test_an_answer_that_is_left_is_paid_as_far_as_it_came(
    store: SqlStore,
) -> None:
    async with house(store, [TextDelta("Boy "), asyncio.Event()]) as it:
        asked = asyncio.create_task(it.ask())
        await it.model.reached.wait()
        assert (await it.sums())[1] > 0
        asked.cancel()
        await asyncio.wait([asked])
    spent, reserved = await it.sums()
    assert (spent > 0, reserved, it.model.closed) == (True, 0, 1)


async def test_an_answer_that_is_left_anywhere_leaks_no_reserve(
    store: SqlStore,
) -> None:
    async with house(store, complete("Boy Wonder"), live=1) as it:
        await it.ask()
        for number in range(25):
            with suppress(TimeoutError):
                async with asyncio.timeout(number * 0.0004):
                    await it.ask()
    assert (await it.sums())[1] == 0
    assert await store.runs.sweep() == []


async def test_an_answer_that_broke_is_paid_and_its_error_raised(
    store: SqlStore,
) -> None:
    script = [TextDelta("Boy "), ModelTimeout("Nothing came.")]
    async with house(store, script) as it:
        with pytest.raises(ModelTimeout):
            await it.ask()
        spent, reserved = await it.sums()
    assert (spent > 0, reserved) == (True, 0)


async def test_the_shutdown_waits_until_answers_are_paid(store: SqlStore) -> None:
    async with house(store, [TextDelta("Boy "), asyncio.Event()]) as it:
        asked = asyncio.create_task(it.ask())
        await it.model.reached.wait()
        it.model.reached.clear()
        started = await it.asking.start(ONE_DOLLAR, HISTORY, NOTHING_CHOSEN)
        await it.model.reached.wait()
    await asyncio.wait([asked])
    assert started in await charged(store)
    assert len(await charged(store)) == 2
    assert (await it.sums())[1] == 0


async def test_nothing_is_asked_that_does_not_fit(store: SqlStore) -> None:
    nothing = Payer(principal_id=ME, limits=Limits(monthly_usd=Decimal(0)))
    async with house(store, complete("Boy Wonder")) as it:
        with pytest.raises(BudgetExceeded):
            await it.ask(nothing)
        with pytest.raises(BudgetExceeded):
            await it.asking.start(nothing, HISTORY, NOTHING_CHOSEN)
    assert (it.model.requests, await charged(store)) == ([], {})
