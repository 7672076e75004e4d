"""The model that answers by a script; tokens are words."""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from graphql_api.adapters.scripted.script import Fault, Script
from graphql_api.domain.conversations import BegunTurn, NewTurn
from graphql_api.domain.models import (
    FinishReason,
    Health,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    TextDelta,
    UsageReported,
)
from graphql_api.domain.money import PriceList, TokenUsage
from graphql_api.errors import (
    BudgetExceeded,
    ModelTimeout,
    ModelUnavailable,
    SettingsError,
)
from graphql_api.ports.store import Turns

PRICES: Final = PriceList(
    prompt=Decimal("0.20"),
    completion=Decimal("1.20"),
    cached_prompt=Decimal("0.02"),
    source="mock",
)
"""Invented, so that every answer has a receipt."""
_DOWN: Final = "The model provider cannot be reached."
_RETRY_AFTER_MS: Final = 2_000
_MAX_REMEMBERED: Final = 1_000
_HALF_SAID: Final = (Fault.CUT, Fault.STALL, Fault.FILTER, Fault.LENGTH)
# A word takes the white space before it along, and the last one also what is behind.
_WORD: Final = re.compile(r"\s*\S+(?:\s+\Z)?")


class ScriptedModel:
    """Says what the script says, and fails where it says so."""

    def __init__(
        self, *, fault: str | None, tokens_per_s: float, idle_timeout_s: float
    ) -> None:
        """Take what holds for questions without marks.

        Raises:
            SettingsError: There is no such fault.
        """
        if fault is not None and fault not in tuple(Fault):
            names = ", ".join(Fault)
            msg = f"SIDEKICK_MOCK_FAULT is {fault!r}; it must be one of {names}."
            raise SettingsError(msg)
        self._script = Script(
            fault=None if fault is None else Fault(fault), tokens_per_s=tokens_per_s
        )
        self._idle_timeout_s = idle_timeout_s
        self._failed: dict[str, None] = {}

    async def answer(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Stream the reply, or what a fault leaves of it."""
        question = request.history[-1].content
        script = self._take(question)
        _fail_at_once(script.fault)
        words: list[str] = _WORD.findall(script.text(question))
        said = words[: len(words) // 2] if script.fault in _HALF_SAID else words
        said = said[: request.max_completion_tokens]
        pause_s = 1 / script.tokens_per_s if script.tokens_per_s else 0
        for word in said:
            await asyncio.sleep(pause_s)
            yield TextDelta(word)
        if script.fault is Fault.CUT:
            return
        if script.fault is Fault.STALL:
            await asyncio.sleep(self._idle_timeout_s)
            msg = f"Nothing came from the model for {self._idle_timeout_s:g} seconds."
            raise ModelTimeout(msg)
        yield ModelFinished(_reason(script.fault, whole=len(said) == len(words)))
        if script.fault is not Fault.NO_USAGE:
            yield UsageReported(_usage(request, len(said)))

    async def health(self) -> Health:
        """Well, unless the settings say that the provider is down."""
        down = self._script.fault is Fault.DOWN
        return Health("model", ok=not down, detail=_DOWN if down else None)

    def refuses(self, question: str) -> bool:
        """Whether the script says that there is no budget for the question.

        Raises:
            BadInput: A mark in it has an unknown value.
        """
        if self._script.marked(question).fault is not Fault.BUDGET:
            return False
        return self._take(question).fault is Fault.BUDGET

    def _take(self, question: str) -> Script:
        script = self._script.marked(question)
        if not script.once:
            return script
        if question in self._failed:
            return replace(script, fault=None)
        if len(self._failed) == _MAX_REMEMBERED:
            del self._failed[next(iter(self._failed))]
        self._failed[question] = None
        return script


class BudgetedTurns:
    """Turns of which the mock's script refuses some, as a spent budget would."""

    def __init__(self, turns: Turns, model: ScriptedModel) -> None:
        """Stand before the real turns."""
        self._turns = turns
        self._model = model
        self.checkpoint = turns.checkpoint
        self.finish = turns.finish
        self.sweep = turns.sweep
        self.running = turns.running
        self.find = turns.find

    async def begin(self, principal_id: str, turn: NewTurn, /) -> BegunTurn:
        """Begin a turn, unless the script says that the budget is spent."""
        if self._model.refuses(turn.content):
            raise BudgetExceeded
        return await self._turns.begin(principal_id, turn)


def _fail_at_once(fault: Fault | None) -> None:
    match fault:
        case Fault.OVERLOADED:
            msg = "The model provider is overloaded: try again later."
            raise ModelUnavailable(msg, retry_after_ms=_RETRY_AFTER_MS)
        case Fault.DOWN:
            raise ModelUnavailable(_DOWN)
        case Fault.BUDGET:
            raise BudgetExceeded
        case Fault.CRASH:
            raise RuntimeError("The mock was told to crash.")
        case _:
            return


def _reason(fault: Fault | None, *, whole: bool) -> FinishReason:
    if fault is Fault.FILTER:
        return FinishReason.CONTENT_FILTER
    return FinishReason.STOP if whole else FinishReason.LENGTH


def _usage(request: ModelRequest, said: int) -> TokenUsage:
    """What was told before counts as cached, so that receipts have such a line."""
    told = [len(message.content.split()) for message in request.history]
    before = len(request.system_prompt.split()) + sum(told[:-1])
    return TokenUsage(
        prompt_tokens=before + told[-1],
        completion_tokens=said,
        cached_prompt_tokens=before if len(told) > 1 else 0,
    )
