"""Answers a history that the client keeps: only what it cost is stored."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from graphql_api.domain.access import Payer
from graphql_api.domain.generations import Outcome
from graphql_api.domain.messages import Message
from graphql_api.domain.models import ChatOptions, Model, ModelRequest
from graphql_api.errors import SidekickError
from graphql_api.ports.clock import Clock
from graphql_api.services.answering import Answering, Draft
from graphql_api.services.chat import Chat
from graphql_api.services.generations import Generations
from graphql_api.services.limiting import Limiting
from graphql_api.services.paying import Order, Paying, Tab
from graphql_api.services.slots import Claim


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer and the model that gave it."""

    model: Model
    outcome: Outcome


class Asking:
    """Has a model answer, at once or as a generation, and has it paid."""

    def __init__(
        self,
        *,
        chat: Chat,
        answering: Answering,
        generations: Generations,
        limiting: Limiting,
        paying: Paying,
        clock: Clock,
    ) -> None:
        """Take the parts."""
        self._chat = chat
        self._answering = answering
        self._generations = generations
        self._limiting = limiting
        self._paying = paying
        self._clock = clock
        self._answers: set[asyncio.Task[Answer]] = set()

    async def answer(
        self, payer: Payer, history: tuple[Message, ...], options: ChatOptions
    ) -> Answer:
        """Answer the history; cancelling it closes the provider's stream.

        Raises:
            BadInput: The history or an option is not acceptable.
            BudgetExceeded: The answer may cost more than is left.
            RateLimited: The payer has too many answers, or used too many tokens.
            SidekickError: The model failed; a partial answer is given up.
        """
        order = self._order(payer, history, options)
        # A task of its own, so that the shutdown waits until it is paid.
        task = asyncio.create_task(self._answer(order))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            raise

    async def start(
        self, payer: Payer, history: tuple[Message, ...], options: ChatOptions
    ) -> str:
        """Start a generation that answers the history; its identifier.

        Raises:
            BadInput: The history or an option is not acceptable.
            BudgetExceeded: The answer may cost more than is left.
        """
        order = self._order(payer, history, options)
        # Who leaves cannot part the reserve from the run.
        return await asyncio.shield(asyncio.create_task(self._start(order)))

    async def drain(self, timeout_s: float) -> None:
        """Let answers end for a while, then give the rest up; all are paid then."""
        tasks = list(self._answers)
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _order(
        self, payer: Payer, history: tuple[Message, ...], options: ChatOptions
    ) -> Order:
        return Order(
            payer=payer,
            request=self._chat.prepare(history, options),
            assistant_key=self._chat.assistant_key(options),
            at=self._clock.now(),
        )

    async def _claim(self, order: Order) -> Claim:
        return await self._limiting.claim(order.payer, at=order.at)

    async def _answer(self, order: Order) -> Answer:
        with await self._claim(order) as claim:
            async with self._tab(order) as tab, claim.slot():
                outcome = await self._complete(order.request, tab)
        return Answer(order.request.model, outcome)

    @asynccontextmanager
    async def _tab(self, order: Order) -> AsyncGenerator[Tab]:
        """A tab whose tokens count, however it ends."""
        async with self._paying.tab(order) as tab:
            try:
                yield tab
            finally:
                if tab.outcome is not None:
                    tokens = tab.outcome.usage.total_tokens
                    await self._limiting.used(order.payer, tokens)

    async def _complete(self, request: ModelRequest, tab: Tab) -> Outcome:
        """The whole answer; when it breaks, the tab says what it used."""
        draft = Draft()
        try:
            tab.outcome = await self._answering.complete(request, draft)
        except asyncio.CancelledError:
            tab.outcome = self._answering.stopped(request, draft, began=True)
            raise
        except SidekickError as error:
            tab.outcome = self._answering.failed(request, draft, error)
            raise
        return tab.outcome

    async def _start(self, order: Order) -> str:
        claim = await self._claim(order)
        try:
            generation_id = await self._paying.open(order)
        except BaseException:
            claim.__exit__()
            raise
        return self._generations.start(
            order.request,
            principal_id=order.payer.principal_id,
            generation_id=generation_id,
            claim=claim,
            end=partial(self._end, order, generation_id),
        )

    async def _end(self, order: Order, generation_id: str, outcome: Outcome) -> Outcome:
        await self._limiting.used(order.payer, outcome.usage.total_tokens)
        await self._paying.close(generation_id, outcome)
        return outcome
