"""The scripted model: it answers by repeating the last user message.

For tests and demos, chosen by the settings alone. Two words in the message change
what it does: ``__crash__`` makes it raise an error that nobody expects, whose text
holds a key that must never be shown; ``__slow__`` makes it wait before each word.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Final

from graphql_api.domain.models import (
    FinishReason,
    Health,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    TextDelta,
    UsageReported,
)
from graphql_api.domain.money import TokenUsage

CANARY: Final = "sk-12345"
_SLOW_S: Final = 0.05
# A word takes the white space before it along, and the last one also what is behind.
_WORD: Final = re.compile(r"\s*\S+(?:\s+\Z)?")


class EchoModel:
    """Repeats the last message, one delta a word; tokens are words."""

    async def answer(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Stream the last message; the deltas joined are exactly its text."""
        text = request.history[-1].content
        if "__crash__" in text:
            raise RuntimeError(f"The echo crashed while it held the key {CANARY}.")
        pause_s = _SLOW_S if "__slow__" in text else 0
        words: list[str] = _WORD.findall(text)
        said = words[: request.max_completion_tokens]
        for word in said:
            await asyncio.sleep(pause_s)
            yield TextDelta(word)
        cut = len(said) < len(words)
        yield ModelFinished(FinishReason.LENGTH if cut else FinishReason.STOP)
        yield UsageReported(_usage(request, len(said)))

    async def health(self) -> Health:
        """Always well."""
        return Health("model", ok=True)


def _usage(request: ModelRequest, said: int) -> TokenUsage:
    heard = sum(len(message.content.split()) for message in request.history)
    return TokenUsage(prompt_tokens=heard, completion_tokens=said)
