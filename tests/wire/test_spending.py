"""What today and the month cost, beside the conversation."""

import pytest

from tests.wire.conftest import Tab
from tests.wire.fake_api import FakeApi, spending

pytestmark = pytest.mark.anyio
BUDGET = {
    "limit": {"amount": "5", "currency": "USD"},
    "spent": {"amount": "4.5"},
    "reserved": {"amount": "0"},
    "resetsAt": "2026-12-01T00:00:00+00:00",
}


def sums(tab: Tab) -> dict:
    return tab.vars.get("spending_state.sums") or {}


async def test_the_sums_are_read_anew_after_an_answer(tab: Tab, api: FakeApi) -> None:
    await tab.fire("spending_state.load")
    await tab.until(lambda: sums(tab).get("today") == "$0.00")
    api.spending = spending("4.5", budget=BUDGET)

    await tab.ask("Who is Robin?")

    await tab.until(lambda: sums(tab).get("today") == "$4.50")
    assert (sums(tab)["level"], sums(tab)["of"]) == ("near", "$4.50 of $5.00")


async def test_sums_that_cannot_be_read_stay_as_they_were(
    tab: Tab, api: FakeApi
) -> None:
    await tab.fire("spending_state.load")
    await tab.until(lambda: sums(tab).get("ready"))
    api.spending = None

    await tab.ask("Who is Robin?")

    assert sums(tab)["today"] == "$0.00"
