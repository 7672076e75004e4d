"""What the administration page shows, and what is done on it."""

from collections.abc import Awaitable

import reflex as rx

from reflex_app import admin, admin_view
from reflex_app.admin import MOST, PAGE, Order
from reflex_app.admin_replies import Deed, Key, Listed, Overview, Person
from reflex_app.admin_view import (
    CountLine,
    DeedLine,
    FailedLine,
    KeyLine,
    PersonLine,
    SwitchLine,
)
from reflex_app.failures import NONE, Failure, told
from reflex_app.replies import ApiError, Problem
from reflex_app.state.service import service, words


class AdminState(rx.State):
    """The administration of this tab."""

    loading: bool = True
    loaded: bool = False
    failure: Failure = NONE
    order: Order = "SPENT"
    switch: SwitchLine = SwitchLine()
    people: list[PersonLine] = []
    keys: list[KeyLine] = []
    counts: list[CountLine] = []
    failed: list[FailedLine] = []
    deeds: list[DeedLine] = []
    more: dict[str, bool] = {}
    """Which of the lists go on."""
    busy: bool = False
    problem: str = ""
    """Why what was asked for last was not done."""
    done: int = 0
    """Grows when something was done, so that its dialog closes."""
    said: str = ""
    """What was done, for those who listen to the page."""
    token: str = ""
    """The key that was just made, until the browser has it; shown this once."""

    _cursors: dict[str, str] = {}
    """Where each of the lists goes on; empty: nowhere."""

    @rx.event(background=True)
    async def load(self) -> None:
        """Read everything anew, as much of each list as is shown."""
        async with self:
            self.loading, self.failure = True, NONE
            order, first = self.order, _shown(self)
        found = await _overview(order, first)
        async with self:
            if self.order == order:
                _show(self, found)

    @rx.event
    def sort(self, order: str) -> rx.event.EventType[()] | None:
        """Show the principals in another order."""
        if order == self.order:
            return None
        self.order = "NEWEST" if order == "NEWEST" else "SPENT"
        return AdminState.load

    @rx.event(background=True)
    async def read_on(self, which: str) -> None:
        """Read more lines of a list."""
        async with self:
            cursor, order = self._cursors.get(which, ""), self.order
        if not cursor:
            return
        try:
            more = await _more(which, cursor, order)
        except ApiError as error:
            async with self:
                self.failure = told(error.problem, words(self))
            return
        async with self:
            # Unless it was read anew meanwhile.
            if self._cursors.get(which) == cursor and self.order == order:
                _append(self, which, more)

    @rx.event(background=True)
    async def make_key(
        self, name: str, scopes: list[str], days: int, limits: dict[str, str]
    ) -> rx.event.EventType[()] | None:
        """Make a key; its text is for the browser alone."""
        if not await _begin(self):
            return None
        query = service().api.calls.query
        try:
            token = await admin.make_key(
                query, name, scopes=scopes, days=days, limits=limits
            )
        except ApiError as error:
            await _fail(self, error)
            return None
        async with self:
            self.busy, self.token = False, token
            self.said = words(self).text("admin.said_made", name=name)
        return AdminState.load

    @rx.event
    def forget_token(self) -> None:
        """Keep the key no longer than it takes to show it."""
        self.token = ""

    @rx.event(background=True)
    async def end_key(self, key_id: str, name: str) -> None:
        """Revoke a key."""
        ending = admin.end_key(service().api.calls.query, key_id)
        await _do(self, ending, "admin.said_revoked", name)

    @rx.event(background=True)
    async def limit(self, person_id: str, name: str, limits: dict[str, str]) -> None:
        """Give a principal limits of its own."""
        limiting = admin.limit(service().api.calls.query, person_id, limits)
        await _do(self, limiting, "admin.said_limited", name)

    @rx.event(background=True)
    async def unlimit(self, person_id: str, name: str) -> None:
        """Take back the limits of a principal."""
        taking_back = admin.limit(service().api.calls.query, person_id, None)
        await _do(self, taking_back, "admin.said_unlimited", name)

    @rx.event(background=True)
    async def turn(self, on: bool, reason: str) -> None:  # noqa: FBT001 - the browser sends it so
        """Stop new answers, or allow them again."""
        turning = admin.turn_switch(service().api.calls.query, on=on, reason=reason)
        await _do(self, turning, "admin.stopped" if on else "admin.allowed", "")

    @rx.event
    def clear(self) -> None:
        """Forget why the last thing was not done: another dialog opens."""
        self.problem, self.busy = "", False


def _shown(state: AdminState) -> int:
    longest = max(len(state.people), len(state.keys), len(state.deeds), PAGE)
    return min(longest, MOST)


async def _overview(order: Order, first: int) -> Overview | Problem:
    outside = service()
    try:
        return await admin.read(
            outside.api.calls.query, order, outside.now(), first=first
        )
    except ApiError as error:
        return error.problem


def _show(state: AdminState, found: Overview | Problem) -> None:
    if isinstance(found, Problem):
        state.loading, state.failure = False, told(found, words(state))
    else:
        _draw(state, found)


def _draw(state: AdminState, found: Overview) -> None:
    said, now = words(state), service().now()
    people = found.people.items
    state.loading, state.loaded, state.failure = False, True, NONE
    state.switch = admin_view.switch_line(found.switch, said)
    state.people = [admin_view.person_line(one, said) for one in people]
    state.keys = [admin_view.key_line(one, now, said) for one in found.keys.items]
    state.counts = admin_view.count_lines(found.counts, said)
    state.failed = [admin_view.failed_line(one, people, said) for one in found.failed]
    state.deeds = [admin_view.deed_line(one, said) for one in found.deeds.items]
    lists = {"people": found.people, "keys": found.keys, "deeds": found.deeds}
    _go_on(state, {which: listed.cursor for which, listed in lists.items()})


def _go_on(state: AdminState, cursors: dict[str, str]) -> None:
    state._cursors = cursors  # noqa: SLF001 - the module's own state
    state.more = {which: bool(cursor) for which, cursor in cursors.items()}


async def _more(
    which: str, cursor: str, order: Order
) -> Listed[Person] | Listed[Key] | Listed[Deed]:
    query = service().api.calls.query
    match which:
        case "people":
            return await admin.more_people(query, cursor, order)
        case "keys":
            return await admin.more_keys(query, cursor)
        case _:
            return await admin.more_deeds(query, cursor)


def _append(
    state: AdminState, which: str, more: Listed[Person] | Listed[Key] | Listed[Deed]
) -> None:
    said, now = words(state), service().now()
    for one in more.items:
        match one:
            case Person():
                state.people.append(admin_view.person_line(one, said))
            case Key():
                state.keys.append(admin_view.key_line(one, now, said))
            case Deed():
                state.deeds.append(admin_view.deed_line(one, said))
    _go_on(state, {**state._cursors, which: more.cursor})  # noqa: SLF001 - the same


async def _begin(state: AdminState) -> bool:
    """Whether nothing else is under way in this tab."""
    async with state:
        if state.busy:
            return False
        state.busy, state.problem, state.said = True, "", ""
    return True


async def _fail(state: AdminState, error: ApiError) -> None:
    async with state:
        state.busy = False
        state.problem = told(error.problem, words(state)).text


async def _do(state: AdminState, work: Awaitable[None], key: str, name: str) -> None:
    """Carry something out, read everything anew, and say so."""
    await _begin(state)
    try:
        await work
    except ApiError as error:
        await _fail(state, error)
        return
    async with state:
        order, first = state.order, _shown(state)
    found = await _overview(order, first)
    async with state:
        # Together: a dialog that closes leads back to what is there by then.
        _show(state, found)
        state.busy, state.done = False, state.done + 1
        state.said = words(state).text(key, name=name)
