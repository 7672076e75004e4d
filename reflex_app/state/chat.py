"""The conversation of this tab: a cache of what the API has, and the turn it starts."""

import asyncio
from collections.abc import AsyncGenerator

import reflex as rx
from reflex.event import EventType

from reflex_app import choices, session
from reflex_app.choices import Chosen
from reflex_app.export import MIME_TYPES, Format, export, file_name
from reflex_app.folding import lean
from reflex_app.listing import Undo
from reflex_app.replies import ApiError, Problem
from reflex_app.session import Conversation
from reflex_app.state import turns
from reflex_app.state.following import (
    arrive,
    await_title,
    begin,
    conversation,
    keep_choice,
    leave,
    look_again,
    refresh,
    show,
    show_found,
)
from reflex_app.state.reaching import reach
from reflex_app.state.service import service, words
from reflex_app.state.sidebar import SidebarState, notice, remove, settle
from reflex_app.view import Row

NOWHERE = "?"
"""The place before the browser has said which conversation it wants."""
GONE = Problem(
    code="INTERRUPTED",
    message="The service cannot be reached. What had arrived of the answer is shown.",
    retryable=True,
)
_PATIENCE_S = 0.15
"""A conversation that is there sooner is shown without a skeleton before it."""


rx.serializer(lean)


class ChatState(rx.State):
    """The conversation of this tab."""

    place: str = NOWHERE
    """The conversation shown; empty for a new one."""
    phase: str = ""
    """`home`, `loading`, `open`, `missing` or `failed`; empty at the very start."""
    heading: str = "Sidekick"
    part_0: list[Row] = []
    """The messages stand in sixteen lists; see `reflex_app.folding`."""
    part_1: list[Row] = []
    part_2: list[Row] = []
    part_3: list[Row] = []
    part_4: list[Row] = []
    part_5: list[Row] = []
    part_6: list[Row] = []
    part_7: list[Row] = []
    part_8: list[Row] = []
    part_9: list[Row] = []
    part_10: list[Row] = []
    part_11: list[Row] = []
    part_12: list[Row] = []
    part_13: list[Row] = []
    part_14: list[Row] = []
    part_15: list[Row] = []
    asked: list[Row] = []
    """The question that the API has not taken yet, if there is one."""
    first: str = ""
    """Key of the first row."""
    more: bool = False
    empty: bool = True
    busy: bool = False
    stopping: bool = False
    generation: str = ""
    reached: str = ""
    """Which message was asked for last and what came of it; see `reaching`."""
    turn: int = 0
    choice: Chosen = Chosen()
    total: str = "$0.00"
    total_title: str = ""

    _conversation: Conversation = Conversation()
    _visit: int = 0

    @rx.event(background=True)
    async def open(self, place: str) -> None:
        """Show a conversation, or a new one when `place` is empty."""
        async with self:
            self._visit += 1
            visit = self._visit
            if not place:
                arrive(self, "", "home", Conversation())
                return
        reading = asyncio.create_task(turns.stored(place, last=turns.PAGE))
        if not (await asyncio.wait({reading}, timeout=_PATIENCE_S))[0]:
            async with self:
                if self._visit == visit:
                    arrive(self, place, "loading", Conversation())
        found = await reading
        async with self:
            if self._visit == visit:
                await show_found(self, place, found)

    @rx.event(background=True)
    async def send(self, text: str, place: str) -> None:
        """Ask a question in the conversation of that place, if it is still shown."""
        async with self:
            if place in service().deletions.pending:
                # Who deletes a conversation and asks at once asks in a new one.
                leave(self, [place])
                place = ""
            if self.busy or not text.strip() or place != self.place:
                return
            words = session.whole(text.strip())
            key = service().new_key()
            show(self, session.ask(conversation(self), words, key=key))
            self.turn, self.phase = self.turn + 1, "open"
        await begin(self)

    @rx.event(background=True)
    async def edit(self, message_id: str, text: str) -> None:
        """Ask something else in the place of a question."""
        async with self:
            if self.busy or not text.strip():
                return
            words = session.whole(text.strip())
            key = service().new_key()
            show(self, session.edit(conversation(self), message_id, words, key=key))
            self.turn += 1
        await begin(self)

    @rx.event(background=True)
    async def regenerate(self, message_id: str) -> None:
        """Have the question of an answer answered anew."""
        async with self:
            if self.busy:
                return
            key = service().new_key()
            show(self, session.regenerate(conversation(self), message_id, key=key))
            self.turn += 1
        await begin(self)

    @rx.event(background=True)
    async def retry(self) -> None:
        """Send the refused turn again, or have the broken answer written anew."""
        async with self:
            key = service().new_key()
            asked = session.retry(conversation(self), key=key)
            if self.busy or not asked.busy:
                return
            show(self, asked)
            self.turn += 1
        await begin(self)

    @rx.event
    def discard(self) -> None:
        """Forget the turn that was refused."""
        show(self, session.discard(conversation(self)))

    @rx.event(background=True)
    async def choose(
        self, assistant: str, model: str, temperature: str, limit: str
    ) -> None:
        """Choose who answers here from now on, and how."""
        wanted = choices.choice(assistant, model, temperature, limit)
        async with self:
            show(self, session.choose(conversation(self), wanted))
        await keep_choice(self)

    @rx.event(background=True)
    async def stop(self) -> None:
        """Stop the answer; what was written stays."""
        async with self:
            self.stopping = self.busy
            generation_id = conversation(self).generation_id
        if generation_id:
            await turns.stopped(generation_id)

    @rx.event(background=True)
    async def finished(self, generation_id: str) -> None:
        """Read the answer of a generation that ended.

        The browser says only *that* it ended; text and cost come from the API.
        """
        async with self:
            if conversation(self).generation_id != generation_id:
                return
        await refresh(self)
        await await_title(self)

    @rx.event(background=True)
    async def lost(self, generation_id: str, text: str) -> None:
        """Keep what the browser has of an answer that cannot be followed any more."""
        async with self:
            if conversation(self).generation_id != generation_id:
                return
        await refresh(self)
        async with self:
            current = conversation(self)
            if current.generation_id == generation_id:
                show(self, session.lose(current, text, GONE))

    @rx.event(background=True)
    async def look(self) -> AsyncGenerator[EventType[()]]:
        """See whether somebody else changed the conversation."""
        async with self:
            place, phase = self.place, self.phase
        if phase == "failed":
            yield ChatState.open(place)
        elif phase == "open" and conversation(self).conversation_id:
            await look_again(self)

    @rx.event(background=True)
    async def read_back(self) -> None:
        """Show earlier messages."""
        async with self:
            current, visit = conversation(self), self._visit
        if current.earlier_cursor is None:
            return
        try:
            page = await service().api.earlier(
                current.conversation_id, before=current.earlier_cursor, last=turns.PAGE
            )
        except ApiError:
            return
        async with self:
            now = conversation(self)
            if self._visit == visit and now.earlier_cursor == current.earlier_cursor:
                show(self, session.prepend(now, page))

    @rx.event(background=True)
    async def reach(self, message_id: str) -> None:
        """Show a message that is further back, or of another version."""
        await reach(self, message_id)

    @rx.event(background=True)
    async def select(self, message_id: str) -> None:
        """Show another version of a message."""
        async with self:
            if self.busy:
                return
        if await turns.selected(message_id) is None:
            await refresh(self)

    @rx.event(background=True)
    async def judge(self, message_id: str, rating: str, comment: str) -> None:
        """Judge an answer; without a rating, take the judgement back."""
        words = session.whole(comment).strip()[:2000]
        if await turns.judged(message_id, rating, words) is not None:
            return
        async with self:
            current = conversation(self)
            judged = session.judge(current, message_id, rating=rating, comment=words)
            show(self, judged)

    @rx.event(background=True)
    async def delete(self, ids: list[str]) -> None:
        """Delete conversations soon; until then that can be undone."""
        wanted = [one for one in ids if one]
        if not wanted:
            return
        service().deletions.schedule(wanted)
        async with self:
            sidebar = await self.get_state(SidebarState)
            undo = remove(sidebar, wanted, opened=leave(self, wanted))
        await settle(sidebar, undo)

    @rx.event
    def come_back(self, undo: Undo) -> EventType[()] | None:
        """Open a conversation again whose deletion was taken back."""
        wanted = undo.opened and self.place == ""
        return ChatState.open(undo.opened) if wanted else None

    @rx.event(background=True)
    async def download(
        self, conversation_id: str, kind: Format
    ) -> AsyncGenerator[rx.event.EventSpec]:
        """Hand a whole conversation, with all its receipts, over as a file."""
        try:
            title, messages = await service().api.whole(conversation_id)
        except ApiError as error:
            async with self:
                await notice(self, error.problem)
            return
        yield rx.download(
            data=export(title, messages, kind, words(self)),
            filename=file_name(kind, service().now()),
            mime_type=MIME_TYPES[kind],
        )
