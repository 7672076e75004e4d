"""What the API replies, as typed values."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

UNREACHABLE = "UNREACHABLE"
"""Code of our own: no answer at all, or none that is GraphQL."""
UNAUTHENTICATED = "UNAUTHENTICATED"
"""Code of the contract: the API wants to know who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something did not work, in words that can be shown."""

    code: str
    """An `ErrorCode` of the contract, or `UNREACHABLE`."""
    message: str
    retryable: bool
    """Whether the same request may succeed later."""
    retry_after_s: float | None = None
    """Suggested wait; None when the API suggests none."""
    request_id: str | None = None
    """What an operator finds in the logs, for bugs."""


class ApiError(Exception):
    """The API refused, failed, or was not there."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem for the session to show."""
        super().__init__(f"{problem.code}: {problem.message}")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    viewer_id: str
    name: str
    guest: bool
    """Whether there is no account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One line of a receipt."""

    kind: str
    tokens: int
    rate_per_million: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an answer cost, and how that was computed."""

    amount: Decimal
    currency: str
    estimated: bool
    items: tuple[CostItem, ...] = ()
    price_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Another text at the place of a message, or the message itself."""

    message_id: str
    content: str = ""
    """Empty unless the whole conversation was read."""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A stored question or answer."""

    message_id: str
    role: str
    """`USER` or `ASSISTANT`."""
    content: str
    status: str
    """A `MessageStatus` of the contract; `COMPLETED` for questions."""
    model: str = ""
    """Model that answered; empty for questions."""
    tokens: int | None = None
    """Tokens of the whole call; None for questions and while it is written."""
    cost: Cost | None = None
    """None for questions and when the price is unknown."""
    finish_reason: str | None = None
    problem: Problem | None = None
    rating: str = ""
    """`UP`, `DOWN` or empty."""
    comment: str = ""
    versions: tuple[Version, ...] = ()
    """All texts at this place, oldest first, itself included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A conversation in the list."""

    conversation_id: str
    title: str
    archived: bool
    updated_at: str
    """As the API writes it; later ones sort behind."""
    pinned_at: str = ""
    """Empty when it is not pinned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Some conversations, newest activity first."""

    entries: tuple[Entry, ...]
    next_cursor: str | None
    """None when these are the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """Some messages of the active branch, oldest first."""

    messages: tuple[Message, ...]
    earlier_cursor: str | None
    """None when these are the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who answers in a conversation, and how; what is open comes from the service."""

    assistant_id: str = ""
    """Empty for the service's default."""
    model_id: str = ""
    """Empty for that of the assistant."""
    temperature: float | None = None
    max_tokens: int | None = None
    """Upper bound for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A conversation with the end of its active branch."""

    entry: Entry
    page: MessagePage
    generation_id: str | None
    """The answer being written; None when there is none."""
    cost: Cost
    choice: Choice = Choice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """As much of a conversation as tells whether it changed."""

    entry: Entry
    generation_id: str | None
    last_message: tuple[str, str] | None
    """Identifier and status; None when there is no message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A language model that can be chosen."""

    model_id: str
    name: str
    provider: str
    context_window: int
    """Most tokens of prompt and answer."""
    available: bool = True
    shutdown_at: datetime | None = None
    """None when no date is known."""
    replacement: str = ""
    """Name of the model to use after that; empty when none is known."""
    prompt_per_million: Decimal | None = None
    """None when the model is free, or its price is not known."""
    completion_per_million: Decimal | None = None
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Who answers."""

    assistant_id: str
    name: str
    description: str
    starters: tuple[str, ...]
    temperature: float
    model: Model
    """The one that answers unless another is chosen."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen; the first assistant is the default."""

    assistants: tuple[Assistant, ...]
    models: tuple[Model, ...]
    scopes: tuple[str, ...] = ()
    """What the reader may do."""


def unreachable(message: str = "The service cannot be reached.") -> Problem:
    """Return the problem of an API that is not there or makes no sense."""
    return Problem(code=UNREACHABLE, message=message, retryable=True)
