"""The tree of a conversation in ChatGPT's export, as the tree that Sidekick stores.

There, one answer is often a chain: a call of a tool, what the tool said, the answer.
Nodes that show nothing are taken out, and their children go to the nearest one that
stays. Answers in a row become one message, so that questions and answers alternate;
where such a row forks, each branch becomes a version of its own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from graphql_api.domain.chatgpt_texts import (
    Node,
    mapping_of,
    model_of,
    role_of,
    text_of,
)
from graphql_api.domain.messages import Role

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_S: Final = 4_102_444_800
"""The year 2100: what is later is no instant."""


@dataclass(slots=True, kw_only=True)
class Said:
    """A message that stays.

    Attributes:
        key: Identifier of its node there.
        parent: Message above it; None for a first one.
        follows: Node that it came after there; its text may begin with that one's.
        at: When it was written; never before what it follows.
        continued: Whether another answer goes on from its text.
        replied: Whether a question follows it.
    """

    key: str
    role: Role
    text: str
    model: str | None
    parent: "Said | None"
    follows: "Said | None"
    at: datetime
    continued: bool = False
    replied: bool = False


class Loop(Exception):
    """Messages that are each other's ancestors."""


def instant(seconds: object) -> datetime | None:
    """The instant; None when it is none, or out of range."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not math.isfinite(seconds) or not 0 < seconds < _MOST_S:
        return None
    return _EPOCH + timedelta(microseconds=round(seconds * 1_000_000))


def grow(
    mapping: Mapping[str, Node], current: object, *, began: datetime
) -> tuple[Sequence[Said], Said | None]:
    """The messages that stay, oldest first, and the last one of the active branch.

    Args:
        mapping: The nodes by their identifiers.
        current: Identifier of the node at the end of the active branch.
        began: Instant for messages without one.

    Raises:
        Loop: Some nodes are each other's ancestors.
    """
    nearest: dict[object, Said | None] = {}
    everything: list[Said] = []
    for key, node in _parents_first(mapping):
        above = nearest.get(_parent(node))
        said = _said(key, node, above, began=began)
        nearest[key] = said or above
        if said is not None:
            everything.append(said)
    everything.sort(key=lambda said: said.at)
    kept = [said for said in everything if said.replied or not said.continued]
    start = nearest.get(current) if isinstance(current, str) else None
    return kept, _newest_below(start, everything)


def _parents_first(mapping: Mapping[str, Node]) -> Sequence[tuple[str, Node]]:
    below: dict[str | None, list[str]] = {}
    for key, node in mapping.items():
        parent = _parent(node)
        below.setdefault(parent if parent in mapping else None, []).append(key)
    ordered: list[tuple[str, Node]] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        key = waiting.pop()
        ordered.append((key, mapping[key]))
        waiting += below.get(key, [])[::-1]
    if len(ordered) < len(mapping):
        raise Loop
    return ordered


def _parent(node: Node) -> str | None:
    parent = node.get("parent")
    return parent if isinstance(parent, str) else None


def _said(key: str, node: Node, above: Said | None, *, began: datetime) -> Said | None:
    message = mapping_of(node.get("message"))
    text = text_of(message)
    if not text.strip():
        return None
    earliest = began if above is None else above.at
    said = Said(
        key=key,
        role=Role.USER if role_of(message) == "user" else Role.ASSISTANT,
        text=text,
        model=model_of(message),
        parent=above,
        follows=above,
        at=max(instant(message.get("create_time")) or earliest, earliest),
    )
    if said.role is Role.USER:
        said.model = None
    if above is not None and above.role is Role.ASSISTANT:
        _go_on(said, above)
    return said


def _go_on(said: Said, above: Said) -> None:
    if said.role is Role.USER:
        above.replied = True
        return
    above.continued = True
    said.parent = above.parent
    said.text = f"{above.text}\n\n{said.text}"
    said.model = said.model or above.model


def _newest_below(start: Said | None, everything: Sequence[Said]) -> Said | None:
    """The newest message at or below one, or of all; nothing follows it."""
    newest, below = start, {start.key if start else None}
    for said in everything:
        follows = said.follows.key if said.follows else None
        if follows in below:
            below.add(said.key)
            newest = said
    return newest
