"""What the chat's handlers do with its state: show, begin a turn, read again."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reflex_app import choices, session, view
from reflex_app.folding import PARTS, fold
from reflex_app.replies import UNREACHABLE, ApiError, Problem, Stored
from reflex_app.session import Conversation
from reflex_app.state import turns
from reflex_app.state.service import ServiceState, service, words
from reflex_app.state.sidebar import SidebarState, touch
from reflex_app.state.spending import read_sums
from reflex_app.state.visitor import notice_refusal

if TYPE_CHECKING:
    from reflex_app.state.chat import ChatState


ROWS = tuple(f"part_{number}" for number in range(PARTS))
"""The vars of a chat in which its messages stand, in their order."""


def conversation(state: "ChatState") -> Conversation:
    """Return the session's data itself, not the proxy Reflex wraps around it."""
    return getattr(state._conversation, "__wrapped__", state._conversation)


def arrive(state: "ChatState", place: str, phase: str, shown: Conversation) -> None:
    """Go to another place: nothing of the one before is left."""
    state.place, state.phase, state.stopping = place, phase, False
    state.turn += 1
    show(state, shown)


def leave(state: "ChatState", places: Sequence[str]) -> str:
    """Go to a new chat from one of these conversations; which one it was."""
    left = state.place if state.place in places else ""
    if left:
        state._visit += 1
        arrive(state, "", "home", Conversation())
    return left


def show(state: "ChatState", shown: Conversation) -> None:
    """Put the session into the vars; what did not change is not sent again."""
    state._conversation = shown
    before = [list(getattr(state, name)) for name in ROWS]
    said = words(state)
    rows = view.rows(shown, said)
    asked = rows[-1:] if rows and not rows[-1].stored else []
    folded = fold(before, rows[: len(rows) - len(asked)])
    cost, unpriced = session.total(shown), shown.unpriced
    values = {
        **dict(zip(ROWS, folded, strict=True)),
        "asked": asked,
        "first": rows[0].key if rows else "",
        "more": shown.earlier_cursor is not None,
        "empty": not rows and not shown.busy,
        "busy": shown.busy,
        "choice": choices.chosen(shown.choice),
        "stopping": state.stopping and shown.busy,
        "generation": shown.generation_id or "",
        "heading": f"{shown.title} · Sidekick" if shown.title else "Sidekick",
        "total": view.total_label(cost, said, unpriced=unpriced),
        "total_title": view.total_title(cost, said, unpriced=unpriced),
    }
    for name, value in values.items():
        if getattr(state, name) != value:
            setattr(state, name, value)


async def show_found(
    state: "ChatState", place: str, found: Stored | Problem | None
) -> None:
    """Go to a place with what the API has there."""
    if isinstance(found, Stored):
        arrive(state, place, "open", session.refresh(Conversation(), found))
        touch(await state.get_state(SidebarState), found.entry)
    elif found is None:
        arrive(state, place, "missing", Conversation())
    else:
        arrive(state, place, "failed", Conversation())
        await _notice(state, found)


async def begin(state: "ChatState") -> None:
    """Send the turn that is shown, and follow its answer or say why it was refused."""
    async with state:
        asked, visit = conversation(state), state._visit
    if asked.turn is None:
        return
    where = await turns.placed(asked)
    if isinstance(where, str) and not asked.conversation_id:
        await _settle_at(state, where, visit)
    result = (
        where if isinstance(where, Problem) else await turns.begun(where, asked.turn)
    )
    async with state:
        here = state._visit == visit
        if here:
            await _take(state, result)
        unwanted = here and state.stopping
    if not here and isinstance(where, str):
        await _list(state, where)
    elif isinstance(result, str):
        await _follow(state, result, unwanted=unwanted)


async def keep_choice(state: "ChatState") -> None:
    """Have the API keep what is chosen; if that fails, the next turn tries again."""
    async with state:
        now = conversation(state)
    if not now.conversation_id or isinstance(await turns.placed(now), Problem):
        return
    async with state:
        current = conversation(state)
        if current.conversation_id == now.conversation_id:
            show(state, replace(current, kept=now.choice))


async def _settle_at(state: "ChatState", place: str, visit: int) -> None:
    """Give the new chat the identifier of its conversation."""
    async with state:
        if state._visit == visit:
            show(state, replace(conversation(state), conversation_id=place))
            state.place = place


async def _follow(state: "ChatState", generation_id: str, *, unwanted: bool) -> None:
    if unwanted:
        await turns.stopped(generation_id)
    await refresh(state)
    async with state:
        over = not conversation(state).busy
    if over:  # it ended so soon that no browser had to follow it
        await await_title(state)


async def _list(state: "ChatState", conversation_id: str) -> None:
    """Show a conversation in the list that the reader left before it was there."""
    found = await turns.stored(conversation_id, last=1)
    if isinstance(found, Stored):
        async with state:
            touch(await state.get_state(SidebarState), found.entry)


async def _take(state: "ChatState", result: str | Problem) -> None:
    """Show how the API took a turn."""
    current = conversation(state)
    if isinstance(result, Problem):
        unsent = current.turn.content if current.turn else ""
        show(state, session.refuse(current, result))
        await _notice(state, result, unsent=unsent)
    else:
        show(state, session.accept(current, result))


async def refresh(state: "ChatState") -> None:
    """Read the conversation again; nothing changes when something else came first."""
    async with state:
        current, mark = conversation(state), _mark(state)
    found = await turns.stored(current.conversation_id, last=turns.TAIL)
    if isinstance(found, Stored) and not session.fits(current, found):
        found = await turns.stored(current.conversation_id, last=turns.PAGE)
    async with state:
        if _mark(state) != mark:
            return
        paid = isinstance(found, Stored) and found.cost != session.total(current)
        if isinstance(found, Stored):
            show(state, session.refresh(conversation(state), found))
            touch(await state.get_state(SidebarState), found.entry)
        elif found is None:
            arrive(state, state.place, "missing", Conversation())
        else:
            await _notice(state, found)
    if paid:
        await read_sums(state)


def _mark(state: "ChatState") -> tuple[int, int, str | None]:
    """What is the same as long as a reply of the API is still about what is shown."""
    return state._visit, state.turn, conversation(state).generation_id


async def look_again(state: "ChatState") -> None:
    """Read the conversation again if somebody else changed it."""
    async with state:
        current, mark = conversation(state), _mark(state)
    try:
        glance = await service().api.glance(current.conversation_id)
    except ApiError as error:
        async with state:
            await notice_refusal(state, error.problem)
        return
    if glance is not None and not session.differs(current, glance):
        return
    async with state:
        asked_here = conversation(state).turn is not None
        if _mark(state) != mark or (asked_here and state.busy):
            return
        begun = glance.generation_id if glance else None
        if begun and begun != current.generation_id:
            state.turn += 1  # a new question is scrolled into view
    await refresh(state)


async def await_title(state: "ChatState") -> None:
    """Read the title again for a while after a first answer: a model may write it."""
    async with state:
        current, visit = conversation(state), state._visit
    if sum(m.role == session.ASSISTANT for m in current.messages) > 1:
        return
    for pause_s in service().title_pauses_s:
        await asyncio.sleep(pause_s)
        async with state:
            if state._visit != visit:
                return
        await look_again(state)
        async with state:
            if conversation(state).title != current.title:
                return


async def _notice(state: "ChatState", problem: Problem, *, unsent: str = "") -> None:
    service_state = await state.get_state(ServiceState)
    service_state.offline = problem.code == UNREACHABLE
    await notice_refusal(state, problem, place=state.place, unsent=unsent)
