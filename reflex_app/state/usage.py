"""What was used and what it cost, as the usage page shows it."""

import reflex as rx

from reflex_app import reports, usage_view
from reflex_app.failures import NONE, Failure, told
from reflex_app.replies import ApiError, Problem
from reflex_app.reports import PERIODS, Report
from reflex_app.state.service import service, words
from reflex_app.state.visitor import notice_refusal
from reflex_app.usage_view import Measure, Sheet


class UsageState(rx.State):
    """The report of this tab."""

    days: int = 30
    measure: Measure = "cost"
    loading: bool = True
    loaded: bool = False
    failure: Failure = NONE
    sheet: Sheet = Sheet()

    _report: Report | None = None
    _chosen: Measure | None = None
    """What the reader wants drawn; None as long as they did not say."""

    @rx.event(background=True)
    async def load(self) -> None:
        """Read the report of the chosen period."""
        async with self:
            self.loading, self.failure = True, NONE
            days = self.days
        result = await _report(days)
        async with self:
            if isinstance(result, Problem):
                await notice_refusal(self, result)
            if self.days == days:
                _show(self, result)

    @rx.event
    def choose(self, days: int) -> rx.event.EventType[()] | None:
        """Show another period."""
        if days not in PERIODS or days == self.days:
            return None
        self.days, self.loading = days, True
        return UsageState.load

    @rx.event
    def draw(self, measure: Measure) -> rx.event.EventType[()] | None:
        """Draw costs or tokens."""
        self._chosen = "tokens" if measure == "tokens" else "cost"
        if self._report is None:
            return UsageState.load
        _show(self, self._report)
        return None

    @rx.event(background=True)
    async def download(self) -> rx.event.EventSpec | None:
        """Hand the report to the browser as a file."""
        async with self:
            days = self.days
        result = await _report(days)
        if isinstance(result, Report):
            return rx.download(
                data=reports.as_csv(result),
                filename=reports.file_name(result),
                mime_type="text/csv",
            )
        async with self:
            _show(self, result)
        return None


async def _report(days: int) -> Report | Problem:
    outside = service()
    try:
        return await reports.read(outside.api.calls.query, days, outside.now())
    except ApiError as error:
        return error.problem


def _show(state: UsageState, result: Report | Problem) -> None:
    state.loading = False
    if isinstance(result, Problem):
        state.failure = told(result, words(state))
        return
    state._report, state.loaded, state.failure = result, True, NONE  # noqa: SLF001
    state.measure = state._chosen or usage_view.usual_measure(result)  # noqa: SLF001
    state.sheet = usage_view.sheet(result, state.measure, words(state))
