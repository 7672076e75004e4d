"""What the service talks about: frozen data and pure functions, no I/O.

Unknown is ``None``, never 0. Money is `Decimal` in the currency that its field or
object names. Instants are aware and in UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from graphql_api.errors import BadInput, ErrorCode


class Role(StrEnum):
    """Who wrote a message. The system prompt belongs to the assistant."""

    USER = "USER"
    ASSISTANT = "ASSISTANT"


class FinishReason(StrEnum):
    """Why a model stopped writing."""

    STOP = "STOP"
    LENGTH = "LENGTH"
    CONTENT_FILTER = "CONTENT_FILTER"


class Status(StrEnum):
    """State of a generation; the last four are final."""

    QUEUED = "QUEUED"
    STREAMING = "STREAMING"
    COMPLETED = "COMPLETED"
    STOPPED = "STOPPED"
    INTERRUPTED = "INTERRUPTED"
    FAILED = "FAILED"


FinalStatus = Literal[
    Status.COMPLETED, Status.STOPPED, Status.INTERRUPTED, Status.FAILED
]


class TokenKind(StrEnum):
    """Kind of tokens on a receipt."""

    PROMPT = "PROMPT"
    CACHED_PROMPT = "CACHED_PROMPT"
    CACHE_WRITE = "CACHE_WRITE"
    COMPLETION = "COMPLETION"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; the text is Markdown."""

    role: Role
    content: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Language model that can be chosen.

    Attributes:
        name: The provider's name of it.
        provider: Who runs it, for example ``openai`` or ``local``.
        context_window: Largest number of prompt plus completion tokens.
        free: Whether using it costs nothing, as a local model does.
        shutdown_at: When the provider shuts it down.
        replacement: Name of the model to use after that.
    """

    name: str
    provider: str
    context_window: int
    free: bool = False
    shutdown_at: datetime | None = None
    replacement: str | None = None

    @property
    def id(self) -> str:
        """Opaque identifier in the contract."""
        return f"mdl_{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Persona: a system prompt with sampling options.

    Attributes:
        key: Name in the configuration file.
        model: Name of its model; None: the server's default.
        temperature: Sampling temperature, 0 to 2.
        starters: Example questions for an empty chat.
    """

    key: str
    name: str
    description: str | None
    system_prompt: str
    model: str | None
    temperature: float
    starters: tuple[str, ...]

    @property
    def id(self) -> str:
        """Opaque identifier in the contract."""
        return f"ast_{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """Choices for one answer; None comes from the assistant or the server."""

    assistant_id: str | None = None
    model_id: str | None = None
    temperature: float | None = None
    max_completion_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """What a model is asked: all choices made, nothing left to default.

    Attributes:
        max_completion_tokens: Upper bound for the answer; None: the model's own.
    """

    model: Model
    system_prompt: str
    history: tuple[Message, ...]
    temperature: float
    max_completion_tokens: int | None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Some more text from the model."""

    text: str


@dataclass(frozen=True, slots=True)
class ModelFinished:
    """The model said why it finished; None: the stream ended without a reason."""

    reason: FinishReason | None


@dataclass(frozen=True, slots=True)
class UsageReported:
    """The provider's own count of the tokens."""

    usage: TokenUsage


ModelEvent = TextDelta | ModelFinished | UsageReported


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Failure reported as data inside a stream."""

    code: ErrorCode
    message: str
    retryable: bool
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a generation ended.

    Attributes:
        status: COMPLETED, STOPPED, INTERRUPTED or FAILED.
        text: The whole answer, or what had been written of it.
        cost: None when the price is unknown.
        finish_reason: None unless completed.
        problem: What went wrong, when failed or interrupted.
    """

    status: Literal[Status.COMPLETED, Status.STOPPED, Status.INTERRUPTED, Status.FAILED]
    text: str
    usage: TokenUsage
    cost: Cost | None
    finish_reason: FinishReason | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """First event: the run was accepted."""

    model: Model
    queue_position: int


@dataclass(frozen=True, slots=True)
class Delta:
    """Some more text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Last event of every run."""

    outcome: Outcome


GenerationEvent = Started | Delta | Ended


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """Event with its place in the log of its generation, counted from 1."""

    position: int
    event: GenerationEvent


@dataclass(frozen=True, slots=True)
class Generation:
    """One run of a model as it is now.

    Attributes:
        position: Place of the last event in the log, 0 before the first.
    """

    id: str
    status: Status
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Health:
    """State of one part of the service; ``detail`` gives no secret away."""

    name: str
    ok: bool
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """Most characters (Unicode code points) that are accepted."""

    message_chars: int
    history_chars: int
    messages: int


def check_history(history: tuple[Message, ...], limits: HistoryLimits) -> None:
    """Refuse a history that cannot be answered.

    Only the user's messages are held to the limit of a message: an answer may be
    longer than any question, and clients send answers back.

    Raises:
        BadInput: With the reason and the field.
    """
    if not history:
        raise BadInput("The history is empty.", reason="EMPTY", field="history")
    if len(history) > limits.messages:
        raise BadInput(
            f"The history has {len(history):,} messages; "
            f"{limits.messages:,} are allowed.",
            reason="TOO_MANY",
            field="history",
        )
    for index, message in enumerate(history):
        _check_message(message, f"history.{index}.content", limits.message_chars)
    total = sum(len(message.content) for message in history)
    if total > limits.history_chars:
        raise BadInput(
            f"The history has {total:,} characters; "
            f"{limits.history_chars:,} are allowed.",
            reason="TOO_LONG",
            field="history",
        )
    if history[-1].role is not Role.USER:
        raise BadInput(
            "The last message must be the user's.",
            reason="LAST_MESSAGE_NOT_FROM_USER",
            field=f"history.{len(history) - 1}.role",
        )


def _check_message(message: Message, field: str, max_chars: int) -> None:
    if not message.content.strip():
        raise BadInput("A message is blank.", reason="BLANK", field=field)
    if message.role is Role.USER and len(message.content) > max_chars:
        raise BadInput(
            f"The message has {len(message.content):,} characters; "
            f"{max_chars:,} are allowed.",
            reason="TOO_LONG",
            field=field,
        )


def check_sampling(options: ChatOptions) -> None:
    """Refuse sampling options out of range.

    Raises:
        BadInput: With the reason and the field.
    """
    temperature = options.temperature
    if temperature is not None and not 0 <= temperature <= 2:  # noqa: PLR2004 the API's own bound
        raise BadInput(
            f"The temperature is {temperature:g}; it must be from 0 to 2.",
            reason="OUT_OF_RANGE",
            field="options.temperature",
        )
    tokens = options.max_completion_tokens
    if tokens is not None and tokens < 1:
        raise BadInput(
            f"maxCompletionTokens is {tokens}; it must be at least 1.",
            reason="OUT_OF_RANGE",
            field="options.maxCompletionTokens",
        )
