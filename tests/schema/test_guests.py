"""Guests: visitors without an account, who bring what they have when they sign in."""

import asyncio
from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.browsers import Browser, Site, open_site
from tests.fake_issuer import FakeIssuer

pytestmark = pytest.mark.anyio
LIMIT_S = 20
VIEWER = "{ viewer { id displayName anonymous } }"
LIST = "{ conversations { totalCount } }"
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!) {
  sendMessage(input: {conversationId: $id, content: $text}) { generation { id } } }"""
EVENTS = """subscription ($id: ID!) { generationEvents(generationId: $id) {
  ... on GenerationEnded { status message { content } } } }"""
GUEST = {"signedIn": False, "name": None, "guest": True, "canSignIn": True}


@pytest.fixture
async def site(anyio_backend: str) -> AsyncGenerator[Site]:
    async with FakeIssuer() as issuer:
        async for site in open_site(issuer, SIDEKICK_GUESTS="on"):
            yield site


@pytest.fixture
async def guest(site: Site) -> Browser:
    browser = site.browser()
    assert await browser.session() == GUEST
    return browser


async def send(browser: Browser, text: str) -> str:
    """Ask in a new conversation; the answering generation."""
    made = await browser.ask(CREATE)
    variables = {"id": made["conversation"]["id"], "text": text}
    sent = await browser.post({"query": SEND, "variables": variables})
    return sent["generation"]["id"]


async def events(browser: Browser, generation_id: str) -> httpx.Response:
    body = {"query": EVENTS, "variables": {"id": generation_id}}
    headers = {"accept": "text/event-stream"}
    async with asyncio.timeout(LIMIT_S):
        return await browser.http.post("/graphql", json=body, headers=headers)


async def test_a_guest_asks_without_an_account(guest: Browser) -> None:
    viewer = await guest.ask(VIEWER)
    assert (viewer["displayName"], viewer["anonymous"]) == ("Guest", True)
    reply = await events(guest, await send(guest, "Who is Robin?"))
    assert "COMPLETED" in reply.text
    assert await guest.ask(LIST) == {"totalCount": 1}


async def test_guests_see_nothing_of_one_another(site: Site, guest: Browser) -> None:
    await send(guest, "Who is Robin?")
    other = site.browser()
    await other.session()
    assert await other.ask(LIST) == {"totalCount": 0}


async def test_a_pass_is_kept_and_not_made_anew(guest: Browser) -> None:
    before = await guest.ask(VIEWER)
    reply = await guest.get("/auth/session")
    assert "set-cookie" not in reply.headers
    assert await guest.ask(VIEWER) == before


async def test_without_the_setting_there_are_no_guests() -> None:
    async with FakeIssuer() as issuer:
        async for site in open_site(issuer):
            browser = site.browser()
            assert await browser.session() == GUEST | {"guest": False}
            assert await browser.ask(VIEWER) == 401


async def test_what_a_guest_has_comes_along_once(site: Site, guest: Browser) -> None:
    await events(guest, await send(guest, "Who is Robin?"))
    second = guest.copy()
    second.user = "mallory"
    await guest.sign_in()
    assert await guest.ask(LIST) == {"totalCount": 1}
    assert "__Host-sidekick-guest" not in guest.http.cookies
    await second.sign_in()
    assert await second.ask(LIST) == {"totalCount": 0}


async def test_a_pass_ends_when_its_guest_has_signed_in(guest: Browser) -> None:
    left_behind = guest.copy()
    await guest.sign_in()
    assert await left_behind.ask(VIEWER) == 401
    assert await left_behind.session() == GUEST
    assert await left_behind.ask(LIST) == {"totalCount": 0}


async def test_a_user_who_signs_in_again_brings_what_they_asked_as_a_guest(
    site: Site, guest: Browser
) -> None:
    await guest.sign_in()
    await send(guest, "one")
    await guest.http.post("/auth/logout")
    await guest.session()
    await send(guest, "two")
    await guest.sign_in()
    assert await guest.ask(LIST) == {"totalCount": 2}


async def test_an_answer_being_written_goes_on_for_the_user(guest: Browser) -> None:
    generation_id = await send(guest, "__slow__ one two three four five six seven")
    await guest.sign_in()
    reply = await events(guest, generation_id)
    assert "COMPLETED" in reply.text
    assert "seven" in reply.text


async def test_nobody_else_reads_it_with_the_guest_s_pass(guest: Browser) -> None:
    generation_id = await send(guest, "__slow__ one two three four five six seven")
    left_behind = guest.copy()
    await guest.sign_in()
    reply = await events(left_behind, generation_id)
    assert "UNAUTHENTICATED" in reply.text
    assert "one" not in reply.text


async def test_a_pass_that_was_changed_is_worth_nothing(guest: Browser) -> None:
    (name,) = list(guest.http.cookies)
    sealed = guest.http.cookies[name]
    guest.http.cookies.set(name, sealed[:-4] + "AAAA", domain="chat.example")
    assert await guest.ask(VIEWER) == 401


async def test_a_pass_is_no_bearer_token_and_no_session(guest: Browser) -> None:
    sealed = guest.http.cookies["__Host-sidekick-guest"]
    guest.http.cookies.clear()
    assert await guest.ask(VIEWER, authorization=f"Bearer {sealed}") == 401
    guest.http.cookies.set("__Host-sidekick", sealed, domain="chat.example")
    assert await guest.ask(VIEWER) == 401


async def test_an_address_gets_few_new_passes(site: Site) -> None:
    statuses = [
        (await site.browser().get("/auth/session")).status_code for _ in range(12)
    ]
    assert statuses == [200] * 10 + [429] * 2


async def test_guests_have_limits_of_their_own() -> None:
    few = {"SIDEKICK_GUESTS": "on", "SIDEKICK_GUEST_REQUESTS_PER_MINUTE": "2"}
    async with FakeIssuer() as issuer:
        async for site in open_site(issuer, **few):
            guest = site.browser()
            await guest.session()
            assert [await guest.ask(LIST) for _ in range(3)][2] == 429
            await guest.sign_in()
            assert await guest.ask(LIST) == {"totalCount": 0}
