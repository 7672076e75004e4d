from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import CONNECTION_LOST, Cable, Stack, Tab

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


def test_an_answer_whose_api_died_is_kept_as_interrupted_and_can_be_retried(
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

        with stack.api():
            expect(tab.get("message-error")).to_contain_text("broke off")
            expect(tab.get("message-assistant")).to_contain_text("one two")
            expect(tab.get("message-assistant")).to_contain_text("Interrupted")
            tab.get("retry").click()
            expect(tab.get("message-error")).to_have_count(0)
            tab.get("stop").click()
            tab.answered()

    expect(tab.get("total-cost")).to_contain_text("+ ?")


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
