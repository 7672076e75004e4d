"""People sign in and out through the page, at a real OpenID provider on loopback."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.e2e.page.test_page_access import NARROW, SMALL, WIDE, Rules
from tests.e2e.test_sign_in import provider_in
from tests.services import Service, free_port, running, running_api

pytestmark = pytest.mark.browser

SECRET = "canary-session-secret-of-32-bytes"
KEPT = "JSON.stringify([localStorage, Object.values(sessionStorage)])"
CACHED = """async () => {
    const names = await caches.keys();
    const open = await Promise.all(names.map(name => caches.open(name)));
    const requests = await Promise.all(open.map(cache => cache.keys()));
    return requests.flat().map(request => new URL(request.url).pathname);
}"""
WORKS = "navigator.serviceWorker.ready.then(() => true)"
BROKEN_OFF = ("Failed to load resource", "net::ERR_")
"""The provider's own page wants a style sheet of another site."""


class Site:
    """The page and the API at the address that people use, and their provider."""

    def __init__(self, page: Service, api: Service, provider: Service) -> None:
        self.url, self.page, self.api, self.provider = page.url, page, api, provider
        self._api_url = api.url

    def end_session(self, tab: Tab) -> None:
        """Sign the browser out behind its back, as an operator may."""
        kept = {one["name"]: one["value"] for one in tab.page.context.cookies()}
        httpx.post(f"{self._api_url}/auth/logout", cookies=kept).raise_for_status()


@contextmanager
def site_in(folder: Path, provider: Service, **settings: str) -> Iterator[Site]:
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    with (
        running_api(
            folder / "api.log",
            **{
                "SIDEKICK_AUTH": "oidc",
                "SIDEKICK_OIDC_ISSUER": provider.url,
                "SIDEKICK_OIDC_CLIENT_ID": "sidekick",
                "SIDEKICK_OIDC_CLIENT_SECRET": "canary-client-secret",
                "SIDEKICK_PUBLIC_URL": public,
                "SIDEKICK_SESSION_SECRET": SECRET,
                "SIDEKICK_RECHECK_S": "0.1",
                **settings,
            },
        ) as api,
        running(
            "reflex_app",
            log=folder / "page.log",
            port_variable="SIDEKICK_UI_PORT",
            port=port,
            SIDEKICK_API_URL=f"{api.url}/graphql",
        ) as page,
    ):
        yield Site(page, api, provider)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with provider_in(tmp_path_factory.mktemp("provider")) as service:
        yield service


@pytest.fixture(scope="module")
def site(
    built_page: None, provider: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Where one must sign in."""
    with site_in(tmp_path_factory.mktemp("site"), provider) as opened:
        yield opened


@pytest.fixture(scope="module")
def open_house(
    built_page: None, provider: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Where guests may come in."""
    folder = tmp_path_factory.mktemp("open")
    with site_in(folder, provider, SIDEKICK_GUESTS="on") as opened:
        yield opened


@pytest.fixture
def visit(open_tab: Callable[..., Tab]) -> Iterator[Callable[..., Tab]]:
    """Open tabs of people, who go to the provider and come back."""
    tabs: list[Tab] = []

    def open_one(site: Site, path: str = "/", **options: object) -> Tab:
        tab = open_tab(f"{site.url}{path}", **options)
        tab.tolerate(*BROKEN_OFF, "WebSocket connection")
        tab.page.route(
            lambda url: urlsplit(url).hostname != "127.0.0.1",
            lambda route: route.abort(),
        )
        tabs.append(tab)
        return tab

    yield open_one
    for tab in tabs:
        tab.foreign.clear()


def give_name(tab: Tab, site: Site, who: str) -> None:
    """Say at the provider who one is, and wait for the page."""
    tab.page.locator("[name=sub]").first.fill(who)
    tab.page.get_by_role("button", name="Authorize").click()
    tab.page.wait_for_url(f"{site.url}/**")


def sign_in(tab: Tab, site: Site, who: str) -> None:
    tab.get("sign-in").click()
    give_name(tab, site, who)
    expect(tab.get("visitor")).to_be_visible()


def sign_out(tab: Tab, site: Site) -> None:
    """Sign out here and at the provider, which asks about it."""
    tab.get("visitor").click()
    tab.get("sign-out").click()
    tab.page.get_by_role("button", name="End session").click()
    tab.page.wait_for_url(f"{site.url}/")


def test_who_must_sign_in_is_led_to_it_and_back(
    site: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(site, "/usage?days=7")
    expect(tab.get("door")).to_have_attribute("data-kind", "needed")
    expect(tab.get("sign-in")).to_be_focused()

    tab.page.keyboard.press("Enter")
    give_name(tab, site, "alice")

    expect(tab.get("visitor")).to_have_text("Alice")
    assert tab.page.url == f"{site.url}/usage?days=7"


def test_administration_is_behind_the_same_door(
    site: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(site, "/admin")
    expect(tab.get("door")).to_have_attribute("data-kind", "needed")
    expect(tab.page.locator("#administration")).to_have_count(0)

    sign_in(tab, site, "alice")

    expect(tab.page.locator("#administration")).to_be_visible()
    expect(tab.get("admin-link")).to_have_count(0)


def test_a_conversation_is_there_after_a_reload(
    site: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(site)
    sign_in(tab, site, "alice")
    tab.ask("Who is Alfred?")
    tab.answered()

    tab.reload()

    tab.answered()
    expect(tab.get("visitor")).to_have_text("Alice")
    expect(tab.get("conversation").first).to_contain_text("Who is Alfred?")


def test_who_signs_out_leaves_nothing_to_the_next_person(
    site: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(site, service_workers="allow")
    sign_in(tab, site, "carol")
    tab.ask("Canary of Carol?")
    tab.answered()
    tab.get("composer").fill("A canary draft")
    assert tab.page.evaluate(WORKS)
    sign_out(tab, site)
    expect(tab.get("door")).to_be_visible()
    assert "anary" not in tab.page.content() + tab.page.evaluate(KEPT)
    assert all("cnv" not in path for path in tab.page.evaluate(CACHED))

    sign_in(tab, site, "bob")

    expect(tab.page.get_by_text("Your conversations will be listed")).to_be_visible()
    expect(tab.get("composer")).to_have_value("")
    assert "anary" not in tab.page.content()


def test_two_people_at_once_have_each_their_own(
    site: Site, visit: Callable[..., Tab]
) -> None:
    dan, eve = visit(site), visit(site)
    sign_in(dan, site, "dan")
    sign_in(eve, site, "eve")
    dan.ask("A question of Dan")
    eve.ask("A question of Eve")
    dan.answered()
    eve.answered()

    eve.visit(dan.page.url)

    expect(eve.get("missing")).to_be_visible()
    expect(eve.get("conversation")).to_have_count(1)
    expect(dan.get("conversation")).to_have_text(["A question of Dan"])


def test_a_session_that_ends_in_mid_use_keeps_what_was_written(
    site: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(site)
    sign_in(tab, site, "frank")
    tab.ask("Who is it?")
    tab.answered()
    where = tab.page.url
    site.end_session(tab)

    tab.ask("An unfinished thought")
    expect(tab.get("door")).to_contain_text("What you typed is kept")
    assert "Who is it?" not in tab.page.locator("body").inner_text()
    sign_in(tab, site, "frank")

    expect(tab.get("composer")).to_have_value("An unfinished thought")
    tab.answered()
    assert tab.page.url == where


def test_what_was_written_is_not_shown_to_somebody_else(
    site: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(site)
    sign_in(tab, site, "grace")
    expect(tab.get("starter").first).to_be_visible()
    tab.get("composer").fill("A canary draft")
    site.end_session(tab)
    tab.reload()
    expect(tab.get("door")).to_be_visible()

    sign_in(tab, site, "heidi")

    expect(tab.get("starter").first).to_be_visible()
    expect(tab.get("composer")).to_have_value("")
    assert "canary" not in tab.page.evaluate(KEPT)


def test_other_tabs_follow_who_signs_out_and_in(
    site: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(site)
    sign_in(tab, site, "ivan")
    other = Tab(tab.page.context.new_page(), site.url).open()
    expect(other.get("visitor")).to_have_text("ivan")

    sign_out(tab, site)
    expect(other.get("door")).to_be_visible()
    sign_in(tab, site, "judy")

    expect(other.get("visitor")).to_have_text("judy")


def test_what_a_guest_asked_comes_along(
    open_house: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(open_house)
    expect(tab.get("visitor")).to_have_text("Guest")
    tab.ask("A guest asks")
    tab.answered()
    tab.get("composer").fill("and goes on")

    tab.get("visitor").click()
    sign_in(tab, open_house, "mallory")

    expect(tab.get("visitor")).to_have_text("mallory")
    expect(tab.get("conversation")).to_have_text(["A guest asks"])
    expect(tab.get("composer")).to_have_value("and goes on")


def test_the_palette_signs_in_and_out(
    open_house: Site, visit: Callable[..., Tab]
) -> None:
    tab = visit(open_house)
    expect(tab.get("visitor")).to_be_visible()
    command(tab, "Sign in")
    give_name(tab, open_house, "niaj")
    expect(tab.get("visitor")).to_have_text("niaj")

    command(tab, "Sign out")

    tab.page.get_by_role("button", name="End session").click()
    expect(tab.get("visitor")).to_have_text("Guest")


def command(tab: Tab, name: str) -> None:
    tab.page.keyboard.press("Control+k")
    tab.page.keyboard.type(name)
    expect(tab.get("offer")).to_have_text([name])
    tab.page.keyboard.press("Enter")


def test_who_is_denied_is_told_so_once(site: Site, visit: Callable[..., Tab]) -> None:
    tab = visit(site, "/usage")
    tab.get("sign-in").click()

    tab.page.get_by_role("button", name="Deny").click()

    expect(tab.get("sign-in-problem")).to_contain_text("access was denied")
    assert "signIn" not in tab.page.url
    tab.page.get_by_label("Dismiss").click()
    expect(tab.get("sign-in-problem")).to_have_count(0)


def test_a_provider_that_is_away_is_a_plain_sentence(
    built_page: None, visit: Callable[..., Tab], tmp_path: Path
) -> None:
    with (
        provider_in(tmp_path) as provider,
        site_in(tmp_path, provider) as lonely,
    ):
        provider.stop()
        tab = visit(lonely)
        tab.get("sign-in").click()

        expect(tab.get("sign-in-problem")).to_contain_text("cannot sign in")
        expect(tab.get("door")).to_be_visible()
        tab.page.goto("about:blank")


def test_where_only_keys_are_good_the_page_says_what_to_set(
    built_page: None, visit: Callable[..., Tab], tmp_path: Path
) -> None:
    with (
        running_api(tmp_path / "api.log", SIDEKICK_AUTH="keys") as api,
        running(
            "reflex_app",
            log=tmp_path / "page.log",
            port_variable="SIDEKICK_UI_PORT",
            SIDEKICK_API_URL=f"{api.url}/graphql",
        ) as page,
    ):
        tab = visit(Site(page, api, api))

        expect(tab.get("door")).to_have_attribute("data-kind", "keys")
        expect(tab.get("door")).to_contain_text("SIDEKICK_AUTH=keys,oidc")
        expect(tab.get("sign-in")).to_have_count(0)
        tab.page.goto("about:blank")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken_on_the_way_in(
    site: Site, visit: Callable[..., Tab], scheme: str
) -> None:
    tab = visit(site, color_scheme=scheme, reduced_motion="reduce")
    rules = Rules(tab)
    expect(tab.get("sign-in")).to_be_focused()
    rules.check("door", WIDE, NARROW)
    small = {"door": tab.page.evaluate(SMALL, 44)}
    tab.visit(f"{site.url}/?signIn=failed")
    expect(tab.get("sign-in-problem")).to_be_visible()
    rules.check("problem")
    sign_in(tab, site, "olivia")
    tab.get("visitor").click()
    rules.check("menu", WIDE)
    tab.page.set_viewport_size({"width": NARROW, "height": 844})
    tab.page.get_by_label("Open sidebar").click()
    small["drawer"] = tab.page.evaluate(SMALL, 44)

    assert (rules.broken, small) == ({}, {"door": [], "drawer": []})


def test_nobody_hears_of_it_where_nobody_signs_in(tab: Tab) -> None:
    expect(tab.get("starter").first).to_be_visible()

    tab.page.keyboard.press("Control+k")
    tab.page.keyboard.type("sign")

    expect(tab.get("visitor")).to_have_count(0)
    expect(tab.get("offer")).to_have_count(0)
    assert json.loads(tab.page.evaluate("JSON.stringify(localStorage)")).keys() <= {
        "theme"
    }
