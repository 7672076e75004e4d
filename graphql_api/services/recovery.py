"""What keeps stored turns through a crash: checkpoints before it, an end after it."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from graphql_api.domain.conversations import StoredMessage, told
from graphql_api.domain.generations import Outcome, Problem
from graphql_api.domain.models import ChatOptions, Model, ModelRequest
from graphql_api.errors import BadInput, ErrorCode, StreamInterrupted, report_bug
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store
from graphql_api.services.answering import Answering, Draft
from graphql_api.services.catalog import Catalog
from graphql_api.services.chat import Chat
from graphql_api.services.generations import Generations

# With the time that writing takes it is within the second that is promised.
_CHECKPOINT_S: Final = 0.8
_RESTARTED: Final = "The server was restarted in the middle of the answer."
_log = logging.getLogger(__name__)


class Recovery:
    """Checkpoints running turns, and ends those that a crash left running."""

    def __init__(
        self,
        store: Store,
        *,
        answering: Answering,
        chat: Chat,
        generations: Generations,
        catalog: Catalog,
        clock: Clock,
    ) -> None:
        """Take the parts."""
        self._store = store
        self._answering = answering
        self._chat = chat
        self._generations = generations
        self._catalog = catalog
        self._clock = clock

    async def recover(self) -> None:
        """End the turns and runs that a crash left running; once, at the start."""
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
        for generation_id in await self._store.runs.sweep():
            _log.warning("run.recovered id=%s", generation_id)

    async def checkpoint_for_ever(self) -> None:
        """Keep the partial texts of all running turns, once a second."""
        kept: Mapping[str, int] = {}
        while True:
            await asyncio.sleep(_CHECKPOINT_S)
            try:
                kept = await self._checkpoint(kept)
            except Exception as error:  # noqa: BLE001 the next second tries again
                report_bug(_log, "checkpoint.failed", error)

    async def _checkpoint(self, kept: Mapping[str, int]) -> Mapping[str, int]:
        """Keep the texts that grew; the lengths of all, for they only grow."""
        texts = self._generations.partial_texts()
        grown = {gid: text for gid, text in texts.items() if kept.get(gid) != len(text)}
        if grown:
            await self._store.turns.checkpoint(grown)
        return {gid: len(text) for gid, text in texts.items()}

    async def _broken_off(self, principal_id: str, message: StoredMessage) -> Outcome:
        draft = Draft(parts=[message.content] if message.content else [])
        request = await self._request_of(principal_id, message)
        return self._answering.failed(request, draft, StreamInterrupted(_RESTARTED))

    async def _request_of(
        self, principal_id: str, message: StoredMessage
    ) -> ModelRequest:
        """What the model was told, as far as that is still known."""
        path = await self._store.messages.path(principal_id, message.id)
        history = told(path[:-1])
        name, talk_id = message.model_name or "", message.conversation_id
        talks = await self._store.conversations.find(principal_id, [talk_id])
        model = self._catalog.named(name)
        if model is not None and talk_id in talks:
            assistant_id = f"ast_{talks[talk_id].assistant_key}"
            options = ChatOptions(assistant_id=assistant_id, model_id=model.id)
            with suppress(BadInput):  # the persona or the limits are others now
                kept = talks[talk_id].options
                return self._chat.continued(history, options, kept=kept)
        return ModelRequest(
            model=model or Model(name=name, provider="unknown", context_window=0),
            system_prompt=self._catalog.assistants[0].system_prompt,
            history=history,
            temperature=0,
            max_completion_tokens=None,
        )
