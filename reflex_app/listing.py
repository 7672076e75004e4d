"""The list of conversations as it is drawn, and what can be taken back in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reflex_app.replies import Entry
from reflex_app.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A conversation in the sidebar."""

    id: str
    title: str
    updated: str
    archived: bool = False
    pinned: str = ""
    """When it was pinned; empty when it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What was just done and can be taken back; without a text, nothing."""

    ids: tuple[str, ...] = ()
    text: str = ""
    deleted: bool = False
    """Whether they were deleted; else they were moved to or from the archive."""
    archived: bool = False
    opened: str = ""
    """The one that was open; empty when none was."""


def item(entry: Entry) -> Item:
    """Return a conversation as a line of the sidebar."""
    return Item(
        id=entry.conversation_id,
        title=entry.title,
        updated=entry.updated_at,
        archived=entry.archived,
        pinned=entry.pinned_at,
    )


def deleted_text(words: Texts, titles: Sequence[str], count: int) -> str:
    """Return how the deletion of some conversations is told."""
    if count > 1:
        return words.text("undo.deleted_many", count=count)
    if titles:
        return words.text("undo.deleted_one", title=titles[0])
    return words.text("undo.deleted")


def moved_text(words: Texts, count: int, *, archived: bool) -> str:
    """Return how the move to or from the archive is told."""
    if count > 1:
        many = "undo.archived_many" if archived else "undo.moved_back_many"
        return words.text(many, count=count)
    return words.text("undo.archived" if archived else "undo.moved_back")
