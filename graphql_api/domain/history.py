"""What a history and options must be to be answered."""

from collections.abc import Callable
from dataclasses import dataclass

from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import ChatOptions
from graphql_api.errors import BadInput


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """Most characters (Unicode code points) that are accepted."""

    message_chars: int
    history_chars: int
    messages: int


def check_history(history: tuple[Message, ...], limits: HistoryLimits) -> None:
    """Refuse a history that cannot be answered.

    Raises:
        BadInput: With the reason and the field.
    """
    if not history:
        raise BadInput("The history is empty.", reason="EMPTY", field="history")
    check_messages(history, limits, field="history")
    if history[-1].role is not Role.USER:
        raise BadInput(
            "The last message must be the user's.",
            reason="LAST_MESSAGE_NOT_FROM_USER",
            field=f"history.{len(history) - 1}.role",
        )


def check_messages(
    messages: tuple[Message, ...], limits: HistoryLimits, *, field: str
) -> None:
    """Refuse messages that are blank, too long or too many; none at all is fine.

    Only the user's messages are held to the limit of a message: an answer may be
    longer than any question, and clients send answers back.

    Raises:
        BadInput: With the reason and the field.
    """
    if len(messages) > limits.messages:
        raise BadInput(
            f"The history has {len(messages):,} messages; "
            f"{limits.messages:,} are allowed.",
            reason="TOO_MANY",
            field=field,
        )
    for index, message in enumerate(messages):
        _check_message(message, f"{field}.{index}.content", limits.message_chars)
    total = sum(len(message.content) for message in messages)
    if total > limits.history_chars:
        raise BadInput(
            f"The history has {total:,} characters; "
            f"{limits.history_chars:,} are allowed.",
            reason="TOO_LONG",
            field=field,
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


def newest_turns(
    history: tuple[Message, ...],
    limits: HistoryLimits,
    *,
    max_tokens: int,
    count: Callable[[str], int],
) -> tuple[Message, ...]:
    """The end of a history that fits: the oldest turns are left out, each as a whole.

    The last message stays in any case. What is left begins with a question.

    Args:
        history: All messages, oldest first.
        limits: Most messages and characters.
        max_tokens: Most tokens of all that is left.
        count: Tokens of a text, the role and the ends of a message included.
    """
    start, chars, tokens = len(history), 0, 0
    for index in range(len(history) - 1, -1, -1):
        message = history[index]
        chars += len(message.content)
        tokens += count(message.content)
        many = len(history) - index > limits.messages
        if many or chars > limits.history_chars or tokens > max_tokens:
            break
        if message.role is Role.USER:
            start = index
    return history[min(start, len(history) - 1) :]


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
