"""Who is signed in, and that the API wants somebody to be."""

from hashlib import sha256

import reflex as rx

from reflex_app.replies import UNAUTHENTICATED, ApiError, Problem
from reflex_app.state.service import service


class VisitorState(rx.State):
    """Who uses this tab; nobody where nobody can sign in."""

    open: bool = False
    """Whether people can sign in here."""
    closed: bool = False
    """Whether it is known that they cannot."""
    name: str = ""
    guest: bool = False
    owner: str = ""
    """Whose drafts the browser keeps: tells people apart, and nothing about them."""
    refused: bool = False
    """Whether the API wants to know who asks, before anything else."""
    unsent: str = ""
    """What was to be asked just then."""
    unsent_place: str = ""

    @rx.event(background=True)
    async def load(self) -> None:
        """Ask who is signed in, where people can."""
        is_open = await service().entrance.is_open()
        if not is_open:
            async with self:
                self.closed = is_open is False
            return
        try:
            viewer = await service().api.viewer()
        except ApiError as error:
            async with self:
                self.open = True
                await notice_refusal(self, error.problem)
            return
        async with self:
            self.open, self.refused = True, False
            self.name, self.guest = viewer.name, viewer.guest
            self.owner = sha256(viewer.viewer_id.encode()).hexdigest()[:16]


async def notice_refusal(
    state: rx.State, problem: Problem, *, place: str = "", unsent: str = ""
) -> bool:
    """Show that the API wants to know who asks, if so; call it inside `async with`.

    `unsent` is what was written at that `place` and would be lost.
    """
    if problem.code != UNAUTHENTICATED:
        return False
    visitor = await state.get_state(VisitorState)
    visitor.refused = True
    if unsent:
        visitor.unsent, visitor.unsent_place = unsent, place
    return True
