"""Brings a message of the conversation onto the page, however far back it is.

What came of it stands behind the message in the var `reached`: `shown`, `version` when
another version had to be selected, `busy` when it could not be, `missing` or
`unreachable`.
"""

from typing import TYPE_CHECKING, Literal

from reflex_app import session
from reflex_app.replies import UNREACHABLE, ApiError, MessagePage
from reflex_app.session import Conversation
from reflex_app.state.following import conversation, refresh, show
from reflex_app.state.service import service

if TYPE_CHECKING:
    from reflex_app.state.chat import ChatState

Outcome = Literal["shown", "version", "busy", "missing", "unreachable"]
_STEP = 100
_MOST_STEPS = 50
_MOST_TRIES = 5


async def reach(state: "ChatState", message_id: str) -> None:
    """Show the message and all that follow it."""
    async with state:
        current, visit = conversation(state), state._visit
    try:
        outcome = await _select(state, current, message_id)
        if outcome in {"shown", "version"} and not await _read_back(state, message_id):
            outcome = "missing"
    except ApiError as error:
        gone = error.problem.code != UNREACHABLE
        outcome = "missing" if gone else "unreachable"
    async with state:
        if state._visit == visit:
            state.reached = f"{message_id} {outcome}"


async def _select(
    state: "ChatState", current: Conversation, message_id: str
) -> Outcome:
    """Make the active branch run through the message."""
    if _holds(current, message_id):
        return "shown"
    if await service().api.on_branch(current.conversation_id, message_id):
        return "shown"
    if current.busy:
        return "busy"
    await service().api.select(message_id)
    await refresh(state)
    return "version"


async def _read_back(state: "ChatState", message_id: str) -> bool:
    """Read earlier messages until the wanted one is among them; whether it is."""
    for _ in range(_MOST_TRIES):
        async with state:
            before, visit = conversation(state), state._visit
        pages = await _pages_to(before, message_id)
        if pages is None:
            return False
        async with state:
            latest = conversation(state)
            if state._visit != visit:
                return False
            # Other pages may have come meanwhile: by scrolling, or read anew.
            if latest.earlier_cursor == before.earlier_cursor:
                for page in pages:
                    latest = session.prepend(latest, page)
                show(state, latest)
                return True
    return False


async def _pages_to(now: Conversation, message_id: str) -> list[MessagePage] | None:
    """The pages from those that are shown back to the message; None: it has none."""
    pages: list[MessagePage] = []
    while not _holds(now, message_id):
        if now.earlier_cursor is None or len(pages) == _MOST_STEPS:
            return None
        page = await service().api.earlier(
            now.conversation_id, before=now.earlier_cursor, last=_STEP
        )
        pages.append(page)
        now = session.prepend(now, page)
    return pages


def _holds(shown: Conversation, message_id: str) -> bool:
    return any(message.message_id == message_id for message in shown.drawn)
