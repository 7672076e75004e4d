"""Cost is exact, and unknown is not zero."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.domain.models import Model
from graphql_api.domain.money import PriceList, TokenKind, TokenUsage
from graphql_api.pricing import PriceTable, cost

NOW = datetime(2026, 11, 22, tzinfo=UTC)
tokens = st.integers(min_value=0, max_value=10**7)
rates = st.decimals(min_value=0, max_value=1000, places=6)


def model(name: str, *, free: bool = False) -> Model:
    return Model(name=name, provider="openai", context_window=1000, free=free)


@st.composite
def usages(draw: st.DrawFn) -> TokenUsage:
    prompt = draw(tokens)
    cached = draw(st.integers(min_value=0, max_value=prompt))
    written = draw(st.integers(min_value=0, max_value=prompt - cached))
    return TokenUsage(
        prompt_tokens=prompt,
        completion_tokens=draw(tokens),
        cached_prompt_tokens=cached,
        cache_write_tokens=written,
    )


price_lists = st.builds(
    PriceList,
    prompt=rates,
    completion=rates,
    cached_prompt=st.none() | rates,
    cache_write=st.none() | rates,
    source=st.just("test"),
)


def plus(one: TokenUsage, two: TokenUsage) -> TokenUsage:
    return TokenUsage(
        prompt_tokens=one.prompt_tokens + two.prompt_tokens,
        completion_tokens=one.completion_tokens + two.completion_tokens,
        cached_prompt_tokens=(one.cached_prompt_tokens or 0)
        + (two.cached_prompt_tokens or 0),
        cache_write_tokens=(one.cache_write_tokens or 0)
        + (two.cache_write_tokens or 0),
    )


@given(usages(), usages(), price_lists)
def test_cost_is_linear_and_free_of_order(
    one: TokenUsage, two: TokenUsage, prices: PriceList
) -> None:
    separate = cost(one, prices).amount + cost(two, prices).amount
    assert cost(plus(one, two), prices).amount == separate
    assert cost(plus(two, one), prices).amount == separate


@given(usages(), price_lists)
def test_cost_is_never_negative_and_the_sum_of_its_receipt(
    usage: TokenUsage, prices: PriceList
) -> None:
    bill = cost(usage, prices)
    assert bill.amount >= 0
    assert bill.amount == sum(item.amount for item in bill.items)
    assert sum(item.tokens for item in bill.items) == usage.total_tokens
    for item in bill.items:
        assert item.amount * 1_000_000 == item.rate_per_million * item.tokens


def test_the_reference_figures_are_reproduced() -> None:
    prices = PriceTable({}).prices(model("gpt-3.5-turbo-0613"), at=NOW)
    assert prices is not None
    prompt = cost(TokenUsage(prompt_tokens=1000, completion_tokens=0), prices)
    completion = cost(TokenUsage(prompt_tokens=0, completion_tokens=1000), prices)
    assert prompt.amount == Decimal("0.0015")
    assert completion.amount == Decimal("0.002")


def test_a_receipt_says_which_tokens_were_cached() -> None:
    prices = PriceTable({}).prices(model("gpt-4o-mini"), at=NOW)
    assert prices is not None
    usage = TokenUsage(
        prompt_tokens=1000, completion_tokens=10, cached_prompt_tokens=400
    )
    lines = [(item.kind, item.tokens) for item in cost(usage, prices).items]
    assert lines == [
        (TokenKind.PROMPT, 600),
        (TokenKind.CACHED_PROMPT, 400),
        (TokenKind.COMPLETION, 10),
    ]


def test_more_cached_tokens_than_prompt_tokens_cost_no_more_than_the_prompt() -> None:
    prices = PriceList(prompt=Decimal(1), completion=Decimal(1), source="test")
    usage = TokenUsage(prompt_tokens=5, completion_tokens=0, cached_prompt_tokens=9)
    assert sum(item.tokens for item in cost(usage, prices).items) == 5


def test_an_unknown_model_has_no_price() -> None:
    assert PriceTable({}).prices(model("no-such-model"), at=NOW) is None


def test_a_free_model_costs_zero() -> None:
    prices = PriceTable({}).prices(model("smollm2", free=True), at=NOW)
    assert prices is not None
    usage = TokenUsage(prompt_tokens=7, completion_tokens=9)
    assert cost(usage, prices).amount == 0


def test_the_operators_own_price_wins() -> None:
    own = PriceList(prompt=Decimal(9), completion=Decimal(9), source="settings")
    table = PriceTable({"gpt-4o-mini": own})
    assert table.prices(model("gpt-4o-mini"), at=NOW) is own


def test_a_long_prompt_is_priced_at_its_tier() -> None:
    table = PriceTable({})
    luna = model("gpt-6-luna")
    short = table.prices(luna, at=NOW, prompt_tokens=272_000)
    long = table.prices(luna, at=NOW, prompt_tokens=272_001)
    assert short is not None
    assert long is not None
    assert (short.prompt, long.prompt) == (Decimal("0.1"), Decimal("0.2"))


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-07-29", "1"), ("2026-07-30", "0.2")]
)
def test_the_price_of_the_day_of_the_call_counts(day: str, expected: str) -> None:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    prices = PriceTable({}).prices(model("gpt-5.6-luna"), at=at)
    assert prices is not None
    assert prices.prompt == Decimal(expected)


def test_an_estimate_is_marked_on_the_cost() -> None:
    prices = PriceList(prompt=Decimal(1), completion=Decimal(1), source="test")
    usage = TokenUsage(prompt_tokens=1, completion_tokens=1)
    assert not cost(usage, prices).estimated
    assert cost(replace(usage, estimated=True), prices).estimated
