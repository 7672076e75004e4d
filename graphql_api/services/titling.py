"""Titles written by the model, in what answers leave free.

A title is worth little, so it may cost nobody anything: it begins after the answer's
watchers were told of the end, waits for a slot that no answer needs and gives it up to
the first one that does. When it comes to nothing, the title by the rule stays. What it
used is charged all the same, with a row of its own in the ledger.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from graphql_api.domain.access import Payer
from graphql_api.domain.conversations import (
    ConversationChanges,
    Purpose,
    TitledBy,
)
from graphql_api.domain.generations import Delta, Outcome, Status
from graphql_api.domain.models import FinishReason, Model, ModelRequest
from graphql_api.domain.titles import title_from, title_request
from graphql_api.errors import BudgetExceeded, report_bug
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store
from graphql_api.services.answering import Answering, Draft
from graphql_api.services.paying import Order, Paying
from graphql_api.services.slots import Slots

# How long one is waited for: a free slot, then the model.
_WAIT_S: Final = 60.0
_WRITE_S: Final = 10.0
_MAX_WAITING: Final = 100
_BETTER: Final = (TitledBy.MODEL, TitledBy.USER)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What to find a title for: a question and its answer, and the model to ask."""

    payer: Payer
    conversation_id: str
    assistant_key: str
    model: Model
    question: str
    answer: str


class Titling:
    """Writes titles, at most one at a time for each conversation."""

    def __init__(
        self,
        store: Store,
        *,
        answering: Answering,
        slots: Slots,
        paying: Paying,
        clock: Clock,
    ) -> None:
        """Take the parts."""
        self._store = store
        self._answering = answering
        self._slots = slots
        self._paying = paying
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._speechless: set[str] = set()
        self._closed = False

    def write(self, subject: Subject) -> None:
        """Begin to write a title, unless there is a reason to leave it out."""
        key = subject.conversation_id
        full = self._closed or len(self._tasks) >= _MAX_WAITING
        mute = not subject.model.titles or subject.model.name in self._speechless
        if full or mute or key in self._tasks:
            return
        task = asyncio.create_task(self._supervise(subject), name=f"title {key}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key))

    async def drain(self, timeout_s: float) -> None:
        """Begin no more; let those being written end for a while, then stop them."""
        self._closed = True
        tasks = list(self._tasks.values())
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=timeout_s)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def _supervise(self, subject: Subject) -> None:
        try:
            await self._write(subject)
        except Exception as error:  # noqa: BLE001 the title by the rule stays
            report_bug(_log, "title.failed", error)

    async def _write(self, subject: Subject) -> None:
        request = title_request(subject.model, subject.question, subject.answer)
        outcome = await self._ask(subject, request)
        if outcome is None:
            return
        title = self._sensible(subject.model, outcome)
        if title is not None:
            changes = ConversationChanges(title=title, titled_by=TitledBy.MODEL)
            await self._store.conversations.update(
                subject.payer.principal_id,
                subject.conversation_id,
                changes,
                at=self._clock.now(),
            )

    async def _ask(self, subject: Subject, request: ModelRequest) -> Outcome | None:
        """What the model wrote; None when it was not asked, or did not get far."""
        try:
            async with self._slots.spare(wait_s=_WAIT_S, hold_s=_WRITE_S):
                if not await self._wanted(subject):
                    return None
                return await self._paid(subject, request)
        except (TimeoutError, asyncio.CancelledError, BudgetExceeded):
            return None

    async def _wanted(self, subject: Subject) -> bool:
        key = subject.conversation_id
        owner = subject.payer.principal_id
        found = await self._store.conversations.find(owner, [key])
        return key in found and found[key].titled_by not in _BETTER

    async def _paid(self, subject: Subject, request: ModelRequest) -> Outcome:
        order = Order(
            payer=subject.payer,
            request=request,
            assistant_key=subject.assistant_key,
            at=self._clock.now(),
            purpose=Purpose.TITLE,
            conversation_id=subject.conversation_id,
        )
        draft = Draft()
        async with self._paying.tab(order) as tab:
            try:
                outcome = await self._answering.run(request, draft, _ignore)
            # Evicted, too late, or about to end: what was used is charged.
            except asyncio.CancelledError:
                outcome = self._answering.stopped(request, draft, began=True)
                tab.outcome = outcome
                raise
            tab.outcome = outcome if outcome.usage.total_tokens else None
            return outcome

    def _sensible(self, model: Model, outcome: Outcome) -> str | None:
        reason = outcome.finish_reason
        if outcome.status is not Status.COMPLETED:
            return None
        if reason is FinishReason.LENGTH and not outcome.text.strip():
            # It thinks before it speaks, and would do so at a cost every time.
            self._speechless.add(model.name)
            _log.warning("title.none model=%s: asked no more", model.name)
        refused = reason is FinishReason.CONTENT_FILTER
        return None if refused else title_from(outcome.text)


def _ignore(_: Delta) -> None:
    """Nobody watches."""
