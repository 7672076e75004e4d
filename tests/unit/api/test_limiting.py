"""L3: requests, tokens and answers at once are bounded, each by the tightest limit."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from graphql_api.adapters.memory_rates import MemoryRates
from graphql_api.domain.access import UNKNOWN_CALLER, UNLIMITED, Limits, Payer
from graphql_api.errors import RateLimited
from graphql_api.services.budgets import Budgets
from graphql_api.services.limiting import Limiting
from graphql_api.services.slots import Slots
from tests.fakes import NOW, FixedClock

pytestmark = pytest.mark.anyio
ME = Payer(principal_id="usr_me")
OTHER = Payer(principal_id="usr_other")


class NoAccounts:
    async def limit(self, owner: str, amounts: object, /) -> None:
        """Nothing is limited."""


def limiting(usual: Limits = UNLIMITED, address: Limits = UNLIMITED) -> Limiting:
    store: Any = SimpleNamespace(budgets=NoAccounts())
    slots, clock = Slots(live=10, queued=10), FixedClock()
    budgets = Budgets(store, each=UNLIMITED, service=UNLIMITED, clock=clock)
    return Limiting(MemoryRates(), slots, budgets, usual=usual, each_address=address)


async def test_answers_at_once_are_limited_for_each_payer() -> None:
    limits = limiting(Limits(concurrent=2))
    first, _ = await limits.claim(ME, at=NOW), await limits.claim(ME, at=NOW)
    with pytest.raises(RateLimited, match="You may have 2 answers written at once"):
        await limits.claim(ME, at=NOW)
    await limits.claim(OTHER, at=NOW)
    first.__exit__()
    await limits.claim(ME, at=NOW)


async def test_a_refused_claim_takes_no_place() -> None:
    limits = limiting(Limits(concurrent=5))
    key = Payer(principal_id="usr_me", key_id="key_1", key_limits=Limits(concurrent=1))
    await limits.claim(key, at=NOW)
    for _ in range(9):
        with pytest.raises(RateLimited, match="This API key may have 1"):
            await limits.claim(key, at=NOW)
    for _ in range(4):
        await limits.claim(ME, at=NOW)
    with pytest.raises(RateLimited, match="You may have 5"):
        await limits.claim(ME, at=NOW)


async def test_used_tokens_hold_up_the_next_answer_and_not_that_of_others() -> None:
    limits = limiting(Limits(tokens_per_minute=1_000))
    with await limits.claim(ME, at=NOW):
        await limits.used(ME, 600)
    with await limits.claim(ME, at=NOW):
        await limits.used(ME, 5_000)
    with pytest.raises(RateLimited, match="1,000 tokens a minute") as refused:
        await limits.claim(ME, at=NOW)
    assert refused.value.limit == 1_000
    assert refused.value.retry_after_ms is not None
    assert 1_000 <= refused.value.retry_after_ms <= 60_000
    await limits.claim(OTHER, at=NOW)


async def test_a_principals_own_limits_replace_the_usual_ones() -> None:
    limits = limiting(Limits(concurrent=1))
    rich = Payer(principal_id="usr_rich", limits=Limits(concurrent=3))
    for _ in range(3):
        await limits.claim(rich, at=NOW)
    with pytest.raises(RateLimited, match="3 answers"):
        await limits.claim(rich, at=NOW)


async def test_an_address_is_limited_whoever_asks() -> None:
    limits = limiting(address=Limits(requests_per_minute=2))
    for _ in range(2):
        await limits.admit(UNKNOWN_CALLER, address="192.0.2.1")
    with pytest.raises(RateLimited, match="Your address may send 2 requests"):
        await limits.admit(UNKNOWN_CALLER, address="192.0.2.1")
    await limits.admit(UNKNOWN_CALLER, address="192.0.2.2")


async def test_answers_and_tokens_of_an_address_are_limited_whoever_asks() -> None:
    limits = limiting(address=Limits(concurrent=1, tokens_per_minute=100))
    here, there = "192.0.2.1", "192.0.2.2"
    mine, theirs = replace(ME, address=here), replace(OTHER, address=here)
    with await limits.claim(mine, at=NOW):
        with pytest.raises(RateLimited, match="Your address may have 1"):
            await limits.claim(theirs, at=NOW)
        await limits.used(mine, 100)
    with pytest.raises(RateLimited, match="Your address may use 100 tokens"):
        await limits.claim(theirs, at=NOW)
    await limits.claim(replace(OTHER, address=there), at=NOW)
