from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.e2e.page.conftest import CONNECTION_LOST, Cable, Stack, Tab
from tests.services import Service, running
from tests.wire.conftest import Server

pytestmark = pytest.mark.browser

SLOW = "__slow__ one two three " + "and so on " * 30


def test_a_page_opened_before_its_api_comes_alive_by_itself(
    stack: Stack, open_tab: Callable[..., Tab]
) -> None:
    with stack.page() as page:
        tab = open_tab(page.url)
        tab.tolerate(*CONNECTION_LOST)
        expect(tab.get("connection")).to_be_visible()
        expect(tab.page.get_by_text("cannot be reached")).to_be_visible()

        with stack.api():
            expect(tab.get("starter").first).to_be_visible()
            expect(tab.get("connection")).to_be_hidden()
            tab.ask("Who is Batman?")
            tab.answered()


def test_a_question_to_an_api_that_is_down_is_kept_and_can_be_retried(
    stack: Stack, open_tab: Callable[..., Tab]
) -> None:
    with stack.page() as page:
        tab = open_tab(page.url)
        tab.tolerate(*CONNECTION_LOST)
        tab.ask("Who is Batman?")
        expect(tab.get("message-error")).to_contain_text("Your message is safe")
        expect(tab.get("message-user")).to_contain_text("Who is Batman?")
        expect(tab.get("composer")).to_be_enabled()

        with stack.api():
            expect(tab.get("connection")).to_be_hidden()
            tab.get("retry").click()
            tab.answered()

    expect(tab.get("message-user")).to_have_count(1)
    expect(tab.get("message-error")).to_have_count(0)


def test_an_answer_whose_api_was_killed_is_kept_and_can_be_continued(
    stack: Stack, open_tab: Callable[..., Tab]
) -> None:
    with stack.page() as page:
        with stack.api() as api:
            tab = open_tab(page.url)
            tab.tolerate(*CONNECTION_LOST)
            tab.ask(SLOW)
            # Partial texts are kept once a second.
            expect(tab.page.locator("[aria-busy=true]")).to_contain_text(
                "and so on " * 10 + "and"
            )
            api.process.kill()
        expect(tab.page.get_by_text("Reconnecting…").first).to_be_visible()

        with stack.api():
            expect(tab.get("message-error")).to_contain_text("restarted")
            expect(tab.get("message-assistant")).to_contain_text("one two")
            expect(tab.get("message-assistant")).to_contain_text("Interrupted")
            tab.get("continue").click()
            expect(tab.get("message-user").last).to_contain_text("Continue where")
            tab.answered(2)

    expect(tab.get("message-error")).to_have_count(1)


def test_a_broken_answer_can_be_written_anew(
    stack: Stack, open_tab: Callable[..., Tab]
) -> None:
    with stack.page() as page:
        with stack.api() as api:
            tab = open_tab(page.url)
            tab.tolerate(*CONNECTION_LOST)
            tab.ask(SLOW)
            expect(tab.get("message-assistant")).to_contain_text("one two")
            api.process.kill()

        with stack.api():
            tab.get("retry").click()
            expect(tab.get("message-error")).to_have_count(0)
            expect(tab.page.locator("[aria-busy=true]")).to_contain_text("one two")
            tab.get("stop").click()
            tab.answered()

    expect(tab.get("version")).to_have_text("2 of 2")


class LosingApi:
    """The way to a real API, on which replies to questions get lost."""

    def __init__(self, url: str, losses: int) -> None:
        self.url = url
        self.losses = losses
        self.asked = 0

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        kind = {
            "content-type": "application/json",
            "accept": request.headers["accept"],
        }
        async with httpx.AsyncClient() as client:
            body = await request.body()
            reply = await client.post(self.url, content=body, headers=kind)
        lost = b"sendMessage" in body and self.asked < self.losses
        self.asked += b"sendMessage" in body
        status = 502 if lost else reply.status_code
        text = "<h1>Bad gateway</h1>" if lost else reply.text
        answer = Response(text, status, media_type=reply.headers["content-type"])
        await answer(scope, receive, send)


def test_a_question_whose_reply_was_lost_is_asked_and_paid_once(
    tmp_path: Path, built_page: None, echo_api: Service, open_tab: Callable[..., Tab]
) -> None:
    losing = LosingApi(f"{echo_api.url}/graphql", losses=2)
    server = Server(losing.asgi)
    with running(
        "reflex_app",
        log=tmp_path / "page.log",
        port_variable="SIDEKICK_UI_PORT",
        SIDEKICK_API_URL=f"http://127.0.0.1:{server.port}/graphql",
    ) as page:
        tab = open_tab(page.url)
        tab.ask("Who is Batman?")
        tab.get("retry").click()
        tab.answered()
        expect(tab.get("message-user")).to_have_count(1)
        expect(tab.get("version")).to_have_count(0)
        tab.page.close()
    server.stop()
    assert losing.asked == 3


def test_a_restart_of_the_pages_server_leaves_conversation_and_answer(
    stack: Stack, open_tab: Callable[..., Tab]
) -> None:
    with stack.api():
        with stack.page() as page:
            tab = open_tab(page.url)
            tab.tolerate(*CONNECTION_LOST)
            tab.ask(SLOW)
            expect(tab.get("message-assistant")).to_contain_text("one two")
            page.process.kill()

        with stack.page():
            expect(tab.get("connection")).to_be_hidden(timeout=20_000)
            tab.answered()
            expect(tab.get("message-user")).to_have_count(1)
            expect(tab.get("message-assistant")).to_contain_text("one two")


def test_a_network_that_breaks_in_mid_answer_loses_and_doubles_no_word(
    cable: Cable, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(cable.url)
    tab.tolerate(*CONNECTION_LOST)
    words = " ".join(f"w{number}" for number in range(60))
    tab.ask(f"__slow__ {words}")
    expect(tab.get("message-assistant")).to_contain_text("w3")

    cable.cut()
    expect(tab.page.get_by_text("Reconnecting…").first).to_be_visible()
    cable.mend()

    tab.answered()
    expect(tab.get("message-assistant").locator(".md")).to_have_text(f"slow {words}")


def test_stop_works_while_the_api_is_gone(
    stack: Stack, open_tab: Callable[..., Tab]
) -> None:
    with stack.page() as page:
        with stack.api() as api:
            tab = open_tab(page.url)
            tab.tolerate(*CONNECTION_LOST)
            tab.ask(SLOW)
            expect(tab.get("message-assistant")).to_contain_text("one two")
            api.process.kill()
        expect(tab.page.get_by_text("Reconnecting…").first).to_be_visible()

        tab.get("stop").click()

        expect(tab.get("send")).to_be_visible()
        expect(tab.get("message-assistant")).to_contain_text("one two")
        expect(tab.get("message-assistant")).to_contain_text("Interrupted")


def test_a_bug_of_the_service_is_a_plain_sentence_without_secrets(tab: Tab) -> None:
    tab.ask("__crash__")

    expect(tab.get("message-error")).to_be_visible()
    expect(tab.get("retry")).to_be_visible()
    expect(tab.page.locator("body")).not_to_contain_text("sk-12345")
    expect(tab.page.locator("body")).not_to_contain_text("Traceback")
    tab.ask("Who is Batman?")
    expect(tab.get("message-assistant").last).to_contain_text("Who is Batman?")


def test_the_page_reconnects_when_its_own_server_was_restarted(
    stack: Stack, open_tab: Callable[..., Tab]
) -> None:
    with stack.api():
        with stack.page() as page:
            tab = open_tab(page.url)
            tab.tolerate(*CONNECTION_LOST)
            expect(tab.get("starter").first).to_be_visible()
        expect(tab.get("connection")).to_be_visible()

        with stack.page():
            expect(tab.get("connection")).to_be_hidden(timeout=20_000)
            tab.ask("Who is Batman?")
            tab.answered()
