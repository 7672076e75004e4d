from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.e2e.scissors import Scissors
from tests.services import ROOT, Service

pytestmark = pytest.mark.browser
HTML = (ROOT / "examples/browser.html").read_text("utf-8")


def test_forty_lines_of_html_stream_an_answer_and_resume_it(
    open_tab: Callable[..., Tab], mock_api: Service
) -> None:
    network = Scissors(mock_api.port, cuts=1, after_bytes=3_000)
    tab = open_tab(network.url)
    tab.tolerate("net::ERR_", "status of 404")
    tab.page.route("**/example", lambda route: route.fulfill(body=HTML))
    tab.page.goto(f"{network.url}/example")
    tab.page.locator("input").fill("[reply: long]")
    tab.page.get_by_role("button").click()
    expect(tab.page.locator("pre")).to_contain_text("COMPLETED")
    network.close()
    assert network.left == 0
    assert tab.page.locator("pre").inner_text().count("the hero leaps") == 222


def test_the_example_has_at_most_forty_lines() -> None:
    assert len(HTML.splitlines()) <= 40
