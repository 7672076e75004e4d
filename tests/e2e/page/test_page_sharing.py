"""Links to copies of conversations: made, opened by others, revoked; and paper."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.page.conftest import Tab
from tests.e2e.page.test_page_places import stored
from tests.services import Service

pytestmark = pytest.mark.browser
OpenTab = Callable[..., Tab]
PHONE = {"width": 390, "height": 844}


def talk(tab: Tab, api: Service, *texts: str) -> None:
    """Show a conversation made through the API."""
    tab.visit(tab.url + stored(api, *(texts or ("Who is Alfred?", "A butler."))))
    expect(tab.get("message-user").last).to_be_visible()


def link(tab: Tab) -> str:
    """Share the conversation that is shown, and give the address."""
    tab.get("share").click()
    tab.get("share-create").click()
    expect(tab.get("share-link")).to_be_focused()
    return tab.get("share-link").input_value()


def frames(page: Page) -> list[str]:
    """Collect what the page sends over its socket."""
    sent: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))),
    )
    return sent


def test_a_link_shows_everybody_a_copy_that_stays_as_it_was(
    tab: Tab, echo_api: Service, open_tab: OpenTab
) -> None:
    talk(tab, echo_api)
    reader = open_tab(link(tab))
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("New conversation")
    expect(reader.get("message-assistant")).to_contain_text("A butler.")

    tab.page.keyboard.press("Escape")
    tab.ask("And who is Robin?")
    tab.answered(2)
    reader.reload()

    expect(reader.get("message-assistant")).to_contain_text("A butler.")
    expect(reader.get("message-user")).to_have_count(1)


def test_the_page_of_a_link_asks_for_nothing_else(
    tab: Tab, echo_api: Service, open_tab: OpenTab
) -> None:
    talk(tab, echo_api)
    address = link(tab)
    reader = open_tab("about:blank")
    asked: list[str] = []
    sent = frames(reader.page)
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.url = address
    reader.open()

    expect(reader.get("message-assistant")).to_be_visible()
    expect(reader.page.locator("#sidebar")).to_have_count(0)
    assert [url for url in asked if "graphql" in url] == []
    assert [url for url in asked if url.endswith(".json")] == [f"{address}.json"]
    assert [f for f in sent if "sidebar" in f or "chat_state" in f] == []


def test_the_page_of_a_link_works_where_all_else_is_barred(
    tab: Tab, echo_api: Service, open_tab: OpenTab
) -> None:
    talk(tab, echo_api)
    address = link(tab)
    reader = open_tab("about:blank")
    reader.tolerate("WebSocket", "ERR_")
    reader.page.route_web_socket("**/_event/**", lambda socket: socket.close())
    reader.page.route("**/graphql", lambda route: route.abort())
    reader.url = address
    reader.open()

    expect(reader.get("message-assistant")).to_contain_text("A butler.")
    expect(reader.get("connection")).not_to_be_visible()


def test_no_search_engine_and_no_cache_keeps_what_a_link_shows(
    tab: Tab, page_server: Service, echo_api: Service
) -> None:
    talk(tab, echo_api)
    address = link(tab)
    for url in (address, f"{address}.json"):
        headers = httpx.get(url).headers
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
    assert 'content="noindex, nofollow"' in httpx.get(address).text
    assert "x-robots-tag" not in httpx.get(page_server.url).headers


def test_a_revoked_link_is_as_dead_as_one_that_never_was(
    tab: Tab, page_server: Service, echo_api: Service, open_tab: OpenTab
) -> None:
    talk(tab, echo_api)
    address = link(tab)
    reader = open_tab(address)
    expect(reader.get("shared")).to_be_visible()

    tab.get("share-revoke").click()
    expect(tab.get("share-item")).to_have_count(0)
    expect(tab.get("share-link")).to_have_count(0)
    reader.reload()
    expect(reader.get("shared-gone")).to_be_visible()
    reader.visit(f"{page_server.url}/s/never-made")
    expect(reader.get("shared-gone")).to_be_visible()

    never = httpx.get(f"{page_server.url}/s/never-made.json")
    revoked = httpx.get(f"{address}.json")
    assert (revoked.status_code, revoked.text) == (never.status_code, never.text)


def test_links_are_listed_when_the_dialog_is_opened_again(
    tab: Tab, echo_api: Service
) -> None:
    talk(tab, echo_api)
    link(tab)
    tab.page.keyboard.press("Escape")
    expect(tab.get("share-dialog")).to_have_count(0)
    expect(tab.get("share")).to_be_focused()
    tab.page.keyboard.press("Enter")

    expect(tab.get("share-item")).to_have_count(1)
    expect(tab.get("share-link")).to_have_count(0)


def test_another_conversation_is_shared_from_its_menu(
    tab: Tab, echo_api: Service, open_tab: OpenTab
) -> None:
    tab.ask("Who is the Riddler?")
    tab.answered()
    talk(tab, echo_api)
    other = tab.get("conversation").filter(has_text="Who is the Riddler?").first
    other.hover()
    tab.page.get_by_label("Options of Who is the Riddler?").first.click()
    tab.get("row-share").click()
    tab.get("share-create").click()

    reader = open_tab(tab.get("share-link").input_value())
    expect(reader.get("message-user")).to_contain_text("Who is the Riddler?")


def test_why_a_conversation_cannot_be_shared_is_said(tab: Tab) -> None:
    tab.ask("__slow__ " + "and so on " * 300)
    expect(tab.page.locator("[aria-busy=true]")).to_have_count(1)
    tab.get("share").click()
    tab.get("share-create").click()

    expect(tab.get("share-problem")).to_contain_text("being written")
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("Escape")


def test_a_reader_can_try_again_when_the_service_was_away(
    tab: Tab, echo_api: Service, open_tab: OpenTab
) -> None:
    talk(tab, echo_api)
    address = link(tab)
    reader = open_tab("about:blank")
    reader.tolerate("ERR_FAILED")
    reader.page.route("**/*.json", lambda route: route.abort())
    reader.url = address
    reader.open()
    expect(reader.get("shared-failed")).to_be_visible()

    reader.page.unroute("**/*.json")
    reader.get("shared-retry").click()

    expect(reader.get("message-assistant")).to_contain_text("A butler.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialog_and_page_are_accessible_and_fit_a_phone(
    page_server: Service, echo_api: Service, open_tab: OpenTab, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab = open_tab(page_server.url, color_scheme=scheme, viewport=PHONE)
    talk(tab, echo_api)
    address = link(tab)
    found = {"dialog": axe.run(tab.page)}
    sizes = [
        box.bounding_box()
        for box in tab.get("share-dialog").get_by_role("button").all()
    ]
    reader = open_tab(address, color_scheme=scheme, viewport=PHONE)
    expect(reader.get("shared")).to_be_visible()
    found["link"] = axe.run(reader.page)
    reader.visit(f"{page_server.url}/s/never-made")
    expect(reader.get("shared-gone")).to_be_visible()
    found["gone"] = axe.run(reader.page)

    assert {name: one.response["violations"] for name, one in found.items()} == {
        name: [] for name in found
    }
    assert all(size["height"] >= 44 for size in sizes)


PRINT = """window.print = () => {
    dispatchEvent(new Event("beforeprint"));
    document.body.dataset.printed = 1;
}"""


def test_paper_holds_the_whole_conversation_and_nothing_of_the_page(
    tab: Tab, echo_api: Service
) -> None:
    tab.page.add_init_script(PRINT)
    talk(tab, echo_api, *(f"Text {number}" for number in range(130)))
    tab.get("download").click()
    tab.get("print").click()
    expect(tab.page.locator("body[data-printed]")).to_have_count(1)
    assert tab.page.locator(".msg").count() == 130

    tab.page.emulate_media(media="print", color_scheme="dark")
    expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.page.locator(".print-only")).to_contain_text("20")
    for gone in ("#sidebar", ".dock", ".bar", ".msg.bot .foot"):
        expect(tab.page.locator(gone).first).not_to_be_visible()
    assert tab.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
