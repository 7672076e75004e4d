"""The list of conversations: rename, pin, archive, delete and undo.

`items` is sent when the list is read; what changes after that goes into the short
lists `fresh` and `gone`, which the browser lays over it.
"""

import asyncio
from collections.abc import Sequence

import reflex as rx

from reflex_app import listing, session
from reflex_app.listing import Item, Undo
from reflex_app.replies import ApiError, Entry, EntryPage, Problem
from reflex_app.state.service import ServiceState, service, words
from reflex_app.state.visitor import notice_refusal

_PAGE = 30
_MAX_TITLE_CHARS = 200


class SidebarState(rx.State):
    """The conversations of the viewer, newest activity first."""

    items: list[Item] = []
    fresh: list[Item] = []
    gone: list[str] = []
    ready: bool = False
    more: bool = False
    archived: bool = False
    undo: Undo = Undo()

    _next: str | None = None
    _reading: int = 0

    @rx.event(background=True)
    async def load(self) -> None:
        """Read the list from its beginning."""
        await _read(self)

    @rx.event(background=True)
    async def wake(self) -> None:
        """Read the list again when the reader comes back to it."""
        async with self:
            if not self.ready:
                return
        await _read(self)

    @rx.event(background=True)
    async def show_archived(self, archived: bool) -> None:  # noqa: FBT001 - Reflex passes positions
        """Change between the usual list and the archive."""
        async with self:
            self.archived = archived
        await _read(self)

    @rx.event(background=True)
    async def read_on(self) -> None:
        """Show older conversations."""
        async with self:
            if self._next is None:
                return
        await _read(self, on=True)

    @rx.event(background=True)
    async def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""
        name = session.whole(title).strip()[:_MAX_TITLE_CHARS]
        if not name:
            return
        await _touch_all(self, await _updated(conversation_id, title=name))

    @rx.event(background=True)
    async def pin(self, conversation_id: str, pinned: bool) -> None:  # noqa: FBT001 - same
        """Put a conversation on top of the list, or back to its place."""
        await _touch_all(self, await _updated(conversation_id, pinned=pinned))

    @rx.event(background=True)
    async def archive(self, ids: list[str], archived: bool) -> None:  # noqa: FBT001 - same
        """Move conversations to the archive, or back."""
        moved = await _archived(ids, archived=archived)
        shown = await _touch_all(self, moved)
        if not shown or isinstance(moved, Problem) or not moved:
            return
        undo = Undo(
            ids=tuple(entry.conversation_id for entry in moved),
            text=listing.moved_text(words(self), len(moved), archived=archived),
            archived=archived,
        )
        async with self:
            self.undo = undo
        await asyncio.sleep(service().undo_s)
        async with self:
            _forget(self, undo)

    @rx.event(background=True)
    async def take_back(self) -> None:
        """Undo what was done last, when there is still time."""
        async with self:
            undo, self.undo = _plain(self.undo), Undo()
            kept = undo.deleted and service().deletions.undo(undo.ids)
            if kept:
                self.gone = [gone for gone in self.gone if gone not in undo.ids]
        if not undo.deleted and undo.ids:
            await _touch_all(
                self, await _archived(undo.ids, archived=not undo.archived)
            )


def touch(state: SidebarState, entry: Entry) -> None:
    """Show the newest of a conversation in the list; call it inside `async with`."""
    new = listing.item(entry)
    if entry.archived == state.archived:
        # What is in both lists is drawn as it is in the first.
        drawn = (i for i in (*state.fresh, *state.items) if i.id == new.id)
        if next(drawn, None) != new:
            state.fresh = [new, *(item for item in state.fresh if item.id != new.id)]
        if new.id in state.gone:
            state.gone = [gone for gone in state.gone if gone != new.id]
    elif _lists(state, new.id) and new.id not in state.gone:
        state.gone = [*state.gone, new.id]


def remove(state: SidebarState, ids: Sequence[str], *, opened: str) -> Undo:
    """Take conversations away, and offer to take that back; inside `async with`."""
    titles = [i.title for i in (*state.fresh, *state.items) if i.id in ids]
    state.gone = [*state.gone, *ids]
    state.undo = Undo(
        ids=tuple(ids),
        text=listing.deleted_text(words(state), titles, len(ids)),
        deleted=True,
        opened=opened,
    )
    return _plain(state.undo)


async def settle(state: SidebarState, undo: Undo) -> None:
    """Take the offer back once the deletion was sent."""
    await service().deletions.settled(undo.ids)
    async with state:
        _forget(state, undo)


def _forget(state: SidebarState, undo: Undo) -> None:
    if _plain(state.undo) == undo:
        state.undo = Undo()


def _plain(undo: Undo) -> Undo:
    """Return the value itself, not the proxy Reflex wraps around it."""
    return getattr(undo, "__wrapped__", undo)


def _lists(state: SidebarState, conversation_id: str) -> bool:
    return any(i.id == conversation_id for i in (*state.fresh, *state.items))


async def _read(state: SidebarState, *, on: bool = False) -> None:
    async with state:
        state._reading += 1
        reading, after = state._reading, state._next if on else None
        archived = state.archived
    try:
        page = await service().api.entries(first=_PAGE, after=after, archived=archived)
    except ApiError as error:
        page = error.problem
    async with state:
        if isinstance(page, Problem):
            await notice(state, page)
        elif state._reading == reading:
            _show(state, page, on=on)


def _show(state: SidebarState, page: EntryPage, *, on: bool) -> None:
    new = [listing.item(entry) for entry in page.entries]
    known = {item.id for item in new}
    before = [item for item in state.items if item.id not in known] if on else []
    items = [*before, *new]
    if items != state.items:
        state.items = items
    if not on:
        state.fresh = []
        state.gone = sorted(service().deletions.pending)
    state.more = page.next_cursor is not None
    state._next = page.next_cursor
    state.ready = True


async def _updated(
    conversation_id: str, *, title: str | None = None, pinned: bool | None = None
) -> tuple[Entry, ...] | Problem:
    """Change a conversation."""
    api = service().api
    try:
        return (await api.update(conversation_id, title=title, pinned=pinned),)
    except ApiError as error:
        return error.problem


async def _archived(
    ids: Sequence[str], *, archived: bool
) -> tuple[Entry, ...] | Problem:
    try:
        return await service().api.archive(ids, archived=archived)
    except ApiError as error:
        return error.problem


async def _touch_all(state: SidebarState, entries: tuple[Entry, ...] | Problem) -> bool:
    """Show what changed; False, and a note, when nothing did."""
    async with state:
        if isinstance(entries, Problem):
            await notice(state, entries)
            return False
        for entry in entries:
            touch(state, entry)
    return True


async def notice(state: rx.State, problem: Problem) -> None:
    """Show why the API did not do it; call it inside `async with`."""
    if not await notice_refusal(state, problem):
        (await state.get_state(ServiceState)).offline = True
