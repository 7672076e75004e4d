"""Turns the bytes of a streamed chat completion into model events; no I/O."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from graphql_api.adapters.openai.failures import Refusal, broke_off, refused_in_stream
from graphql_api.adapters.openai.sse import SseDecoder, SseError, SseEvent
from graphql_api.domain.models import (
    FinishReason,
    ModelEvent,
    ModelFinished,
    TextDelta,
    UsageReported,
)
from graphql_api.domain.money import TokenUsage

# A reason that is not here, as "tool_calls" or "error", is no end of an answer that we
# asked for: it is passed over, and so the answer counts as broken off.
_REASONS: Final = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
}


# What GraphQL's Int holds, summed up; a provider that says more counts nonsense.
_Tokens = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class _Delta(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _PromptDetails(msgspec.Struct):
    cached_tokens: _Tokens | None = None
    cache_write_tokens: _Tokens | None = None


class _CompletionDetails(msgspec.Struct):
    reasoning_tokens: _Tokens | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: _Tokens
    completion_tokens: _Tokens = 0
    prompt_tokens_details: _PromptDetails | None = None
    completion_tokens_details: _CompletionDetails | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: msgspec.Raw = msgspec.Raw()
    error: Refusal | str | None = None


# 2 µs a chunk, where the SDK's pydantic models cost 70 (measured on one core).
_chunks: Final = msgspec.json.Decoder(_Chunk)
_usages: Final = msgspec.json.Decoder(_Usage | None)


class AnswerReader:
    """Reads one streamed answer, fed with its bytes as they come.

    Attributes:
        began: Whether some text has come.
        finished: Whether the model has said why it finished.
        done: Whether the server has said that the stream ends.
    """

    def __init__(self) -> None:
        """Stand at the beginning of an answer."""
        self.began = False
        self.finished = False
        self.done = False
        self._sse = SseDecoder()

    def feed(self, piece: bytes) -> Iterator[ModelEvent]:
        """Give the model events in this piece; what follows ``[DONE]`` is not read.

        Raises:
            SidekickError: The server reports an error, or writes what nobody can read;
                raised behind the events that came before it.
        """
        try:
            for event in self._sse.feed(piece):
                self.done = self.done or event.data == b"[DONE]"
                if self.done:
                    return
                yield from self._read(event)
        except (SseError, msgspec.DecodeError, UnicodeDecodeError) as error:
            if self.finished:
                # The answer is whole: what is unreadable behind it takes nothing away.
                self.done = True
                return
            raise broke_off(began=self.began) from error

    def _read(self, event: SseEvent) -> Iterator[ModelEvent]:
        chunk = _chunks.decode(event.data) if event.data else _Chunk()
        if chunk.error is not None or event.name == b"error":
            refusal = chunk.error if isinstance(chunk.error, Refusal) else Refusal()
            raise refused_in_stream(refusal, began=self.began)
        for choice in chunk.choices or ():
            yield from self._read_choice(choice)
        if chunk.usage and (usage := _usage(bytes(chunk.usage))) is not None:
            yield UsageReported(usage)

    def _read_choice(self, choice: _Choice) -> Iterator[ModelEvent]:
        delta = choice.delta
        if delta is not None and (text := delta.content or delta.refusal):
            self.began = True
            yield TextDelta(text)
        reason = _REASONS.get(choice.finish_reason or "")
        if reason is not None and not self.finished:
            self.finished = True
            yield ModelFinished(reason)


def _usage(data: bytes) -> TokenUsage | None:
    """The usage; None when there is none that makes sense: it is estimated then."""
    try:
        usage = _usages.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if usage is None:
        return None
    prompt = usage.prompt_tokens_details or _PromptDetails()
    completion = usage.completion_tokens_details or _CompletionDetails()
    return TokenUsage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_prompt_tokens=prompt.cached_tokens,
        cache_write_tokens=prompt.cache_write_tokens,
        reasoning_tokens=completion.reasoning_tokens,
    )
