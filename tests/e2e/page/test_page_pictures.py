"""A picture of every state of the page, light, dark and on a phone.

They are for people to look at, in the folder that SIDEKICK_PICTURES names; what a test
says of a state is that its parts are there, that nothing is wider than the screen, and
that the browser had nothing to complain about.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import CONNECTION_LOST, Cable, Tab
from tests.services import ROOT, Service, running, running_api, running_page

pytestmark = pytest.mark.browser

FOLDER = Path(os.environ.get("SIDEKICK_PICTURES") or ROOT / ".pictures")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOOKS = {"light": ("light", WIDE), "dark": ("dark", WIDE), "phone": ("light", PHONE)}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CREATE = """mutation ($history: [MessageInput!]!) {
  createConversation(input: {title: "500 messages", history: $history}) {
    conversation { id } } }"""
CONTENTS = {
    "long-words": "Donaudampfschifffahrtsgesellschaft" * 12,
    "table": "| Hero | Real name |\n|---|---:|\n" + "| Batman | Bruce Wayne |\n" * 4,
    "code": "```python\nprint('" + "hero " * 40 + "')\n```",
    "formula": "$$\\int_0^\\infty e^{-x^2} dx = \\frac{\\sqrt\\pi}{2}$$",
    "right-to-left": "مرحبا بالعالم، كيف حالك اليوم؟ " * 4,
    "cjk-and-emoji": "你好、世界🦸‍♀️🦇 こんにちは、ヒーロー。 안녕하세요 " * 4,
}
FAILURES = {
    "interrupted": ("cut", "cut"),
    "busy": ("overloaded", "wait"),
    "unreachable-model": ("down", "offline"),
    "budget-reached": ("budget", "limit"),
    "failed": ("crash", "fault"),
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A mock with a budget, whose answers come word by word where they should."""
    with running(
        "graphql_api",
        "mock",
        log=tmp_path_factory.mktemp("mock") / "mock.log",
        port_variable="SIDEKICK_API_PORT",
        SIDEKICK_MOCK_TOKENS_PER_S="0",
        SIDEKICK_MONTHLY_BUDGET_USD="5",
    ) as service:
        yield service


@pytest.fixture(scope="module")
def page(
    built_page: None, api: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("pictures") / "page.log"
    with running_page(log, api.url) as service:
        yield service


@pytest.fixture
def tab(open_tab: Callable[..., Tab], page: Service) -> Tab:
    return open_tab(page.url, viewport=WIDE, reduced_motion="reduce")


def take(tab: Tab, name: str) -> None:
    """Save the page in every look."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for look, (scheme, viewport) in LOOKS.items():
        tab.page.set_viewport_size(viewport)
        tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        shown = expect(tab.page.locator("html"))
        dark = re.compile(r"\bdark\b")
        (shown.to_have_class if scheme == "dark" else shown.not_to_have_class)(dark)
        assert tab.page.evaluate(OVERFLOW) == 0, f"{name} is too wide in {look}"
        tab.page.screenshot(path=FOLDER / f"{name}-{look}.png", animations="disabled")


def test_a_new_chat_offers_ways_to_begin(tab: Tab) -> None:
    expect(tab.get("starter")).to_have_count(4)
    take(tab, "home")


def test_an_answer_that_has_not_begun_says_so(tab: Tab) -> None:
    tab.ask("[speed: 0.01] Who is Robin?")
    expect(tab.page.locator("[aria-busy=true]")).to_contain_text("Thinking")
    expect(tab.get("stop")).to_be_visible()
    take(tab, "pending")


def test_a_model_that_may_be_loading_is_waited_for(tab: Tab) -> None:
    expect(tab.get("starter").first).to_be_visible()
    tab.page.clock.install()
    tab.ask("[speed: 0.01] Who is Robin?")
    expect(tab.page.locator("[aria-busy=true]")).to_contain_text("Thinking")
    tab.page.clock.run_for(9_000)

    expect(tab.get("patience")).to_contain_text("has to be loaded first")
    expect(tab.page.locator(".who").last).to_contain_text("Getting ready")
    tab.page.clock.resume()
    take(tab, "loading")


def test_a_conversation_that_is_on_its_way_has_a_skeleton(tab: Tab) -> None:
    tab.page.route("**/assets/entry*", lambda route: route.abort())
    tab.tolerate("net::ERR_FAILED", "dynamically imported module")

    tab.page.goto(f"{tab.url}/c/cnv_any", wait_until="domcontentloaded")

    expect(tab.get("skeleton")).to_be_visible()
    tab.page.screenshot(path=FOLDER / "skeleton-light.png")


def test_the_palette_says_when_it_finds_nothing(tab: Tab) -> None:
    tab.ask("Who is Robin?")
    tab.answered()
    tab.page.keyboard.press("Control+k")
    expect(tab.get("palette-box")).to_be_focused()
    take(tab, "palette")

    tab.get("palette-box").fill("xylophone")
    expect(tab.get("palette").locator(".palette-note")).to_be_visible()
    take(tab, "palette-nothing")


def test_an_answer_being_written_can_be_stopped(tab: Tab) -> None:
    tab.ask("Draw me a comic. [reply: long] [speed: 5]")
    expect(tab.page.locator("[aria-busy=true]")).to_contain_text("Panel 2")
    take(tab, "streaming")

    tab.get("stop").click()
    expect(tab.page.get_by_text("Stopped by you")).to_be_visible()
    take(tab, "stopped")


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_has_words_a_drawing_and_a_way_on(tab: Tab, name: str) -> None:
    fault, mark = FAILURES[name]
    # The countdown stands still for its picture.
    tab.page.clock.set_fixed_time(tab.page.evaluate("Date.now() / 1000"))
    tab.ask(f"Who is Robin? [fault: {fault}]")

    failure = tab.get("message-error")
    expect(failure).to_have_attribute("data-mark", mark)
    expect(failure.get_by_role("alert")).not_to_be_empty()
    expect(tab.get("retry")).to_have_text("Retry in 2 s" if name == "busy" else "Retry")
    take(tab, name)


def test_a_spent_budget_leads_to_the_usage(tab: Tab) -> None:
    tab.ask("Who is Robin? [fault: budget]")
    tab.get("see-usage").click()

    expect(tab.page).to_have_url(re.compile("/usage$"))
    expect(tab.get("budget").last).to_contain_text("of $5.00")


@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_of_text_fits(tab: Tab, name: str) -> None:
    tab.ask(f"[reply: echo]\n\n{CONTENTS[name]}")
    tab.answered()
    if name == "formula":
        expect(tab.page.locator(".katex").first).to_be_visible()
    take(tab, name)


def test_five_hundred_messages_open_at_their_end(
    tab: Tab, api: Service, page: Service
) -> None:
    said = [
        {"role": role, "content": f"{role.lower()} {number}: sidekicks matter."}
        for number in range(250)
        for role in ("USER", "ASSISTANT")
    ]
    body = {"query": CREATE, "variables": {"history": said}}
    answer = httpx.post(f"{api.url}/graphql", json=body, timeout=20).json()
    made = answer["data"]["createConversation"]["conversation"]["id"]

    tab.visit(f"{page.url}/c/{made}")

    expect(tab.page.get_by_text("assistant 249:")).to_be_in_viewport()
    take(tab, "500-messages")


def test_the_sums_stand_behind_the_cost(tab: Tab, page: Service) -> None:
    tab.ask("Who is Robin?")
    tab.answered()
    tab.get("total-cost").click()
    expect(tab.get("costs")).to_contain_text("Today")
    expect(tab.get("costs").get_by_test_id("budget")).to_contain_text("of $5.00")
    take(tab, "costs")

    tab.visit(f"{page.url}/usage")
    expect(tab.get("chart")).to_be_visible()
    take(tab, "usage")


def test_a_report_of_nothing_says_so(
    built_page: None, open_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    with (
        running_api(tmp_path / "api.log") as api,
        running_page(tmp_path / "page.log", api.url) as empty,
    ):
        tab = open_tab(empty.url, viewport=WIDE, reduced_motion="reduce")
        expect(tab.page.get_by_text("will be listed here")).to_be_visible()
        tab.visit(f"{empty.url}/usage")
        expect(tab.get("usage-empty")).to_be_visible()
        take(tab, "usage-empty")


def test_an_address_that_leads_nowhere_leads_on(tab: Tab, page: Service) -> None:
    tab.visit(f"{page.url}/c/cnv_nothing")
    expect(tab.get("missing")).to_be_visible()
    take(tab, "missing")


def test_a_broken_network_is_said_while_the_page_stays(
    open_tab: Callable[..., Tab], page: Service
) -> None:
    cable = Cable(page.port)
    tab = open_tab(cable.url, viewport=WIDE, reduced_motion="reduce")
    tab.tolerate(*CONNECTION_LOST)
    expect(tab.get("starter").first).to_be_visible()

    cable.cut()

    expect(tab.get("connection")).to_be_visible()
    take(tab, "reconnecting")
    cable.close()
