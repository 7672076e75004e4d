"""Links to copies of a conversation, as the API makes, lists and ends them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from reflex_app.operations import REVOKE, SHARE, SHARES

Query = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Sends a document with its variables and returns the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that works, without what opens it."""

    id: str
    created: str
    """As the API writes it, like `expires`: the browser shows it in its own zone."""
    expires: str
    messages: int


async def links(query: Query, conversation_id: str) -> list[Link]:
    """Return the links of a conversation that work, newest first.

    Raises:
        ApiError: the API refused or is not there.
    """
    node = (await query(SHARES, {"id": conversation_id}))["conversation"]
    return [_link(share) for share in node["shares"]] if node else []


async def make(query: Query, conversation_id: str, days: int) -> tuple[Link, str]:
    """Make a link; return it with its token, which nobody can be told again.

    Raises:
        ApiError: the API refused or is not there.
    """
    wanted = {"conversationId": conversation_id, "expiresInDays": days}
    made = (await query(SHARE, {"input": wanted}))["shareConversation"]
    return _link(made["share"]), made["token"]


async def revoke(query: Query, share_id: str) -> None:
    """End a link.

    Raises:
        ApiError: the API refused or is not there.
    """
    await query(REVOKE, {"input": {"shareId": share_id}})


def _link(node: dict[str, Any]) -> Link:
    return Link(
        id=node["id"],
        created=node["createdAt"],
        expires=node["expiresAt"],
        messages=node["messageCount"],
    )
