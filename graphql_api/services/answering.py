"""One answer of a model, from the request to the outcome; shared by all callers."""

import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from graphql_api.domain.generations import Delta, FinalStatus, Outcome, Problem, Status
from graphql_api.domain.models import (
    FinishReason,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    TextDelta,
    UsageReported,
)
from graphql_api.domain.money import TokenUsage
from graphql_api.errors import (
    ErrorCode,
    SidekickError,
    StreamInterrupted,
    report_bug,
)
from graphql_api.ports.clock import Clock
from graphql_api.ports.model import LanguageModel, TokenCounter
from graphql_api.pricing import PriceTable, cost

# Every chat template spends a few tokens on the role and the ends of a message.
_TOKENS_PER_MESSAGE: Final = 4
# Reserved for an answer that nobody bounds.
_USUAL_COMPLETION_TOKENS: Final = 4_096
# No answer for people is longer; a provider that never ends must not fill the memory.
_MAX_ANSWER_CHARS: Final = 4_000_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Draft:
    """What came of an answer so far."""

    parts: list[str] = field(default_factory=list[str])
    chars: int = 0
    usage: TokenUsage | None = None
    finish_reason: FinishReason | None = None

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.parts)


class Answering:
    """Runs a model and meters what it used."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        prices: PriceTable,
        counter: TokenCounter,
        clock: Clock,
    ) -> None:
        """Take the parts."""
        self._model = model
        self._prices = prices
        self._counter = counter
        self._clock = clock

    async def complete(self, request: ModelRequest, draft: Draft) -> Outcome:
        """Run the model to the end, filling the draft.

        Raises:
            SidekickError: The model failed.
        """
        await self._consume(request, draft, _ignore)
        return self._outcome(request, draft, Status.COMPLETED, spent=True)

    async def run(
        self, request: ModelRequest, draft: Draft, on_delta: Callable[[Delta], None]
    ) -> Outcome:
        """Run the model to the end, filling the draft; raises only when cancelled."""
        try:
            await self._consume(request, draft, on_delta)
        except SidekickError as error:
            return self.failed(request, draft, error)
        return self._outcome(request, draft, Status.COMPLETED, spent=True)

    async def _consume(
        self, request: ModelRequest, draft: Draft, on_delta: Callable[[Delta], None]
    ) -> None:
        """Fill the draft; a stream without a finish reason is never a success."""
        try:
            async with aclosing(self._model.answer(request)) as events:
                async for event in events:
                    _take(event, draft, on_delta)
                    if draft.chars > _MAX_ANSWER_CHARS:
                        draft.finish_reason = FinishReason.LENGTH
                        break
        except SidekickError:
            raise
        except Exception as bug:  # noqa: BLE001 a bug in a model must not end the service
            raise report_bug(_log, "model.crashed", bug) from None
        if draft.finish_reason is None:
            msg = "The answer broke off: the model did not say that it was done."
            raise StreamInterrupted(msg)

    def failed(
        self, request: ModelRequest, draft: Draft, error: SidekickError
    ) -> Outcome:
        """Outcome of an answer that broke: INTERRUPTED with text, else FAILED."""
        broke_off = bool(draft.parts) or error.code is ErrorCode.INTERRUPTED
        status = Status.INTERRUPTED if broke_off else Status.FAILED
        outcome = self._outcome(request, draft, status, spent=bool(draft.parts))
        problem = Problem(
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            retry_after_ms=error.retry_after_ms,
        )
        return replace(outcome, problem=problem, finish_reason=None)

    def stopped(self, request: ModelRequest, draft: Draft, *, began: bool) -> Outcome:
        """Outcome of an answer that somebody stopped.

        Args:
            request: What the model was asked.
            draft: What came of it.
            began: Whether the model was asked at all, and so the prompt spent.
        """
        outcome = self._outcome(request, draft, Status.STOPPED, spent=began)
        return replace(outcome, finish_reason=None)

    def reserve_usd(self, request: ModelRequest) -> Decimal | None:
        """Most that an answer may cost at list price; None when that is unknown."""
        prompt = self._prompt_tokens(request)
        completion = request.max_completion_tokens or _USUAL_COMPLETION_TOKENS
        prices = self._prices.prices(
            request.model, at=self._clock.now(), prompt_tokens=prompt
        )
        usage = TokenUsage(prompt_tokens=prompt, completion_tokens=completion)
        return None if prices is None else cost(usage, prices).amount

    def message_tokens(self, text: str) -> int:
        """Tokens of a message in a prompt; an estimate."""
        return self._counter.count(text) + _TOKENS_PER_MESSAGE

    def _prompt_tokens(self, request: ModelRequest) -> int:
        texts = [request.system_prompt, *(m.content for m in request.history)]
        return sum(map(self.message_tokens, texts))

    def _outcome(
        self, request: ModelRequest, draft: Draft, status: FinalStatus, *, spent: bool
    ) -> Outcome:
        usage = self._usage(request, draft, spent=spent)
        prices = self._prices.prices(
            request.model, at=self._clock.now(), prompt_tokens=usage.prompt_tokens
        )
        return Outcome(
            status=status,
            text=draft.text,
            usage=usage,
            cost=None if prices is None else cost(usage, prices),
            finish_reason=draft.finish_reason,
        )

    def _usage(self, request: ModelRequest, draft: Draft, *, spent: bool) -> TokenUsage:
        if draft.usage is not None:
            return draft.usage
        if not spent:
            return TokenUsage(prompt_tokens=0, completion_tokens=0, estimated=True)
        return TokenUsage(
            prompt_tokens=self._prompt_tokens(request),
            completion_tokens=self._counter.count(draft.text),
            estimated=True,
        )


def _take(event: ModelEvent, draft: Draft, on_delta: Callable[[Delta], None]) -> None:
    match event:
        case TextDelta(text):
            draft.parts.append(text)
            draft.chars += len(text)
            on_delta(Delta(text))
        case ModelFinished(reason):
            draft.finish_reason = reason
        case UsageReported(usage):
            draft.usage = usage


def _ignore(_: Delta) -> None:
    """Nobody watches."""
