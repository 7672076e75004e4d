"""What a history and options must be to be answered."""

import pytest

from graphql_api.domain.history import HistoryLimits, check_history, check_sampling
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import ChatOptions
from graphql_api.errors import BadInput, ErrorCode

LIMITS = HistoryLimits(message_chars=10, history_chars=40, messages=5)


def user(content: str) -> Message:
    return Message(Role.USER, content)


def assistant(content: str) -> Message:
    return Message(Role.ASSISTANT, content)


@pytest.mark.parametrize(
    ("history", "reason", "field"),
    [
        ((), "EMPTY", "history"),
        ((user("a"),) * 6, "TOO_MANY", "history"),
        ((user(" \n\t"),), "BLANK", "history.0.content"),
        ((user("a"), assistant("")), "BLANK", "history.1.content"),
        ((user("x" * 11),), "TOO_LONG", "history.0.content"),
        ((assistant("y" * 40), user("a")), "TOO_LONG", "history"),
        (
            (user("a"), assistant("b")),
            "LAST_MESSAGE_NOT_FROM_USER",
            "history.1.role",
        ),
    ],
)
def test_a_history_that_cannot_be_answered_is_refused(
    history: tuple[Message, ...], reason: str, field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        check_history(history, LIMITS)
    error = caught.value
    assert (error.code, error.reason, error.field) == (
        ErrorCode.BAD_USER_INPUT,
        reason,
        field,
    )


def test_a_long_answer_of_the_model_may_be_sent_back() -> None:
    check_history((assistant("y" * 30), user("a")), LIMITS)


def test_the_limit_counts_characters_and_not_bytes() -> None:
    check_history((user("🦸" * 10),), LIMITS)


@pytest.mark.parametrize("temperature", [-0.1, 2.1, float("nan"), float("inf")])
def test_a_temperature_out_of_range_is_refused(temperature: float) -> None:
    with pytest.raises(BadInput) as caught:
        check_sampling(ChatOptions(temperature=temperature))
    assert caught.value.field == "options.temperature"


@pytest.mark.parametrize("temperature", [0, 1.5, 2])
def test_a_temperature_in_range_is_accepted(temperature: float) -> None:
    check_sampling(ChatOptions(temperature=temperature))


def test_an_answer_of_no_tokens_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        check_sampling(ChatOptions(max_completion_tokens=0))
    assert caught.value.field == "options.maxCompletionTokens"
