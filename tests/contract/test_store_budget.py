"""Any order of reserving, settling and crashing keeps a budget (R4)."""

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from graphql_api.errors import BudgetExceeded
from tests.contract.store_data import (
    GONE,
    LATER,
    ME,
    budget,
    charged,
    limit,
    outcome,
    talk,
    turn,
)
from tests.contract.store_places import empty, open_store

LIMIT = Decimal(1)
CENTS = st.integers(0, 60).map(lambda cents: Decimal(cents) / 100)


class BudgetMachine(RuleBasedStateMachine):
    """A budget, and a model of it in a few numbers."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = AsyncExitStack()
        self.store = self.run(self.opened.enter_async_context(open_store(self.url)))
        self.run(empty(self.store))
        self.run(limit(self.store, str(LIMIT)))
        self.held: dict[str, Decimal] = {}
        self.ledger: dict[str, Decimal | None] = {}
        self.count = 0

    def run(self, work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.runner.run(work)

    @property
    def left(self) -> Decimal:
        spent = sum((cost for cost in self.ledger.values() if cost), Decimal(0))
        return LIMIT - spent - sum(self.held.values())

    @rule(reserve=CENTS)
    def begin(self, reserve: Decimal) -> None:
        self.count += 1
        name = f"cnv_{self.count}"
        self.run(self.store.conversations.create(ME, talk(name)))
        one = turn(self.count, conversation_id=name, reserve=str(reserve))
        try:
            self.run(self.store.turns.begin(ME, one))
        except BudgetExceeded:
            assert reserve > self.left, "refused what fits"
        else:
            assert reserve <= self.left, "begun what does not fit"
            self.held[one.generation_id] = reserve

    @precondition(lambda self: self.held)
    @rule(data=st.data(), share=st.integers(0, 100))
    def finish(self, data: st.DataObject, share: int) -> None:
        generation = data.draw(st.sampled_from(sorted(self.held)))
        cost = self.held.pop(generation) * share / 100
        self.ledger[generation] = cost
        ended = self.store.turns.finish(generation, outcome(cost=str(cost)), at=LATER)
        assert self.run(ended)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def end_without_a_price(self, data: st.DataObject) -> None:
        generation = data.draw(st.sampled_from(sorted(self.held)))
        del self.held[generation]
        self.ledger[generation] = None
        ended = self.store.turns.finish(generation, outcome(cost=None), at=LATER)
        assert self.run(ended)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        generation = data.draw(st.sampled_from(sorted(self.held)))
        del self.held[generation]
        self.ledger[generation] = None
        name = generation.replace("gen", "cnv")
        assert self.run(self.store.conversations.delete(ME, name))

    @precondition(lambda self: self.ledger)
    @rule(data=st.data())
    def finish_again(self, data: st.DataObject) -> None:
        generation = data.draw(st.sampled_from(sorted(self.ledger)))
        again = self.store.turns.finish(generation, outcome(cost="0.5"), at=LATER)
        assert not self.run(again)

    @rule()
    def crash(self) -> None:
        self.run(self.opened.aclose())
        self.store = self.run(self.opened.enter_async_context(open_store(self.url)))
        swept = self.run(self.store.turns.sweep(GONE, at=LATER))
        assert sorted(swept) == sorted(self.held)
        self.ledger |= dict.fromkeys(self.held)
        self.held.clear()

    @invariant()
    def the_budget_is_what_was_done(self) -> None:
        spent, reserved = self.run(budget(self.store))
        assert spent + reserved <= LIMIT
        assert reserved == sum(self.held.values())
        assert LIMIT - spent - reserved == self.left
        assert self.run(charged(self.store)) == self.ledger

    def teardown(self) -> None:
        self.run(self.opened.aclose())
        self.runner.close()


def test_no_order_of_events_breaks_a_budget(database_url: str) -> None:
    class Machine(BudgetMachine):
        url = database_url

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
