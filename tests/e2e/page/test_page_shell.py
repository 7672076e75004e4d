"""The page as an installed program: its icons, and its shell without a network."""

import struct
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.page.conftest import CONNECTION_LOST, Stack, Tab
from tests.services import Service

pytestmark = pytest.mark.browser

KEPT = """async () => {
    await navigator.serviceWorker.ready;
    const names = await caches.keys();
    const stores = await Promise.all(names.map(name => caches.open(name)));
    const requests = await Promise.all(stores.map(cache => cache.keys()));
    return requests.flat().map(request => new URL(request.url).pathname);
}"""


@pytest.fixture
def shell_tab(open_tab: Callable[..., Tab]) -> Callable[[str], Tab]:
    """A tab whose worker has kept the shell."""

    def open_one(url: str) -> Tab:
        tab = open_tab(url, service_workers="allow")
        tab.tolerate(*CONNECTION_LOST)
        assert "/" in tab.page.evaluate(KEPT)
        return tab

    return open_one


def test_the_shell_opens_without_a_server_and_says_so(
    stack: Stack, shell_tab: Callable[[str], Tab]
) -> None:
    with stack.api():
        with stack.page() as server:
            tab = shell_tab(server.url)
            tab.ask("Who is Batman?")
            tab.answered()
            conversation = tab.page.url
            tab.get("composer").fill("A thought of the train")
            tab.get("new-chat").click()
            tab.get("composer").fill("Half a question")

        tab.reload()
        expect(tab.get("connection")).to_contain_text("cannot be reached")
        expect(tab.get("composer")).to_have_value("Half a question")
        tab.visit(conversation)
        expect(tab.get("far-away")).to_be_visible()
        expect(tab.get("composer")).to_have_value("A thought of the train")

        with stack.page():
            expect(tab.get("message-user")).to_have_count(1, timeout=30_000)
            expect(tab.get("connection")).to_be_hidden()
            tab.get("composer").press("Enter")
            tab.answered(2)


def test_a_device_without_a_network_is_told_apart(
    page_server: Service, shell_tab: Callable[[str], Tab]
) -> None:
    tab = shell_tab(page_server.url)

    tab.page.context.set_offline(True)
    tab.reload()

    expect(tab.get("connection")).to_contain_text("You are offline")


def test_nothing_of_a_conversation_is_kept_in_the_browser(
    page_server: Service, shell_tab: Callable[[str], Tab]
) -> None:
    tab = shell_tab(page_server.url)
    tab.ask("Who is Batman?")
    tab.answered()
    tab.reload()
    tab.answered()

    kept = set(tab.page.evaluate(KEPT))

    pages = {path for path in kept if not path.startswith("/assets/")}
    assert pages == {"/", "/usage", "/c/shell"}


def test_the_browser_finds_the_page_fit_to_be_installed(
    tab: Tab, page_server: Service
) -> None:
    assert installability(tab.page) == []
    manifest = httpx.get(f"{page_server.url}/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    for icon in manifest.json()["icons"]:
        served = httpx.get(page_server.url + icon["src"])
        assert served.headers["content-type"].startswith(icon["type"])
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", served.content[16:24])
            assert icon["sizes"] == f"{width}x{height}"


def installability(page: Page) -> list[str]:
    session = page.context.new_cdp_session(page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A test's window is like a private one, in which nothing is ever installed.
    return [e["errorId"] for e in errors if e["errorId"] != "in-incognito"]
