"""What keeps stored turns through a crash: checkpoints before it, an end after it."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from graphql_api.domain.conversations import StoredMessage, told
from graphql_api.domain.generations import Outcome, Problem
from graphql_api.domain.models import Model, ModelRequest
from graphql_api.errors import ErrorCode, StreamInterrupted, report_bug
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store
from graphql_api.services.answering import Answering, Draft
from graphql_api.services.catalog import Catalog
from graphql_api.services.generations import Generations

_CHECKPOINT_S: Final = 1.0
_RESTARTED: Final = "The server was restarted in the middle of the answer."
_log = logging.getLogger(__name__)


class Recovery:
    """Checkpoints running turns, and ends those that a crash left running."""

    def __init__(
        self,
        store: Store,
        *,
        answering: Answering,
        generations: Generations,
        catalog: Catalog,
        clock: Clock,
    ) -> None:
        """Take the parts."""
        self._store = store
        self._answering = answering
        self._generations = generations
        self._catalog = catalog
        self._clock = clock

    async def recover(self) -> None:
        """Interrupt the turns that a crash left running; once, at the start."""
        for principal_id, message in await self._store.turns.running():
            if message.generation_id is not None:
                outcome = await self._broken_off(principal_id, message)
                await self._store.turns.finish(
                    message.generation_id, outcome, at=self._clock.now()
                )
                _log.warning("generation.recovered id=%s", message.generation_id)
        problem = Problem(
            code=ErrorCode.INTERRUPTED, message=_RESTARTED, retryable=True
        )
        await self._store.turns.sweep(problem, at=self._clock.now())

    async def checkpoint_for_ever(self) -> None:
        """Keep the partial texts of all running turns, once a second."""
        kept: dict[str, str] = {}
        while True:
            await asyncio.sleep(_CHECKPOINT_S)
            texts = dict(self._generations.partial_texts())
            changed = {
                gid: text for gid, text in texts.items() if kept.get(gid) != text
            }
            try:
                if changed:
                    await self._store.turns.checkpoint(changed)
            except Exception as error:  # noqa: BLE001 the next second tries again
                report_bug(_log, "checkpoint.failed", error)
                continue
            kept = texts

    async def _broken_off(self, principal_id: str, message: StoredMessage) -> Outcome:
        path = await self._store.messages.path(principal_id, message.id)
        draft = Draft(parts=[message.content] if message.content else [])
        request = self._request_of(path, message)
        return self._answering.failed(request, draft, StreamInterrupted(_RESTARTED))

    def _request_of(
        self, path: Sequence[StoredMessage], message: StoredMessage
    ) -> ModelRequest:
        name = message.model_name or ""
        unknown = Model(name=name, provider="unknown", context_window=0)
        return ModelRequest(
            model=self._catalog.named(name) or unknown,
            system_prompt=self._catalog.assistants[0].system_prompt,
            history=told(path[:-1]),
            temperature=0,
            max_completion_tokens=None,
        )
