"""Models, assistants, and what a model is asked and says."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from graphql_api.domain.messages import Message
from graphql_api.domain.money import TokenUsage


class FinishReason(StrEnum):
    """Why a model stopped writing."""

    STOP = "STOP"
    LENGTH = "LENGTH"
    CONTENT_FILTER = "CONTENT_FILTER"


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
        titles: Whether it can write titles of conversations.
    """

    name: str
    provider: str
    context_window: int
    free: bool = False
    shutdown_at: datetime | None = None
    replacement: str | None = None
    titles: bool = True

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

    def over(self, kept: "ChatOptions") -> "ChatOptions":
        """These choices, and where one is open, the kept one."""
        ours, theirs = asdict(self), asdict(kept)
        made = {name: value for name, value in ours.items() if value is not None}
        return ChatOptions(**(theirs | made))


NOTHING_CHOSEN: Final = ChatOptions()
"""All choices are the assistant's or the server's."""


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


@dataclass(frozen=True, slots=True)
class Health:
    """State of one part of the service; ``detail`` gives no secret away."""

    name: str
    ok: bool
    detail: str | None = None
