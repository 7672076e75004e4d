"""What today and this month cost: read with the list, and after each answer."""

import reflex as rx

from reflex_app import spending
from reflex_app.replies import ApiError
from reflex_app.spending import Spending, Spent
from reflex_app.state.service import service, words


class SpendingState(rx.State):
    """The sums that stand beside the conversation."""

    sums: Spending = Spending()

    @rx.event(background=True)
    async def load(self) -> None:
        """Read the sums; those before stay when the API does not answer."""
        await read_sums(self)


async def read_sums(state: rx.State) -> None:
    """Show the sums of now in a tab, whichever of its states asks."""
    spent = await _latest()
    if spent is not None:
        async with state:
            drawn = spending.drawn(spent, service().now(), words(state))
            (await state.get_state(SpendingState)).sums = drawn


async def _latest() -> Spent | None:
    outside = service()
    try:
        return await spending.read(outside.api.calls.query, outside.now())
    except ApiError:
        return None
