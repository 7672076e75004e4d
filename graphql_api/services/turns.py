"""Stored turns: a question is added to a conversation and answered by a generation.

The order matters. A turn is stored, in one transaction, before the model is asked; its
end is stored before any watcher is told. So what somebody saw as complete is committed,
and a crash leaves a running row that the next start finds and interrupts (`recovery`).
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Final

from graphql_api.domain.access import Payer
from graphql_api.domain.conversations import (
    BegunTurn,
    Conversation,
    ConversationChanges,
    NewTurn,
    StoredMessage,
    TitledBy,
    told,
)
from graphql_api.domain.generations import (
    Outcome,
    Problem,
    Status,
)
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import ChatOptions, ModelRequest
from graphql_api.domain.titles import title_of
from graphql_api.errors import (
    BadInput,
    NotFound,
    SidekickError,
    report_bug,
)
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store
from graphql_api.services.answering import Answering
from graphql_api.services.chat import Chat
from graphql_api.services.generations import Generations
from graphql_api.services.limiting import Limiting
from graphql_api.services.titling import Subject, Titling

_MAX_KEY_CHARS: Final = 64
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a turn is wanted for: new text, its options and the client's key."""

    content: str
    options: ChatOptions
    idempotency_key: str | None


@dataclass(frozen=True, slots=True)
class _Plan:
    conversation: Conversation
    ancestors: Sequence[StoredMessage]
    question: str
    request: ModelRequest
    turn: NewTurn


class Turns:
    """Sends, edits and regenerates messages of stored conversations."""

    def __init__(
        self,
        store: Store,
        *,
        chat: Chat,
        answering: Answering,
        generations: Generations,
        titling: Titling,
        limiting: Limiting,
        clock: Clock,
        new_id: Callable[[str], str],
    ) -> None:
        """Take the parts; ``new_id`` makes an identifier with a prefix."""
        self._store = store
        self._chat = chat
        self._answering = answering
        self._generations = generations
        self._titling = titling
        self._limiting = limiting
        self._clock = clock
        self._new_id = new_id

    async def send(self, payer: Payer, conversation_id: str, wish: Wish) -> str:
        """Add a question behind the active branch; the answering generation's id.

        Raises:
            NotFound: There is no such conversation of theirs.
            BadInput: The text, an option or the key is not acceptable.
            Conflict: An answer is being written, or the key means something else.
        """
        conversation = await self._conversation(payer.principal_id, conversation_id)
        path: Sequence[StoredMessage] = ()
        if conversation.leaf_id is not None:
            leaf_id = conversation.leaf_id
            path = await self._store.messages.path(payer.principal_id, leaf_id)
        fingerprint = _fingerprint("send", conversation_id, wish)
        plan = self._plan(conversation, path, wish, fingerprint, asks=True)
        return await self._begin(payer, plan)

    async def edit(self, payer: Payer, message_id: str, wish: Wish) -> str:
        """Add a new version of a question; the answering generation's id.

        Raises:
            NotFound: There is no such message of theirs.
            BadInput: It is not the user's, or the wish is not acceptable.
            Conflict: An answer is being written, or the key means something else.
        """
        conversation, path = await self._path(payer, message_id, Role.USER)
        fingerprint = _fingerprint("edit", message_id, wish)
        plan = self._plan(conversation, path[:-1], wish, fingerprint, asks=True)
        return await self._begin(payer, plan)

    async def regenerate(self, payer: Payer, message_id: str, wish: Wish) -> str:
        """Start a new version of an answer; its generation's id.

        Raises:
            NotFound: There is no such message of theirs.
            BadInput: It is not an answer, or the wish is not acceptable.
            Conflict: An answer is being written, or the key means something else.
        """
        conversation, path = await self._path(payer, message_id, Role.ASSISTANT)
        fingerprint = _fingerprint("regenerate", message_id, wish)
        plan = self._plan(conversation, path[:-1], wish, fingerprint, asks=False)
        return await self._begin(payer, plan)

    async def delete(self, principal_id: str, conversation_id: str) -> None:
        """Delete a conversation; an answer being written in it is stopped first.

        Raises:
            NotFound: There is no such conversation of theirs.
        """
        conversation = await self._conversation(principal_id, conversation_id)
        if conversation.leaf_id is not None:
            ids = [conversation.leaf_id]
            leaves = await self._store.messages.find(principal_id, ids)
            for leaf in leaves.values():
                if leaf.status is Status.STREAMING and leaf.generation_id is not None:
                    with suppress(NotFound):
                        await self._generations.stop(leaf.generation_id)
        await self._store.conversations.delete(principal_id, conversation_id)

    def _plan(
        self,
        conversation: Conversation,
        ancestors: Sequence[StoredMessage],
        wish: Wish,
        fingerprint: str,
        *,
        asks: bool,
    ) -> _Plan:
        history = told(ancestors)
        if asks:
            last_is_open = bool(history) and history[-1].role is Role.USER
            answered = history[:-1] if last_is_open else history
            history = (*answered, Message(Role.USER, wish.content))
        assistant = f"ast_{conversation.assistant_key}"
        kept = replace(conversation.options, assistant_id=assistant)
        request = self._chat.continued(history, wish.options, kept=kept)
        turn = NewTurn(
            conversation_id=conversation.id,
            parent_id=ancestors[-1].id if ancestors else None,
            user_message_id=self._new_id("msg") if asks else None,
            content=wish.content,
            assistant_message_id=self._new_id("msg"),
            generation_id=self._new_id("gen"),
            model_name=request.model.name,
            assistant_key=conversation.assistant_key,
            reserve_usd=self._answering.reserve_usd(request),
            idempotency_key=_checked_key(wish.idempotency_key),
            fingerprint=fingerprint,
            at=self._clock.now(),
        )
        return _Plan(conversation, ancestors, history[0].content, request, turn)

    async def _begin(self, payer: Payer, plan: _Plan) -> str:
        """Store the turn and start its run; a caller that leaves cannot part them."""
        task = asyncio.create_task(self._launch(payer, plan))
        begun = await asyncio.shield(task)
        return begun.generation_id

    async def _launch(self, payer: Payer, plan: _Plan) -> BegunTurn:
        turn = replace(plan.turn, key_id=payer.key_id)
        principal_id = payer.principal_id
        claim = await self._limiting.claim(payer, at=turn.at)
        try:
            begun = await self._store.turns.begin(principal_id, turn)
        except BaseException:
            claim.__exit__()
            raise
        if not begun.fresh:
            claim.__exit__()
            return begun
        self._generations.start(
            plan.request,
            principal_id=principal_id,
            generation_id=turn.generation_id,
            claim=claim,
            end=lambda outcome: self._end(payer, turn.generation_id, outcome),
            after=lambda outcome: self._retitle(payer, plan, outcome),
            stored=True,
        )
        await self._title(principal_id, plan)
        return begun

    async def _end(self, payer: Payer, generation_id: str, outcome: Outcome) -> Outcome:
        """Store how a run ended; what cannot be stored is not told as complete."""
        await self._limiting.used(payer, outcome.usage.total_tokens)
        try:
            await self._store.turns.finish(generation_id, outcome, at=self._clock.now())
        except Exception as error:  # noqa: BLE001 watchers must not wait for ever
            masked = report_bug(_log, "generation.not_stored", error)
            return replace(
                outcome,
                status=Status.INTERRUPTED,
                finish_reason=None,
                problem=_problem(masked),
            )
        return outcome

    async def _title(self, principal_id: str, plan: _Plan) -> None:
        if plan.conversation.titled_by is not TitledBy.NOBODY:
            return
        title = title_of(plan.question)
        changes = ConversationChanges(title=title, titled_by=TitledBy.RULE)
        await self._store.conversations.update(
            principal_id, plan.conversation.id, changes, at=plan.turn.at
        )

    def _retitle(self, payer: Payer, plan: _Plan, outcome: Outcome) -> None:
        """Have the model title what got its first whole answer."""
        whole = outcome.status is Status.COMPLETED
        if whole and not any(_is_answer(message) for message in plan.ancestors):
            subject = Subject(
                payer=payer,
                conversation_id=plan.conversation.id,
                assistant_key=plan.turn.assistant_key,
                model=plan.request.model,
                question=plan.question,
                answer=outcome.text,
            )
            self._titling.write(subject)

    async def _conversation(self, principal_id: str, identifier: str) -> Conversation:
        found = await self._store.conversations.find(principal_id, [identifier])
        if identifier not in found:
            raise NotFound("There is no such conversation.")
        return found[identifier]

    async def _path(
        self, payer: Payer, message_id: str, role: Role
    ) -> tuple[Conversation, Sequence[StoredMessage]]:
        path = await self._store.messages.path(payer.principal_id, message_id)
        if not path:
            raise NotFound("There is no such message.")
        if path[-1].role is not role:
            raise BadInput(
                f"The message is not one of role {role}.",
                reason="WRONG_ROLE",
                field="input.messageId",
            )
        talk_id = path[-1].conversation_id
        return await self._conversation(payer.principal_id, talk_id), path


def _is_answer(message: StoredMessage) -> bool:
    written_here = message.generation_id is not None
    return written_here and message.status is Status.COMPLETED


def _problem(error: SidekickError) -> Problem:
    return Problem(code=error.code, message=error.message, retryable=error.retryable)


def _checked_key(key: str | None) -> str | None:
    if key is not None and not 0 < len(key) <= _MAX_KEY_CHARS:
        raise BadInput(
            f"The idempotency key must have 1 to {_MAX_KEY_CHARS} characters.",
            reason="OUT_OF_RANGE",
            field="input.idempotencyKey",
        )
    return key


def _fingerprint(kind: str, identifier: str, wish: Wish) -> str:
    asked = [kind, identifier, wish.content, asdict(wish.options)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
