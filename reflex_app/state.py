"""Hands the session to Reflex: read it, call the API, show it.

Handlers that call the API are background ones: any other handler would make
every later event of its tab wait. They change state only inside `async with
self`, never while a call is under way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from reflex_app import session, view
from reflex_app.client import ApiClient
from reflex_app.export import MIME_TYPES, Format, export, file_name
from reflex_app.replies import UNREACHABLE, ApiError, Generation, Outcome, Problem
from reflex_app.session import Conversation
from reflex_app.view import Card, Row

GONE = Problem(
    code="INTERRUPTED",
    message="The answer broke off. What had arrived of it is kept.",
    retryable=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the handlers need from outside, given once by `connect`."""

    api: ApiClient
    max_message_chars: int
    now: Callable[[], datetime]


_service: list[Service] = []


def connect(service: Service) -> None:
    """Give the handlers their outside; called before the first event."""
    _service[:] = [service]


class ServiceState(rx.State):
    """Who answers, and whether the API is there."""

    assistant: Card = Card()
    ready: bool = False
    offline: bool = False
    max_chars: int = 4000

    @rx.event(background=True)
    async def load(self) -> None:
        """Ask the API who answers; the page calls again while it is offline."""
        service = _service[0]
        try:
            assistant = await service.api.assistant()
        except ApiError:
            assistant = None
        async with self:
            # Not its default: a default is baked into the prebuilt page.
            self.max_chars = service.max_message_chars
            self.offline = assistant is None
            if assistant:
                self.assistant = view.card(assistant)
                self.ready = True


class ChatState(rx.State):
    """The conversation of this tab."""

    earlier: list[Row] = []
    recent: list[Row] = []
    hidden: int = 0
    empty: bool = True
    busy: bool = False
    stopping: bool = False
    generation: str = ""
    turn: int = 0
    total: str = "$0.00"
    total_title: str = "Cost of this conversation"

    _conversation: Conversation = Conversation()

    @rx.event(background=True)
    async def send(self, text: str) -> None:
        """Ask a question."""
        async with self:
            if self.busy or not text.strip():
                return
            asked = session.ask(_conversation(self), session.whole(text.strip()))
            _show(self, asked)
        await _start(self, asked)

    @rx.event(background=True)
    async def retry(self) -> None:
        """Ask the last question again."""
        async with self:
            asked = session.retry(_conversation(self))
            if self.busy or not asked.asked:
                return
            _show(self, asked)
        await _start(self, asked)

    @rx.event(background=True)
    async def stop(self) -> None:
        """Stop the answer; what was written stays."""
        async with self:
            self.stopping = self.busy
            generation_id = _conversation(self).generation_id
        if generation_id:
            await _stop(generation_id)

    @rx.event(background=True)
    async def finished(self, generation_id: str, cursor: str) -> None:
        """Read how a generation ended and show its answer.

        The browser says only *that* it ended; text and cost come from the API.
        """
        async with self:
            if _conversation(self).generation_id != generation_id:
                return
        ending = await _ending(generation_id, cursor)
        if isinstance(ending, Outcome):
            async with self:
                _conclude(self, generation_id, ending, "")

    @rx.event(background=True)
    async def lost(self, generation_id: str, text: str) -> None:
        """Keep what the browser has of an answer that cannot be followed any more."""
        async with self:
            if _conversation(self).generation_id != generation_id:
                return
        ending = await _ending(generation_id, None)
        if isinstance(ending, Problem) and ending.code != "NOT_FOUND":
            await _stop(generation_id)
        async with self:
            _conclude(self, generation_id, ending, text)

    @rx.event(background=True)
    async def clear(self) -> None:
        """Start a new conversation; an answer still being written is stopped."""
        async with self:
            generation_id = _conversation(self).generation_id
            _show(self, session.clear(_conversation(self)))
        if generation_id:
            await _stop(generation_id)

    @rx.event
    def download(self, kind: Format) -> rx.event.EventSpec:
        """Hand the conversation to the browser as a file."""
        return rx.download(
            data=export(_conversation(self), kind),
            filename=file_name(kind, _service[0].now()),
            mime_type=MIME_TYPES[kind],
        )


def _conversation(state: ChatState) -> Conversation:
    """Return the session's data itself, not the proxy Reflex wraps around it."""
    return getattr(state._conversation, "__wrapped__", state._conversation)  # noqa: SLF001


def _show(state: ChatState, conversation: Conversation) -> None:
    """Put the session into the vars; what did not change is not sent again."""
    state._conversation = conversation  # noqa: SLF001
    rows = view.rows(conversation)
    earlier, recent = view.fold(list(state.earlier), rows)
    shown = {
        "earlier": earlier,
        "recent": recent,
        "hidden": len(rows) - len(earlier) - len(recent),
        "empty": not rows,
        "busy": conversation.asked,
        "stopping": state.stopping and conversation.asked,
        "turn": conversation.turn,
        "generation": conversation.generation_id or "",
        "total": view.total_label(conversation.total),
        "total_title": view.total_title(conversation.total),
    }
    for name, value in shown.items():
        if getattr(state, name) != value:
            setattr(state, name, value)


async def _start(state: ChatState, asked: Conversation) -> None:
    """Send the turn to the API and follow it, or say why that failed."""
    async with state:
        service_state = await state.get_state(ServiceState)
        assistant_id = service_state.assistant.assistant_id or None
    result = await _accepted(session.history(asked), assistant_id)
    async with state:
        unwanted = await _take(state, asked, result)
    if unwanted:
        await _stop(unwanted)


async def _take(
    state: ChatState, asked: Conversation, result: Generation | Problem
) -> str | None:
    """Show how the API took a turn; return a generation that nobody waits for."""
    current = _conversation(state)
    wanted = current.turn == asked.turn and current.asked
    if isinstance(result, Problem):
        if wanted:
            _show(state, session.refuse(current, result))
            service_state = await state.get_state(ServiceState)
            service_state.offline = result.code == UNREACHABLE
        return None
    stopped = state.stopping
    if wanted:
        _show(state, session.accept(current, result.generation_id, result.model))
    return None if wanted and not stopped else result.generation_id


async def _accepted(
    history: tuple[tuple[str, str], ...], assistant_id: str | None
) -> Generation | Problem:
    try:
        return await _service[0].api.start(history, assistant_id=assistant_id)
    except ApiError as error:
        return error.problem


async def _ending(generation_id: str, cursor: str | None) -> Outcome | Problem:
    try:
        return await _service[0].api.outcome(generation_id, after=cursor or None)
    except ApiError as error:
        return error.problem


async def _stop(generation_id: str) -> None:
    """Stop a generation; one that cannot be reached ends by itself."""
    try:
        await _service[0].api.stop(generation_id)
    except ApiError:
        return


def _conclude(
    state: ChatState, generation_id: str, ending: Outcome | Problem, partial: str
) -> None:
    current = _conversation(state)
    if current.generation_id != generation_id:
        return
    if isinstance(ending, Outcome):
        _show(state, session.finish(current, ending))
    else:
        _show(state, session.lose(current, partial, GONE))
