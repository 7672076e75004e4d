"""Reports of what was used, over every database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.adapters.sql.pico import (
    instant,
    microseconds,
    reserved_pusd,
    spent_pusd,
    usd,
)
from graphql_api.domain.conversations import UsageGroup, UsageRow
from graphql_api.domain.money import TokenUsage
from tests.contract.store_data import GONE, ME, NOW, TALK, outcome, talk, turn
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
TICK = timedelta(microseconds=1)
ALWAYS = {"since": NOW - timedelta(days=9), "until": NOW + timedelta(days=9)}
ESTIMATE = TokenUsage(prompt_tokens=5, completion_tokens=2, estimated=True)


@pytest.fixture
async def used(store: SqlStore) -> SqlStore:
    """Three answers around a midnight: one priced, one estimated, one unpriced."""
    await store.conversations.create(ME, talk())
    await store.conversations.create(ME, talk("cnv_2"))
    for number, conversation_id, at, ended in (
        (1, TALK, MIDNIGHT - TICK, outcome(cost="0.000000000001")),
        (2, TALK, MIDNIGHT, outcome(cost="0.2", usage=ESTIMATE)),
        (3, "cnv_2", MIDNIGHT, outcome(cost=None)),
    ):
        begun = turn(number, conversation_id=conversation_id, at=at)
        changed = replace(
            begun, model_name=f"m{number % 2}", assistant_key=f"a{number}"
        )
        await store.turns.begin(ME, changed)
        await store.turns.finish(f"gen_{number}", ended, at=MIDNIGHT + TICK)
    return store


async def keys(store: SqlStore, group: UsageGroup) -> dict[str, int]:
    rows = await store.ledger.usage(ME, group, **ALWAYS)
    return {row.key: row.requests for row in rows}


async def test_usage_is_summed_by_day_in_utc(used: SqlStore) -> None:
    first, second = await used.ledger.usage(ME, UsageGroup.DAY, **ALWAYS)
    assert first == UsageRow(
        key="2026-11-22",
        requests=1,
        prompt_tokens=12,
        completion_tokens=3,
        cost_usd=Decimal("0.000000000001"),
        unpriced_requests=0,
        estimated=False,
    )
    assert second == UsageRow(
        key="2026-11-23",
        requests=2,
        prompt_tokens=17,
        completion_tokens=5,
        cost_usd=Decimal("0.2"),
        unpriced_requests=1,
        estimated=True,
    )


async def test_usage_is_summed_by_what_used_it(used: SqlStore) -> None:
    assert await keys(used, UsageGroup.MODEL) == {"m0": 1, "m1": 2}
    assert await keys(used, UsageGroup.ASSISTANT) == {"a1": 1, "a2": 1, "a3": 1}
    assert await keys(used, UsageGroup.CONVERSATION) == {TALK: 2, "cnv_2": 1}


async def test_a_report_begins_with_its_start_and_ends_before_its_end(
    used: SqlStore,
) -> None:
    early = await used.ledger.usage(
        ME, UsageGroup.DAY, since=MIDNIGHT - TICK, until=MIDNIGHT
    )
    late = await used.ledger.usage(
        ME, UsageGroup.DAY, since=MIDNIGHT, until=MIDNIGHT + TICK
    )
    assert [row.key for row in early] == ["2026-11-22"]
    assert [row.key for row in late] == ["2026-11-23"]


async def test_a_conversation_has_one_sum(used: SqlStore) -> None:
    row = await used.ledger.conversation(ME, TALK)
    assert row is not None
    assert (row.key, row.requests, row.cost_usd, row.estimated) == (
        *(TALK, 2, Decimal("0.200000000001"), True),
    )
    assert await used.ledger.conversation(ME, "cnv_no") is None


async def test_a_swept_answer_counts_as_unpriced(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    await store.turns.begin(ME, turn())
    await store.turns.sweep(GONE, at=NOW)
    (row,) = await store.ledger.usage(ME, UsageGroup.MODEL, **ALWAYS)
    assert (row.requests, row.unpriced_requests, row.cost_usd) == (1, 1, 0)
    assert (row.prompt_tokens, row.completion_tokens, row.estimated) == (0, 0, False)


@given(st.decimals(0, 9_000_000, allow_nan=False, places=12))
def test_money_down_to_a_pico_dollar_is_exact(amount: Decimal) -> None:
    assert usd(spent_pusd(amount)) == amount == usd(reserved_pusd(amount))


@pytest.mark.parametrize(
    ("amount", "spent", "reserved"),
    [
        ("5E-13", 0, 1),
        ("1.5E-12", 2, 2),
        ("2.5E-12", 2, 3),
        ("2.500000000000000000000000000000001E-12", 3, 3),
        ("1234567.890123456789499999999999999", 1234567890123456789, None),
    ],
)
def test_finer_money_is_rounded_half_even_and_a_reserve_up(
    amount: str, spent: int, reserved: int | None
) -> None:
    assert spent_pusd(Decimal(amount)) == spent
    assert reserved_pusd(Decimal(amount)) == (
        spent + 1 if reserved is None else reserved
    )


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_exact(at: datetime) -> None:
    assert instant(microseconds(at)) == at
