"""Asks a language model and keeps what came."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import (
    FinishReason,
    Model,
    ModelFinished,
    ModelRequest,
    TextDelta,
    UsageReported,
)
from graphql_api.domain.money import TokenUsage
from graphql_api.errors import SidekickError
from graphql_api.ports.model import LanguageModel, ModelEndpoint

_LIMIT_S = 30


@dataclass(frozen=True)
class Fixed:
    """The source of an endpoint that never changes."""

    at: ModelEndpoint

    async def endpoint(self) -> ModelEndpoint:
        return self.at


@dataclass
class Got:
    """What a model said, and how it ended."""

    deltas: list[str] = field(default_factory=list)
    finish: FinishReason | None = None
    usage: TokenUsage | None = None
    error: SidekickError | None = None

    @property
    def text(self) -> str:
        return "".join(self.deltas)

    @property
    def code(self) -> str | None:
        return None if self.error is None else self.error.code.value


def request(
    model: str = "ok",
    text: str = "Who is Batman?",
    *,
    max_tokens: int | None = None,
    history: tuple[Message, ...] = (),
) -> ModelRequest:
    return ModelRequest(
        model=Model(name=model, provider="openai", context_window=8192),
        system_prompt="You know comics.",
        history=(*history, Message(Role.USER, text)),
        temperature=0.5,
        max_completion_tokens=max_tokens,
    )


async def ask(model: LanguageModel, asked: ModelRequest) -> Got:
    """Ask, and keep the text, the finish reason, the usage or the error."""
    got = Got()
    try:
        async with asyncio.timeout(_LIMIT_S), aclosing(model.answer(asked)) as events:
            async for event in events:
                match event:
                    case TextDelta(text):
                        got.deltas.append(text)
                    case ModelFinished(reason):
                        got.finish = reason
                    case UsageReported(usage):
                        got.usage = usage
    except SidekickError as error:
        got.error = error
    return got
