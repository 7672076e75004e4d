"""Twins of the ports: code with behaviour, no mocks."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from graphql_api.domain.models import (
    FinishReason,
    Health,
    Model,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    TextDelta,
    UsageReported,
)
from graphql_api.domain.money import TokenUsage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PRICED = Model(name="gpt-4o-mini", provider="openai", context_window=128_000)
FREE = Model(name="free", provider="local", context_window=2_048, free=True)
USAGE = TokenUsage(prompt_tokens=12, completion_tokens=3)


class FixedClock:
    def now(self) -> datetime:
        return NOW


class WordCounter:
    def count(self, text: str, /) -> int:
        return len(text.split())


def complete(*texts: str) -> list[ModelEvent]:
    """What a model says that answers as it should."""
    deltas: list[ModelEvent] = [TextDelta(text) for text in texts]
    return [*deltas, ModelFinished(FinishReason.STOP), UsageReported(USAGE)]


@dataclass
class ScriptedModel:
    """Says its script; an exception in it is raised, an event in it is waited for."""

    script: Sequence[ModelEvent | Exception | asyncio.Event]
    requests: list[ModelRequest] = field(default_factory=list)
    closed: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(
        self, request: ModelRequest, /
    ) -> AsyncGenerator[ModelEvent, None]:
        self.requests.append(request)
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    self.reached.set()
                    await step.wait()
                else:
                    yield step
        finally:
            self.closed += 1

    async def health(self) -> Health:
        return Health("model", ok=True)
