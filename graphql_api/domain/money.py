"""Tokens, prices and costs. Money is exact `Decimal`; unknown is ``None``, never 0."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class TokenKind(StrEnum):
    """Kind of tokens on a receipt."""

    PROMPT = "PROMPT"
    CACHED_PROMPT = "CACHED_PROMPT"
    CACHE_WRITE = "CACHE_WRITE"
    COMPLETION = "COMPLETION"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """Tokens that one model call consumed.

    Attributes:
        prompt_tokens: System prompt and history, cached ones included.
        completion_tokens: The answer, reasoning included.
        cached_prompt_tokens: Part of the prompt read from the provider's cache.
        cache_write_tokens: Part of the prompt written to the provider's cache.
        reasoning_tokens: Part of the completion spent on reasoning.
        estimated: Counted by us, since the provider reported none.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_prompt_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    estimated: bool = False

    @property
    def total_tokens(self) -> int:
        """Prompt plus completion."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class CostItem:
    """One line of a receipt; ``amount`` is tokens times rate, exact."""

    kind: TokenKind
    tokens: int
    rate_per_million: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a usage cost, and how that was computed.

    Attributes:
        amount: Exact sum of the items.
        currency: ISO 4217 code.
        estimated: Whether the tokens were counted by us.
        items: The lines of the receipt.
        price_source: Price table used, for example ``genai-prices 0.2.3``.
    """

    amount: Decimal
    currency: str
    estimated: bool
    items: tuple[CostItem, ...]
    price_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Prices of a model in USD per million tokens.

    Attributes:
        prompt: Prompt tokens that were not cached.
        completion: Completion tokens, reasoning included.
        cached_prompt: Read from the cache; None: charged as ``prompt``.
        cache_write: Written to the cache; None: charged as ``prompt``.
        effective_at: When the price came into force; None when not known.
        source: Price table that says so.
    """

    prompt: Decimal
    completion: Decimal
    cached_prompt: Decimal | None = None
    cache_write: Decimal | None = None
    effective_at: datetime | None = None
    source: str
