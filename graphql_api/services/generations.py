"""Generations: runs of a model that belong to the server, not to a socket.

A generation runs in its own task and outlives whoever asked for it. Its events go
to the log; watchers read them from there. Stop cancels the task, which closes the
provider's stream at once.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graphql_api.domain.generations import (
    Generation,
    LoggedEvent,
    Outcome,
    Place,
    Started,
    Status,
)
from graphql_api.domain.models import ModelRequest
from graphql_api.errors import StreamInterrupted
from graphql_api.ports.log import GenerationLog
from graphql_api.services.answering import Answering, Draft
from graphql_api.services.slots import Claim, Slots

EndHook = Callable[[Outcome], Awaitable[Outcome]]
"""Told how a run ended before its watchers are; gives what they are told."""
AfterHook = Callable[[Outcome], None]
"""Told how a run ended after its watchers were; must not wait."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    request: ModelRequest
    claim: Claim
    draft: Draft = field(default_factory=Draft)
    began: bool = False
    end: EndHook | None = None
    after: AfterHook | None = None
    stored: bool = False
    stopping: bool = False
    entered: bool = False
    ended: bool = False
    cancelled: bool = False
    task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        """End the run. A task that never ran a line cannot clean up: it is told."""
        self.cancelled = True
        if self.entered and not self.ended and self.task is not None:
            self.task.cancel()


class Generations:
    """Starts, follows and stops generations; supervises their tasks."""

    def __init__(
        self,
        log: GenerationLog,
        *,
        answering: Answering,
        slots: Slots,
        new_id: Callable[[], str],
    ) -> None:
        """Take the parts; ``new_id`` makes the identifiers."""
        self._generations = log
        self._answering = answering
        self._slots = slots
        self._new_id = new_id
        self._runs: dict[str, _Run] = {}

    def claim(self) -> Claim:
        """Take a place in line for `start`.

        Raises:
            ModelUnavailable: Too many are waiting already; retryable.
        """
        return self._slots.claim()

    def start(
        self,
        request: ModelRequest,
        *,
        principal_id: str,
        generation_id: str | None = None,
        claim: Claim | None = None,
        end: EndHook | None = None,
        after: AfterHook | None = None,
        stored: bool = False,
    ) -> str:
        """Start a generation and give its identifier; it runs on by itself.

        Args:
            request: What to ask the model.
            principal_id: Whose it is.
            generation_id: Its identifier; a new one by default.
            claim: Its place in line; one behind all others by default.
            end: Told how it ended before anybody else is.
            after: Told how it ended after everybody else was.
            stored: Whether its partial texts are to be kept.

        Raises:
            ModelUnavailable: Too many are waiting already; never with a claim.
        """
        run = _Run(
            request, claim or self._slots.claim(), end=end, after=after, stored=stored
        )
        generation_id = generation_id or self._new_id()
        self._generations.start(
            generation_id,
            Started(request.model, run.claim.position),
            principal_id=principal_id,
        )
        self._runs[generation_id] = run
        run.task = asyncio.create_task(
            self._run(generation_id, run), name=generation_id
        )
        return generation_id

    def partial_texts(self) -> Mapping[str, str]:
        """Texts so far of the running generations that are stored."""
        return {
            generation_id: run.draft.text
            for generation_id, run in self._runs.items()
            if run.stored and run.draft.parts
        }

    def owner_id(self, generation_id: str) -> str:
        """The principal whose generation it is.

        Raises:
            NotFound: There is no such generation, or it is forgotten.
        """
        return self._generations.owner_id(generation_id)

    def follow(
        self, generation_id: str, *, after: Place
    ) -> AsyncGenerator[Sequence[LoggedEvent], None]:
        """Events behind the place ``after``, in batches, up to the last one.

        Raises:
            NotFound: There is no such generation, or it is forgotten.
            BadInput: The place lies behind the end of the log.
        """
        return self._generations.follow(generation_id, after=after)

    def read(self, generation_id: str) -> Generation:
        """The generation as it is now.

        Raises:
            NotFound: There is no such generation, or it is forgotten.
        """
        generation = self._generations.read(generation_id)
        run = self._runs.get(generation_id)
        if run is not None and not run.began:
            return replace(generation, status=Status.QUEUED)
        return generation

    async def stop(self, generation_id: str) -> Generation:
        """Stop a generation; what was written stays. One that has ended stays so.

        Raises:
            NotFound: There is no such generation, or it is forgotten.
        """
        run = self._runs.get(generation_id)
        if run is not None and run.task is not None:
            run.stopping = True
            run.cancel()
            await asyncio.wait([run.task])
        return self.read(generation_id)

    async def drain(self, timeout_s: float) -> None:
        """Let the running ones finish for a while, then interrupt the rest."""
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=timeout_s)
        for run in self._runs.values():
            run.cancel()
        await asyncio.wait(tasks)

    async def _run(self, generation_id: str, run: _Run) -> None:
        run.entered = True
        with run.claim:
            try:
                outcome = await self._outcome(generation_id, run)
            except asyncio.CancelledError:
                outcome = self._cancelled(run)
            run.ended = True
        if run.end is not None:
            outcome = await run.end(outcome)
        self._runs.pop(generation_id)
        self._generations.finish(generation_id, outcome)
        if run.after is not None:
            run.after(outcome)
        _log.info(
            "generation.finished generation_id=%s model=%s status=%s total_tokens=%d",
            generation_id,
            run.request.model.name,
            outcome.status,
            outcome.usage.total_tokens,
        )

    async def _outcome(self, generation_id: str, run: _Run) -> Outcome:
        if run.cancelled:
            raise asyncio.CancelledError
        async with run.claim.slot():
            run.began = True
            return await self._answering.run(
                run.request,
                run.draft,
                lambda delta: self._generations.append(generation_id, delta),
            )

    def _cancelled(self, run: _Run) -> Outcome:
        if run.stopping:
            return self._answering.stopped(run.request, run.draft, began=run.began)
        return self._answering.failed(
            run.request, run.draft, StreamInterrupted("The server is shutting down.")
        )
