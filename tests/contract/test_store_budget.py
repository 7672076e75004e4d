"""Any order of reserving, settling and crashing keeps all limits (R4)."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
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

from graphql_api.domain.access import Payer
from graphql_api.domain.accounts import SERVICE, Account, Budget, Period, accounts_of
from graphql_api.errors import BudgetExceeded
from tests.contract.store_data import GONE, ME, NOW, OTHER, charged, outcome, talk, turn
from tests.contract.store_places import empty, open_store
from tests.contract.test_store_runs import run

CENTS = st.integers(0, 60).map(lambda cents: Decimal(cents) / 100)
LIMITS = st.none() | st.integers(0, 300).map(lambda cents: Decimal(cents) / 100)
PAYERS = [
    Payer(principal_id=ME),
    Payer(principal_id=ME, key_id="key_1"),
    Payer(principal_id=OTHER, key_id="key_2"),
]
OWNERS = [ME, SERVICE, "key_1"]


@dataclass
class Running:
    """What runs, and in which accounts it holds its reserve."""

    payer: Payer
    at: datetime
    reserve: Decimal
    holds: list[Account]
    stored: bool


@dataclass
class Books:
    """What the accounts must be, kept in the simplest way."""

    limits: dict[Account, Decimal | None] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    paid: dict[Account, Decimal] = field(default_factory=dict)
    # Limits that were set below what was spent or held already.
    lowered: set[Account] = field(default_factory=set)

    def held(self, account: Account) -> Decimal:
        holding = (one for one in self.running.values() if account in one.holds)
        return sum((one.reserve for one in holding), Decimal(0))

    def left(self, account: Account) -> Decimal | None:
        limit = self.limits.get(account)
        if limit is None:
            return None
        return limit - self.paid.get(account, Decimal(0)) - self.held(account)

    def limited(self, payer: Payer, at: datetime) -> list[Account]:
        accounts = accounts_of(payer, at)
        return [one for one in accounts if self.limits.get(one) is not None]

    def end(self, name: str, cost: Decimal | None) -> None:
        ended = self.running.pop(name)
        for account in accounts_of(ended.payer, ended.at):
            self.paid[account] = self.paid.get(account, Decimal(0)) + (cost or 0)
            late = account not in ended.holds and cost
            if late and self.limits.get(account) is not None:
                self.lowered.add(account)


class BudgetMachine(RuleBasedStateMachine):
    """Accounts of several owners, days and months, and books beside them."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = AsyncExitStack()
        self.store = self.run(self.opened.enter_async_context(open_store(self.url)))
        self.run(empty(self.store))
        self.books = Books()
        self.ledger: dict[str, Decimal | None] = {}
        self.count = 0
        self.now = NOW

    def run(self, work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.runner.run(work)

    @rule(owner=st.sampled_from(OWNERS), usd=LIMITS, monthly=st.booleans())
    def limit(self, owner: str, usd: Decimal | None, monthly: bool) -> None:  # noqa: FBT001
        period = Period.month(self.now) if monthly else Period.day(self.now)
        self.run(self.store.budgets.limit(owner, {period: usd}))
        account = Account(owner, period)
        self.books.limits[account] = usd
        self.books.lowered.discard(account)
        left = self.books.left(account)
        if left is not None and left < 0:
            self.books.lowered.add(account)

    @rule(hours=st.sampled_from([1, 13, 24 * 9]))
    def let_time_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(payer=st.sampled_from(PAYERS), reserve=CENTS, stored=st.booleans())
    def begin(self, payer: Payer, reserve: Decimal, stored: bool) -> None:  # noqa: FBT001
        self.count += 1
        limited = self.books.limited(payer, self.now)
        fits = all(reserve <= (self.books.left(one) or 0) for one in limited)
        start = self._turn if stored else self._run
        try:
            name = self.run(start(payer, reserve))
        except BudgetExceeded:
            assert not fits, "refused what fits"
        else:
            assert fits, "begun what does not fit"
            begun = Running(payer, self.now, reserve, limited, stored)
            self.books.running[name] = begun

    async def _turn(self, payer: Payer, reserve: Decimal) -> str:
        name = f"cnv_{self.count}"
        await self.store.conversations.create(payer.principal_id, talk(name))
        one = turn(self.count, conversation_id=name, reserve=str(reserve), at=self.now)
        paid = replace(one, key_id=payer.key_id)
        await self.store.turns.begin(payer.principal_id, paid)
        return one.generation_id

    async def _run(self, payer: Payer, reserve: Decimal) -> str:
        one = run(self.count, payer=payer, reserve=str(reserve), at=self.now)
        await self.store.runs.begin(one)
        return one.generation_id

    @precondition(lambda self: self.books.running)
    @rule(data=st.data(), share=st.none() | st.integers(0, 100))
    def finish(self, data: st.DataObject, share: int | None) -> None:
        name = data.draw(st.sampled_from(sorted(self.books.running)))
        one = self.books.running[name]
        cost = None if share is None else one.reserve * share / 100
        ended = outcome(cost=None if cost is None else str(cost))
        end = self.store.turns.finish(name, ended, at=self.now)
        if not one.stored:
            end.close()
            end = self.store.runs.end(name, ended)
        assert self.run(end)
        self.books.end(name, cost)
        self.ledger[name] = cost

    @precondition(lambda self: any(self._not_stored()))
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self._not_stored())))
        assert self.run(self.store.runs.end(name, None))
        self.books.end(name, None)

    @precondition(lambda self: self._stored())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self._stored())))
        owner = self.books.running[name].payer.principal_id
        talk_id = name.replace("gen", "cnv")
        assert self.run(self.store.conversations.delete(owner, talk_id))
        self.books.end(name, None)
        self.ledger[name] = None

    def _stored(self) -> list[str]:
        return [name for name, one in self.books.running.items() if one.stored]

    def _not_stored(self) -> list[str]:
        return [name for name, one in self.books.running.items() if not one.stored]

    @precondition(lambda self: self.ledger)
    @rule(data=st.data())
    def finish_again(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.ledger)))
        again = outcome(cost="0.5")
        assert not self.run(self.store.turns.finish(name, again, at=self.now))
        assert not self.run(self.store.runs.end(name, again))

    @rule()
    def crash(self) -> None:
        self.run(self.opened.aclose())
        self.store = self.run(self.opened.enter_async_context(open_store(self.url)))
        swept = self.run(self.store.turns.sweep(GONE, at=self.now))
        assert sorted(swept) == sorted(self._stored())
        assert sorted(self.run(self.store.runs.sweep())) == sorted(self._not_stored())
        for name in list(self.books.running):
            self.books.end(name, None)
            self.ledger[name] = None

    @invariant()
    def the_accounts_are_what_was_done(self) -> None:
        limited = [one for one, usd in self.books.limits.items() if usd is not None]
        for budget in self.run(self.store.budgets.find(limited)):
            self._check(budget)
        assert self.run(charged(self.store)) == self.ledger

    def _check(self, budget: Budget) -> None:
        account = budget.account
        assert budget.limit_usd == self.books.limits[account]
        assert budget.spent_usd == self.books.paid.get(account, 0), "a leak, or a loss"
        assert budget.reserved_usd == self.books.held(account)
        assert budget.left_usd >= 0 or account in self.books.lowered, "spent too much"

    def teardown(self) -> None:
        self.run(self.opened.aclose())
        self.runner.close()


def test_no_order_of_events_breaks_a_limit(database_url: str) -> None:
    class Machine(BudgetMachine):
        url = database_url

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
