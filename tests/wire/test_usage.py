from base64 import b64decode
from urllib.parse import unquote

import pytest

from tests.wire.conftest import MOMENT, Tab
from tests.wire.fake_usage import FakeUsage, Used

pytestmark = pytest.mark.anyio

TODAY = MOMENT.date().isoformat()
REFUSAL = {"message": "The service is busy.", "extensions": {"code": "RATE_LIMITED"}}


@pytest.fixture
def api() -> FakeUsage:
    return FakeUsage(used=[Used(day=TODAY), Used(day="2026-10-01")])


async def load(tab: Tab) -> dict:
    await tab.fire("usage_state.load")
    await tab.until(lambda: tab.vars.get("usage_state.loaded"))
    return tab.vars["usage_state.sheet"]


def text_of(event: dict) -> str:
    head, _, data = event["payload"]["url"].partition(",")
    return b64decode(data).decode() if head.endswith("base64") else unquote(data)


async def test_a_report_shows_the_last_thirty_days(tab: Tab) -> None:
    sheet = await load(tab)

    assert sheet["period"] == "Oct 24\u2009\u2013\u2009Nov 22, 2026, UTC"
    assert sheet["figures"][0]["value"] == "$0.0004"
    assert len(sheet["chart"]["slots"]) == 30


async def test_another_period_brings_its_own_numbers(tab: Tab) -> None:
    await load(tab)

    await tab.fire("usage_state.choose", days=90)
    await tab.until(lambda: tab.vars["usage_state.sheet"]["by"] == "Week")

    assert tab.vars["usage_state.sheet"]["figures"][0]["value"] == "$0.0008"


async def test_a_period_that_is_not_offered_is_not_asked_for(
    tab: Tab, api: FakeUsage
) -> None:
    await load(tab)
    before = len(api.asked)

    await tab.fire("usage_state.choose", days=100_000)
    await tab.fire("usage_state.choose", days=365)
    await tab.until(lambda: tab.vars["usage_state.sheet"]["by"] == "Month")

    assert {one["since"][:10] for one in api.asked[before:]} <= {
        *("2025-11-23", "2026-11-01", "2026-10-01")
    }


async def test_tokens_are_drawn_from_what_is_known_already(
    tab: Tab, api: FakeUsage
) -> None:
    await load(tab)
    before = len(api.asked)

    await tab.fire("usage_state.draw", measure="tokens")
    await tab.until(lambda: tab.vars["usage_state.measure"] == "tokens")

    sheet = tab.vars["usage_state.sheet"]
    assert sheet["chart_title"] == "Tokens by day"
    assert len(api.asked) == before


async def test_a_report_that_cannot_be_read_says_why_and_can_be_tried_again(
    tab: Tab, api: FakeUsage
) -> None:
    api.refusal = REFUSAL
    await tab.fire("usage_state.load")
    await tab.until(lambda: tab.vars.get("usage_state.failure", {}).get("title"))
    assert tab.vars["usage_state.failure"]["title"] == "That was quick"
    assert tab.vars["usage_state.loading"] is False

    api.refusal = None
    await load(tab)

    assert tab.vars["usage_state.failure"]["title"] == ""


async def test_a_failure_leaves_the_last_report_on_the_page(
    tab: Tab, api: FakeUsage
) -> None:
    sheet = await load(tab)
    api.refusal = REFUSAL

    await tab.fire("usage_state.choose", days=7)
    await tab.until(lambda: tab.vars.get("usage_state.failure", {}).get("title"))

    assert tab.vars["usage_state.sheet"] == sheet


async def test_a_report_is_downloaded_as_a_spreadsheet(tab: Tab) -> None:
    await load(tab)

    await tab.fire("usage_state.download")
    await tab.until(lambda: tab.events)

    (event,) = tab.events
    assert event["payload"]["filename"] == "usage_20261024_20261122.csv"
    assert f"day,{TODAY},,1,10,5,0.000402,USD,no,0\r\n" in text_of(event)


async def test_a_report_sends_little_to_the_browser(tab: Tab) -> None:
    before = tab.bytes_received

    await load(tab)

    assert tab.bytes_received - before < 8_000
