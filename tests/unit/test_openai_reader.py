import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.adapters.openai.failures import parse_retry_after_ms
from graphql_api.adapters.openai.reader import AnswerReader
from graphql_api.domain.models import (
    FinishReason,
    ModelEvent,
    ModelFinished,
    TextDelta,
    UsageReported,
)
from graphql_api.errors import ErrorCode, ModelUnavailable, StreamInterrupted


def event(data: object) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def delta(text: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": text}}]})


def finish(reason: str) -> bytes:
    return event({"choices": [{"delta": {}, "finish_reason": reason}]})


def read(*pieces: bytes) -> list[ModelEvent]:
    reader = AnswerReader()
    return [event for piece in pieces for event in reader.feed(piece)]


@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1)))
def test_the_text_is_what_was_sent_however_it_is_cut(texts: list[str]) -> None:
    stream = b"".join(map(delta, texts)) + finish("stop")
    events = read(*(bytes([byte]) for byte in stream))
    said = [event.text for event in events if isinstance(event, TextDelta)]
    assert said == texts
    assert events[-1] == ModelFinished(FinishReason.STOP)


def test_nothing_behind_the_end_is_read() -> None:
    done = b"data: [DONE]\n\n" + delta("b")
    assert read(delta("a"), done, delta("c")) == [TextDelta("a")]


def test_a_reason_counts_once() -> None:
    assert len(read(finish("stop"), finish("length"))) == 1


@pytest.mark.parametrize("reason", ["tool_calls", "error", "whatever", ""])
def test_an_unknown_reason_is_no_end(reason: str) -> None:
    assert read(finish(reason)) == []


def test_a_refusal_of_the_model_is_its_answer() -> None:
    refusal = {"choices": [{"delta": {"content": None, "refusal": "I'd rather not."}}]}
    assert read(event(refusal)) == [TextDelta("I'd rather not.")]


def test_the_usage_may_lack_its_parts() -> None:
    [reported] = read(event({"choices": [], "usage": {"prompt_tokens": 5}}))
    assert isinstance(reported, UsageReported)
    assert reported.usage.prompt_tokens == 5
    assert reported.usage.cached_prompt_tokens is None


def test_text_before_an_error_in_the_same_piece_is_kept() -> None:
    events = AnswerReader().feed(delta("a") + event({"error": {"message": "boom"}}))
    assert next(events) == TextDelta("a")
    with pytest.raises(StreamInterrupted) as caught:
        next(events)
    assert "boom" not in caught.value.message


@pytest.mark.parametrize(
    "piece",
    [b"data: {\n\n", b"data: 7\n\n", b'data: {"choices": 7}\n\n', b"data: \xff\n\n"],
)
def test_what_nobody_can_read_is_an_error(piece: bytes) -> None:
    with pytest.raises(ModelUnavailable):
        read(piece)
    with pytest.raises(StreamInterrupted):
        read(delta("a"), piece)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        ({"code": "rate_limit_exceeded"}, ErrorCode.MODEL_UNAVAILABLE, True),
        ({"code": "insufficient_quota"}, ErrorCode.MODEL_UNAVAILABLE, False),
        ({"code": 503}, ErrorCode.MODEL_UNAVAILABLE, True),
        ({"code": "context_length_exceeded"}, ErrorCode.BAD_USER_INPUT, False),
        ("just words", ErrorCode.MODEL_UNAVAILABLE, True),
    ],
)
def test_an_error_event_before_the_text_is_what_it_says(
    error: object, code: ErrorCode, *, retryable: bool
) -> None:
    with pytest.raises(Exception, match=r"\.$") as caught:
        read(event({"error": error}))
    assert (caught.value.code, caught.value.retryable) == (code, retryable)


@pytest.mark.parametrize(
    ("headers", "wait_ms"),
    [
        ({"retry-after": "7"}, 7000),
        ({"retry-after": "0.5"}, 500),
        ({"retry-after-ms": "250", "retry-after": "1"}, 250),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_understood_in_seconds_and_milliseconds(
    headers: dict[str, str], wait_ms: int | None
) -> None:
    assert parse_retry_after_ms(headers) == wait_ms


@pytest.mark.parametrize(
    "usage",
    [
        b"{}",
        b'{"total_tokens": 9}',
        b'{"prompt_tokens": null}',
        b'{"prompt_tokens": 1.5}',
        b'{"prompt_tokens": -5, "completion_tokens": 1}',
        b'{"prompt_tokens": 3000000000, "completion_tokens": 1}',
        b"7",
    ],
)
def test_a_usage_that_makes_no_sense_is_as_good_as_none(usage: bytes) -> None:
    reader = AnswerReader()
    stream = (
        b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],'
        b'"usage":' + usage + b"}\n\ndata: [DONE]\n\n"
    )
    events = list(reader.feed(stream))
    assert events == [TextDelta("Hi"), ModelFinished(FinishReason.STOP)]


def test_what_cannot_be_read_behind_the_end_takes_nothing_away() -> None:
    reader = AnswerReader()
    stream = (
        b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n'
        b"data: <html>\n\n"
    )
    events = list(reader.feed(stream))
    assert events == [TextDelta("Hi"), ModelFinished(FinishReason.STOP)]
    assert reader.done
