"""What a usage costs, and which price table said so.

Prices come from the override table of our configuration first, then from
`genai-prices` (its offline data, never its updater). A free model costs zero, an
unknown price is None. All arithmetic is exact `Decimal`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from importlib.metadata import version
from typing import Final

from genai_prices import Usage, calc_price
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceCalculation,
    StartDateConstraint,
    TieredPrices,
)

from graphql_api.domain.models import Model
from graphql_api.domain.money import Cost, CostItem, PriceList, TokenKind, TokenUsage

CURRENCY: Final = "USD"
_MILLION: Final = Decimal(1_000_000)
_PRICE_TABLE: Final = f"genai-prices {version('genai-prices')}"
# Models of any OpenAI-compatible server are looked up under OpenAI's names; a server
# that charges otherwise gets its prices from the override table.
_PRICE_PROVIDER: Final = "openai"


def cost(usage: TokenUsage, prices: PriceList) -> Cost:
    """Cost of a usage with its receipt; lines of zero tokens are left out.

    Cached tokens and cache writes are parts of the prompt, never more than it.
    """
    cached = min(usage.cached_prompt_tokens or 0, usage.prompt_tokens)
    written = min(usage.cache_write_tokens or 0, usage.prompt_tokens - cached)
    cached_rate = _or_prompt(prices.cached_prompt, prices)
    written_rate = _or_prompt(prices.cache_write, prices)
    lines = (
        (TokenKind.PROMPT, usage.prompt_tokens - cached - written, prices.prompt),
        (TokenKind.CACHED_PROMPT, cached, cached_rate),
        (TokenKind.CACHE_WRITE, written, written_rate),
        (TokenKind.COMPLETION, usage.completion_tokens, prices.completion),
    )
    items = tuple(
        CostItem(kind, tokens, rate, rate * tokens / _MILLION)
        for kind, tokens, rate in lines
        if tokens
    )
    return Cost(
        amount=sum((item.amount for item in items), Decimal(0)),
        currency=CURRENCY,
        estimated=usage.estimated,
        items=items,
        price_source=prices.source,
    )


def _or_prompt(rate: Decimal | None, prices: PriceList) -> Decimal:
    return prices.prompt if rate is None else rate


class PriceTable:
    """Finds the prices of a model."""

    def __init__(self, overrides: Mapping[str, PriceList]) -> None:
        """Take the operator's own prices by name of the model; they win."""
        self._overrides = dict(overrides)

    def prices(
        self, model: Model, *, at: datetime, prompt_tokens: int = 0
    ) -> PriceList | None:
        """Prices of a model at an instant; None when they are not known.

        Args:
            model: Model to price.
            at: Instant of the call: prices change.
            prompt_tokens: Size of the prompt: some models cost more per token
                when it is long.
        """
        if model.name in self._overrides:
            return self._overrides[model.name]
        if model.free:
            return PriceList(prompt=Decimal(0), completion=Decimal(0), source="free")
        try:
            found = calc_price(
                Usage(input_tokens=prompt_tokens, output_tokens=0),
                model.name,
                provider_id=_PRICE_PROVIDER,
                genai_request_timestamp=at,
            )
        except LookupError:
            return None
        return _price_list(found, at, prompt_tokens)


def _price_list(
    found: PriceCalculation, at: datetime, prompt_tokens: int
) -> PriceList | None:
    price: ModelPrice = found.model_price
    prompt = _rate(price.input_mtok, prompt_tokens)
    completion = _rate(price.output_mtok, prompt_tokens)
    if prompt is None or completion is None:
        return None
    return PriceList(
        prompt=prompt,
        completion=completion,
        cached_prompt=_rate(price.cache_read_mtok, prompt_tokens),
        cache_write=_rate(price.cache_write_mtok, prompt_tokens),
        effective_at=_effective_at(found.model, at),
        source=_PRICE_TABLE,
    )


def _rate(price: Decimal | TieredPrices | None, prompt_tokens: int) -> Decimal | None:
    """Rate per million; past a tier's start its rate holds for all tokens."""
    if not isinstance(price, TieredPrices):
        return price
    rate = price.base
    for tier in price.tiers:
        if prompt_tokens > tier.start:
            rate = tier.price
    return rate


def _effective_at(model: ModelInfo, at: datetime) -> datetime | None:
    if isinstance(model.prices, ModelPrice):
        return None
    for conditional in reversed(model.prices):
        if _active(conditional, at):
            return _start(conditional)
    return None


def _active(conditional: ConditionalPrice, at: datetime) -> bool:
    return conditional.constraint is None or conditional.constraint.active(at)


def _start(conditional: ConditionalPrice) -> datetime | None:
    constraint = conditional.constraint
    if not isinstance(constraint, StartDateConstraint):
        return None
    return datetime.combine(constraint.start_date, time(), tzinfo=UTC)
