"""What the handlers of the chat do between reading the page and showing it again."""

import asyncio

from reflex_app.replies import UNREACHABLE, ApiError, Problem, Stored
from reflex_app.session import Conversation, Turn
from reflex_app.state.service import service

PAGE = 50
"""Messages read when a conversation is opened, and at a time when paging up."""
TAIL = 20
"""Messages read again after something changed."""


async def stored(conversation_id: str, *, last: int) -> Stored | Problem | None:
    """Read a conversation; None when there is none, or none any more."""
    if conversation_id in service().deletions.pending:
        return None
    try:
        return await service().api.conversation(conversation_id, last=last)
    except ApiError as error:
        return None if error.problem.code == "BAD_USER_INPUT" else error.problem


async def placed(asked: Conversation) -> str | Problem:
    """Return the conversation for a turn, which knows who is to answer there."""
    try:
        if not asked.conversation_id:
            return await service().api.create(asked.choice)
        if asked.choice != asked.kept:
            await service().api.choose(asked.conversation_id, asked.choice)
    except ApiError as error:
        return error.problem
    return asked.conversation_id


async def begun(conversation_id: str, turn: Turn) -> str | Problem:
    """Send a turn; return the generation that answers it.

    When the reply is lost the turn is sent once more, with the same key: if the API
    had taken it, it says the same again.
    """
    result = await _begun(conversation_id, turn)
    if isinstance(result, Problem) and result.code == UNREACHABLE:
        await asyncio.sleep(service().retry_pause_s)
        result = await _begun(conversation_id, turn)
    return result


async def _begun(conversation_id: str, turn: Turn) -> str | Problem:
    api = service().api
    try:
        match turn.kind:
            case "send":
                return await api.send(conversation_id, turn.content, key=turn.key)
            case "edit":
                return await api.edit(turn.target, turn.content, key=turn.key)
            case "regenerate":
                return await api.regenerate(turn.target, key=turn.key)
    except ApiError as error:
        return error.problem


async def stopped(generation_id: str) -> None:
    """Stop a generation; one that cannot be reached ends by itself."""
    try:
        await service().api.stop(generation_id)
    except ApiError:
        return


async def selected(message_id: str) -> Problem | None:
    """Show another version of a message."""
    try:
        await service().api.select(message_id)
    except ApiError as error:
        return error.problem
    return None


async def judged(message_id: str, rating: str, comment: str) -> Problem | None:
    """Judge an answer."""
    try:
        await service().api.judge(message_id, rating=rating, comment=comment)
    except ApiError as error:
        return error.problem
    return None
