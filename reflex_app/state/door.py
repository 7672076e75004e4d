"""The door: why somebody must sign in, and that nothing is left behind it."""

import reflex as rx

from reflex_app.state.admin import AdminState
from reflex_app.state.chat import ChatState
from reflex_app.state.service import service
from reflex_app.state.share import ShareState
from reflex_app.state.sidebar import SidebarState
from reflex_app.state.spending import SpendingState
from reflex_app.state.usage import UsageState
from reflex_app.state.visitor import VisitorState

_INSIDE = (
    AdminState,
    ChatState,
    SidebarState,
    SpendingState,
    ShareState,
    UsageState,
)


class DoorState(rx.State):
    """What stands before the page as long as nobody is signed in."""

    kind: str = ""
    """`needed`, `ended`, or `keys` where people cannot sign in; empty at first."""

    @rx.event(background=True)
    async def arrive(self) -> None:
        """Find out why, and forget what was shown: who comes next may be another."""
        is_open = await service().entrance.is_open(again=True)
        async with self:
            visitor = await self.get_state(VisitorState)
            visitor.open = is_open is not False
            ways_in = "ended" if visitor.owner else "needed"
            self.kind = ways_in if visitor.open else "keys"
            for state in _INSIDE:
                (await self.get_state(state)).reset()
