import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.services import Service, running_api, running_page

pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUS = "document.activeElement.id || document.activeElement.dataset.testid"
TOKEN = re.compile(r"sk-sidekick-\w+-[\w-]{40,}")
KEPT = "JSON.stringify([location.href, {...localStorage}, {...sessionStorage}])"
TALK = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!) {
  sendMessage(input: {conversationId: $id, content: $text}) { generation { id } } }"""
KEY = """mutation ($name: String!) { createApiKey(input: {
  name: $name, scopes: [CHAT, READ], expiresInDays: 30 }) { apiKey { id } } }"""
REVOKE = """mutation ($id: ID!) { revokeApiKey(input: {apiKeyId: $id}) {
  apiKey { id } } }"""


def ask(api: Service, document: str, **variables: str) -> dict:
    """Data of one operation."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    headers = {"content-type": "application/json"}
    request = Request(f"{api.url}/graphql", body, headers)  # noqa: S310 loopback
    with urlopen(request, timeout=10) as reply:  # noqa: S310 loopback
        data = json.load(reply)["data"]
    return next(iter(data.values()))


@pytest.fixture(scope="module")
def office(
    built_page: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Service]]:
    """An API in which something was asked, failed, made and revoked, and its page."""
    folder = tmp_path_factory.mktemp("office")
    mock = {"SIDEKICK_PROVIDER": "mock", "SIDEKICK_MOCK_TOKENS_PER_S": "0"}
    with running_api(folder / "api.log", **mock) as api:
        for text in ("[reply: short] Who?", "[fault: down] Who?", "[fault: cut] Who?"):
            talk = ask(api, TALK)["conversation"]["id"]
            ask(api, SEND, id=talk, text=text)
        ask(api, KEY, name="Nightly summaries")
        gone = ask(api, KEY, name="Old importer")["apiKey"]["id"]
        ask(api, REVOKE, id=gone)
        with running_page(folder / "page.log", api.url) as page:
            yield api, page


@pytest.fixture
def desk(office: tuple[Service, Service], open_tab: Callable[..., Tab]) -> Tab:
    """The administration page, read."""
    return visit(open_tab, office[1])


def visit(open_tab: Callable[..., Tab], page: Service, **options: object) -> Tab:
    tab = open_tab(page.url, **options)
    tab.visit(f"{page.url}/admin")
    expect(tab.get("deeds")).to_be_visible()
    return tab


@pytest.fixture
def other_office(tmp_path: Path, built_page: None) -> Iterator[Service]:
    """A page of its own, for a test that stops everything or asks nothing."""
    with (
        running_api(tmp_path / "api.log") as api,
        running_page(tmp_path / "page.log", api.url) as page,
    ):
        yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_administration_breaks_no_rule_of_accessibility_and_fits(
    open_tab: Callable[..., Tab],
    office: tuple[Service, Service],
    scheme: str,
    width: int,
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    looks = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    tab = visit(open_tab, office[1], reduced_motion="reduce", **looks)
    found = axe.run(tab.page)
    assert found.violations_count == 0, found.generate_report()
    assert tab.page.evaluate(OVERFLOW) == 0
    for button in ("new-key", "stop", "limits", "revoke"):
        tab.get(button).first.click()
        expect(tab.page.locator("dialog")).to_be_visible()
        found = axe.run(tab.page)
        assert found.violations_count == 0, found.generate_report()
        tab.page.keyboard.press("Escape")


def test_a_key_is_shown_once_and_kept_nowhere(desk: Tab) -> None:
    desk.get("new-key").press("Enter")
    desk.get("key-name").fill("CI")
    desk.get("key-name").press("Enter")
    token = desk.get("admin-token").input_value()
    assert TOKEN.fullmatch(token)
    assert desk.page.evaluate(KEPT).find(token[-20:]) == -1
    desk.get("admin-kept").click()
    expect(desk.get("keys").get_by_role("rowheader").first).to_contain_text("CI")
    assert token not in desk.page.content()
    assert desk.page.evaluate(FOCUS) == "new-key"
    desk.reload()
    expect(desk.get("deeds")).to_be_visible()
    assert token[-20:] not in desk.page.content()


def test_a_key_without_a_scope_is_not_made(desk: Tab) -> None:
    desk.get("new-key").click()
    desk.get("key-name").fill("Nothing")
    for scope in ("CHAT", "READ"):
        desk.page.locator(f"[name=scopes][value={scope}]").uncheck()
    desk.get("admin-do").click()
    expect(desk.page.locator(".admin-problem")).to_have_text("Choose at least one.")
    expect(desk.get("admin-token")).to_have_count(0)


def test_a_key_is_revoked_after_a_question(desk: Tab) -> None:
    keys = desk.get("keys")
    before = keys.get_by_test_id("revoke").count()
    keys.get_by_role("button", name="Revoke Nightly summaries").click()
    desk.get("admin-do").click()
    expect(keys.get_by_test_id("revoke")).to_have_count(before - 1)
    expect(desk.page.locator("dialog")).to_have_count(0)
    said = desk.page.get_by_text("The key Nightly summaries is revoked.")
    expect(said).to_have_count(1)
    expect(desk.page.locator("#admin-keys")).to_be_focused()


def test_limits_are_set_and_taken_back(desk: Tab) -> None:
    row = desk.get("people").locator("tr", has_text="This machine")
    row.get_by_test_id("limits").click()
    desk.page.get_by_label("US dollars a month").fill("12.50")
    desk.get("admin-do").click()
    expect(row).to_contain_text("$12.5 a month")
    row.get_by_test_id("limits").click()
    expect(desk.page.get_by_label("US dollars a month")).to_have_value("12.5")
    desk.get("admin-unlimit").click()
    expect(row).not_to_contain_text("a month")


def test_failures_and_deeds_are_told_without_texts(desk: Tab) -> None:
    expect(desk.get("failures")).to_contain_text("MODEL_UNAVAILABLE")
    expect(desk.get("failures")).to_contain_text("mock-1")
    expect(desk.get("deeds")).to_contain_text("Revoked a key")
    assert "Who?" not in desk.get("failures").inner_text()


def test_principals_are_sorted_with_the_keyboard(desk: Tab) -> None:
    desk.get("order-NEWEST").press("Enter")
    expect(desk.get("order-NEWEST")).to_have_attribute("aria-pressed", "true")
    first = desk.get("people").get_by_role("rowheader").first
    expect(first).not_to_contain_text("This machine")


def test_the_switch_stops_answers_and_says_why(
    open_tab: Callable[..., Tab], other_office: Service
) -> None:
    tab = visit(open_tab, other_office)
    expect(tab.get("people")).to_contain_text("Nobody has asked anything yet.")
    tab.get("stop").click()
    tab.get("stop-reason").fill("The bill is due")
    tab.get("admin-do").click()
    expect(tab.get("switch")).to_have_attribute("data-on", "true")
    expect(tab.get("switch")).to_contain_text("The bill is due")
    tab.visit(other_office.url)
    tab.ask("Who is Robin?")
    expect(tab.get("message-error")).to_contain_text("The bill is due")
    tab.visit(f"{other_office.url}/admin")
    tab.get("allow").click()
    tab.get("admin-do").click()
    expect(tab.get("switch")).to_have_attribute("data-on", "false")


def test_the_sidebar_leads_administrators_here(desk: Tab) -> None:
    desk.visit(desk.url)
    desk.get("admin-link").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Administration")


@pytest.fixture
def failing_office(
    tmp_path: Path, built_page: None
) -> Iterator[tuple[Service, Service]]:
    """An API that a test stops, and its page."""
    with (
        running_api(tmp_path / "api.log") as api,
        running_page(tmp_path / "page.log", api.url) as page,
    ):
        yield api, page


def test_a_page_that_cannot_be_read_says_why_and_can_be_read_again(
    open_tab: Callable[..., Tab], failing_office: tuple[Service, Service]
) -> None:
    api, page = failing_office
    tab = visit(open_tab, page)
    api.stop()
    tab.get("admin-reload").click()
    expect(tab.get("message-error")).to_be_visible()
    expect(tab.get("retry")).to_be_enabled()
