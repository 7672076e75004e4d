"""The links of the conversation that the reader wants to share."""

import reflex as rx

from reflex_app import failures, shares
from reflex_app.replies import ApiError
from reflex_app.shares import Link
from reflex_app.state.service import service, words
from reflex_app.state.visitor import notice_refusal


class ShareState(rx.State):
    """What the dialog of links shows."""

    conversation: str = ""
    """Whose links these are; empty before the dialog was first opened."""
    links: list[Link] = []
    """Those that work, newest first."""
    token: str = ""
    """What opens the link that was just made; shown this once."""
    busy: bool = False
    problem: str = ""

    _fresh: str = ""
    """The link that `token` opens."""

    @rx.event(background=True)
    async def open(self, conversation_id: str) -> None:
        """Read the links of a conversation."""
        async with self:
            self.conversation, self.links = conversation_id, []
            self.token, self.problem = "", ""
        try:
            found = await shares.links(service().api.calls.query, conversation_id)
        except ApiError as error:
            await _fail(self, conversation_id, error)
            return
        async with self:
            if self.conversation == conversation_id:
                made = [link for link in self.links if link not in found]
                self.links = [*made, *found]

    @rx.event(background=True)
    async def create(self, conversation_id: str, days: int) -> None:
        """Make a link that works for some days."""
        async with self:
            if self.busy:
                return
            # Also when the reader was faster than the list of links.
            self.conversation, self.busy, self.problem = conversation_id, True, ""
        try:
            link, token = await shares.make(
                service().api.calls.query, conversation_id, days
            )
        except ApiError as error:
            await _fail(self, conversation_id, error)
            return
        async with self:
            self.busy = False
            if self.conversation == conversation_id:
                self.links = [link, *self.links]
                self.token, self._fresh = token, link.id

    @rx.event(background=True)
    async def revoke(self, conversation_id: str, share_id: str) -> None:
        """End a link."""
        async with self:
            self.problem = ""
        try:
            await shares.revoke(service().api.calls.query, share_id)
        except ApiError as error:
            await _fail(self, conversation_id, error)
            return
        async with self:
            self.links = [link for link in self.links if link.id != share_id]
            if self._fresh == share_id:
                self.token = ""


async def _fail(state: ShareState, conversation_id: str, error: ApiError) -> None:
    async with state:
        await notice_refusal(state, error.problem)
        state.busy = False
        if state.conversation == conversation_id:
            state.problem = failures.told(error.problem, words(state)).text
