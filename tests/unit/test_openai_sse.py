from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.adapters.openai.sse import (
    MAX_EVENT_BYTES,
    SseDecoder,
    SseError,
    SseEvent,
)

LINES = st.sampled_from(
    """
data: a
data:b
data:  c
data: 🦇—é
data
\ufeffdata: x
event: error
: a comment
:
id: 7
retry: 5
colon
""".encode().splitlines()
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]))).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


def decode(*pieces: bytes) -> list[SseEvent]:
    decoder = SseDecoder()
    return [event for piece in pieces for event in decoder.feed(piece)]


def plain(stream: bytes) -> list[SseEvent]:
    """The same as the decoder, from the whole stream at once, line by line."""
    text = stream.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    *ended, _ = text.replace(b"\r", b"\n").split(b"\n")
    events, data, name = [], [], b""
    for line in ended:
        field, _, value = line.partition(b":")
        if not line:
            events += [SseEvent(name, b"\n".join(data))] if data else []
            data, name = [], b""
        elif field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.removeprefix(b" ")
    return events


@given(stream=STREAMS, cuts=st.lists(st.integers(0, 200)))
def test_any_cutting_of_the_stream_gives_the_same_events(
    stream: bytes, cuts: list[int]
) -> None:
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    assert decode(*pieces) == plain(stream)


@given(stream=STREAMS)
def test_one_byte_at_a_time_gives_the_same_events(stream: bytes) -> None:
    assert decode(*(bytes([byte]) for byte in stream)) == plain(stream)


def test_lines_of_data_are_joined() -> None:
    events = decode(b"event: e\ndata: one\ndata: two\n\ndata: three\n\n")
    assert events == [SseEvent(b"e", b"one\ntwo"), SseEvent(b"", b"three")]


def test_an_event_that_the_stream_leaves_unfinished_is_none() -> None:
    assert decode(b"data: one\n\ndata: two\n") == [SseEvent(b"", b"one")]


def test_an_event_without_end_is_refused() -> None:
    decoder = SseDecoder()
    decoder.feed(b"x" * MAX_EVENT_BYTES)
    with pytest.raises(SseError):
        decoder.feed(b"x")


def test_events_that_have_ended_do_not_count_for_the_limit() -> None:
    decoder = SseDecoder()
    event = b"data: " + b"x" * (MAX_EVENT_BYTES // 3) + b"\n\n"
    assert [len(decoder.feed(event)) for _ in range(9)] == [1] * 9
