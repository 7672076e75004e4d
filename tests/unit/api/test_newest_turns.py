"""What a model is told of a conversation that is too long for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.domain.history import HistoryLimits, newest_turns
from graphql_api.domain.messages import Message, Role

histories = st.lists(st.text("ab ", max_size=9), min_size=1, max_size=20)


def talk(*texts: str) -> tuple[Message, ...]:
    """Make messages that take turns, the last one the user's."""
    roles = (Role.USER, Role.ASSISTANT)
    last = len(texts) - 1
    return tuple(
        Message(roles[(last - index) % 2], text) for index, text in enumerate(texts)
    )


def told(
    history: tuple[Message, ...],
    *,
    max_tokens: int = 10_000,
    messages: int = 1_000,
    chars: int = 10_000,
) -> list[str]:
    limits = HistoryLimits(message_chars=99, history_chars=chars, messages=messages)
    left = newest_turns(history, limits, max_tokens=max_tokens, count=len)
    return [message.content for message in left]


LONG = talk("q1", "a1", "q2", "a2", "q3")


def test_what_fits_is_told_as_a_whole() -> None:
    assert told(LONG) == ["q1", "a1", "q2", "a2", "q3"]


@pytest.mark.parametrize(
    "limit", [{"max_tokens": 9}, {"messages": 4}, {"chars": 9}, {"messages": 3}]
)
def test_the_oldest_turn_is_left_out_as_a_whole(limit: dict[str, int]) -> None:
    assert told(LONG, **limit) == ["q2", "a2", "q3"]


def test_the_last_question_is_told_however_long() -> None:
    assert told(LONG, max_tokens=0) == ["q3"]


@given(histories, st.integers(0, 60), st.integers(1, 20))
def test_as_many_whole_turns_are_told_as_fit(
    texts: list[str], max_tokens: int, messages: int
) -> None:
    history = talk(*texts)
    left = told(history, max_tokens=max_tokens, messages=messages)
    start = len(texts) - len(left)
    assert left == texts[start:]
    fits = len("".join(left)) <= max_tokens and len(left) <= messages
    assert fits or len(left) == 1
    more = [texts[i:] for i in range(start) if history[i].role is Role.USER]
    assert all(len("".join(m)) > max_tokens or len(m) > messages for m in more)
    assert left == texts[-1:] or history[start].role is Role.USER
