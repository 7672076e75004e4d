"""Signing in and out by a browser: what it is sent, and what nobody can do to it."""

import logging
from collections.abc import AsyncGenerator
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest

from tests.browsers import (
    CROSS_SITE,
    PUBLIC,
    SECRET,
    Browser,
    Site,
    open_site,
    value_of,
)
from tests.fake_issuer import CLIENT_SECRET, FakeIssuer

pytestmark = pytest.mark.anyio
VIEWER = "{ viewer { id displayName anonymous } }"
ADMIN = "{ admin { __typename } }"
LIST = "{ conversations { totalCount } }"


@pytest.fixture
async def site(anyio_backend: str) -> AsyncGenerator[Site]:
    async with FakeIssuer() as issuer:
        async for site in open_site(issuer):
            yield site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser()


def cookies_of(reply: httpx.Response) -> dict[str, Any]:
    jar: SimpleCookie = SimpleCookie()
    for line in reply.headers.get_list("set-cookie"):
        jar.load(line)
    return dict(jar)


async def test_a_person_signs_in_and_out(browser: Browser) -> None:
    before = await browser.session()
    reply = await browser.sign_in("/c/cnv_1?x=a%26b")
    assert (reply.status_code, reply.headers["location"]) == (303, "/c/cnv_1?x=a%26b")
    told = {"signedIn": True, "name": "Alice", "guest": False, "canSignIn": True}
    assert await browser.session() == told
    assert (await browser.ask(VIEWER))["displayName"] == "Alice"
    left = await browser.http.post("/auth/logout")
    assert left.json()["continueAt"].startswith(f"{browser.issuer.url}/bye?client_id=")
    assert before == await browser.session() == told | {"signedIn": False, "name": None}
    assert await browser.ask(VIEWER) == 401


async def test_the_session_cookie_is_out_of_reach(browser: Browser) -> None:
    reply = await browser.sign_in()
    cookie = cookies_of(reply)["__Host-sidekick"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert (cookie["samesite"], cookie["domain"]) == ("lax", "")
    assert int(cookie["max-age"]) > 29 * 86_400
    assert len(cookie.value) >= 43
    assert "no-store" in reply.headers["cache-control"]


async def test_on_this_machine_the_cookie_needs_no_https() -> None:
    async with FakeIssuer() as issuer:
        here = {"SIDEKICK_PUBLIC_URL": "http://localhost"}
        async for site in open_site(issuer, **here):
            browser = Browser(site.api.http, issuer, "alice")
            cookie = cookies_of(await browser.sign_in())["sidekick"]
            assert (cookie["secure"], cookie["httponly"]) == ("", True)
            assert (await browser.session())["signedIn"]


@pytest.mark.parametrize(
    "return_to",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/é",
        "/" + "x" * 3_000,
    ],
)
async def test_nobody_is_sent_to_another_site(browser: Browser, return_to: str) -> None:
    reply = await browser.http.get("/auth/login", params={"return_to": return_to})
    assert reply.status_code == 400
    assert "set-cookie" not in reply.headers


async def test_a_way_back_works_once(browser: Browser) -> None:
    back = await browser.begin()
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 400
    assert browser.issuer.asked["token"] == 1


async def test_a_code_that_is_sent_again_with_its_cookie_is_refused(
    browser: Browser,
) -> None:
    back = await browser.begin()
    thief = browser.copy()
    await browser.get(back)
    assert "signIn=failed" in (await thief.get(back)).headers["location"]
    assert not (await thief.session())["signedIn"]


async def test_a_way_back_is_worth_nothing_in_another_browser(site: Site) -> None:
    back = await site.browser().begin()
    victim = site.browser()
    assert (await victim.get(back, **CROSS_SITE)).status_code == 400
    assert not (await victim.session())["signedIn"]


async def test_another_state_is_refused(browser: Browser) -> None:
    back = await browser.begin()
    other = await browser.begin()
    mixed = other.replace(value_of(other, "code"), value_of(back, "code"))
    assert "signIn=failed" in (await browser.get(mixed)).headers["location"]
    assert (await browser.get(back.replace("state=", "state=x"))).status_code == 400


async def test_an_answer_of_another_provider_is_refused(browser: Browser) -> None:
    back, _, _ = (await browser.begin()).partition("&iss=")
    reply = await browser.get(f"{back}&iss=https://evil.example")
    assert reply.status_code == 400
    assert browser.issuer.asked["token"] == 0


async def test_an_id_token_with_another_nonce_is_refused(browser: Browser) -> None:
    browser.issuer.claims = {"nonce": "of-another-sign-in"}
    reply = await browser.sign_in("/x?y=1")
    assert reply.headers["location"] == "/x?y=1&signIn=failed"
    assert not (await browser.session())["signedIn"]


async def test_who_does_not_want_to_after_all_comes_back(browser: Browser) -> None:
    back = await browser.begin("/x")
    state = value_of(back, "state")
    reply = await browser.get(f"/auth/callback?error=access_denied&state={state}")
    assert reply.headers["location"] == "/x?signIn=denied"


async def test_two_tabs_sign_in_at_once(browser: Browser) -> None:
    first, second = await browser.begin("/one"), await browser.begin("/two")
    assert (await browser.get(second)).headers["location"] == "/two"
    assert (await browser.get(first)).headers["location"] == "/one"
    assert (await browser.session())["signedIn"]


async def test_attempts_that_are_never_ended_are_forgotten(browser: Browser) -> None:
    for _ in range(20):
        await browser.begin()
    assert len(browser.http.cookies) <= 8


async def test_a_session_that_somebody_planted_is_not_taken_over(site: Site) -> None:
    attacker, victim = site.browser("mallory"), site.browser("alice")
    await attacker.sign_in()
    planted = attacker.http.cookies["__Host-sidekick"]
    victim.http.cookies.set("__Host-sidekick", planted, domain="chat.example")
    await victim.sign_in()
    assert victim.http.cookies["__Host-sidekick"] != planted
    assert not (await attacker.session())["signedIn"]


async def test_a_page_of_another_site_cannot_sign_anybody_out(browser: Browser) -> None:
    await browser.sign_in()
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        reply = await browser.http.post("/auth/logout", headers=headers)
        assert reply.status_code == 403
    assert (await browser.get("/auth/logout")).status_code == 405
    assert (await browser.session())["signedIn"]


async def test_the_cookie_does_not_speak_for_pages_of_other_origins(
    site: Site,
) -> None:
    allowed = {"SIDEKICK_ALLOWED_ORIGINS": "https://app.example"}
    async for other in open_site(site.issuer, **allowed):
        browser = other.browser()
        await browser.sign_in()
        assert await browser.ask(LIST, origin="https://app.example") == 401
        assert await browser.ask(LIST, origin=PUBLIC) == {"totalCount": 0}


async def test_other_sites_may_send_browsers_back_but_embed_nothing(
    browser: Browser,
) -> None:
    back = await browser.begin()
    image = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert (await browser.get(back, **image)).status_code == 403
    login = await browser.get("/auth/login?return_to=/x", **CROSS_SITE)
    assert login.status_code == 403
    assert (await browser.get(back, **CROSS_SITE)).status_code == 303


async def test_a_changed_cookie_is_worth_nothing(browser: Browser) -> None:
    back = await browser.begin()
    (name,) = [name for name in browser.http.cookies if "login" in name]
    sealed = browser.http.cookies[name]
    browser.http.cookies.set(name, sealed[:-4] + "AAAA", domain="chat.example")
    assert (await browser.get(back)).status_code == 400


async def test_nobody_can_sign_in_while_the_provider_is_away(browser: Browser) -> None:
    browser.issuer.document = {"issuer": "https://evil.example"}
    reply = await browser.get("/auth/login")
    error = reply.json()["errors"][0]["extensions"]
    assert (reply.status_code, error["code"]) == (503, "IDENTITY_UNAVAILABLE")
    assert int(reply.headers["retry-after"]) == 10
    assert error["retryable"]


async def test_a_bearer_token_of_the_provider_is_a_person_too(site: Site) -> None:
    browser, stranger = site.browser(), site.browser()
    await browser.sign_in()
    mine = await browser.ask(VIEWER)
    token = browser.issuer.token(sub="alice")
    assert await stranger.ask(VIEWER, authorization=f"Bearer {token}") == mine
    expired = browser.issuer.token(exp=-100)
    assert await stranger.ask(VIEWER, authorization=f"Bearer {expired}") == 401


async def test_a_bearer_token_speaks_before_the_cookie(browser: Browser) -> None:
    await browser.sign_in()
    bob = browser.issuer.token(sub="bob", name="Bob")
    viewer = await browser.ask(VIEWER, authorization=f"Bearer {bob}")
    assert viewer["displayName"] == "Bob"
    assert await browser.ask(VIEWER, authorization="Bearer a.b.c") == 401


async def test_a_token_that_nobody_can_check_is_told_to_come_again(
    browser: Browser,
) -> None:
    browser.issuer.document = {"issuer": "https://evil.example"}
    token = browser.issuer.token()
    assert await browser.ask(VIEWER, authorization=f"Bearer {token}") == 503


@pytest.mark.parametrize(
    ("user", "claims", "may"),
    [
        ("alice", {"email_verified": True}, True),
        ("alice", {}, False),
        ("carol", {}, True),
        ("bob", {}, False),
    ],
)
async def test_admins_are_those_that_the_settings_name(
    site: Site, user: str, claims: dict[str, object], *, may: bool
) -> None:
    site.issuer.claims = claims
    admins = {"SIDEKICK_ADMINS": "Alice@Example.org, carol"}
    async for other in open_site(site.issuer, **admins):
        browser = other.browser(user)
        await browser.sign_in()
        assert (await browser.ask(ADMIN) != 403) is may
        claimed = site.issuer.token(sub=user, **claims)
        token = {"authorization": f"Bearer {claimed}"}
        assert (await other.browser().ask(ADMIN, **token) != 403) is may


async def test_no_secret_is_logged_or_shown(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "graphql_api")
    back = await browser.begin()
    reply = await browser.get(back)
    session = browser.http.cookies["__Host-sidekick"]
    code = value_of(back, "code")
    assert "session.opened principal_id=usr_" in caplog.text
    for secret in (session, f"={code}", SECRET, CLIENT_SECRET, "canary-access-token"):
        assert secret not in caplog.text + reply.text + reply.headers["location"]
