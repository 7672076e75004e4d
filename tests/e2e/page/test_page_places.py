"""Addresses, drafts, versions and long conversations in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

CREATE = """mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } } }"""
MOVED = """async (thread, awaited) => {
  thread.scrollTop = 500;
  const { top } = thread.getBoundingClientRect();
  const inView = (one) => one.getBoundingClientRect().bottom > top;
  const read = [...thread.querySelectorAll(".msg")].find(inView);
  const before = read.getBoundingClientRect().top;
  const said = () => [...thread.querySelectorAll(".msg")].map((one) => one.textContent);
  await new Promise((done, late) => {
    const look = () => said().some((text) => text.includes(awaited)) && done();
    new MutationObserver(look).observe(thread, { childList: true, subtree: true });
    setTimeout(late, 10_000, new Error(`${awaited} did not come`));
  });
  await new Promise(requestAnimationFrame);
  return read.getBoundingClientRect().top - before;
}"""
"""How far what is read moves while earlier messages come in, in px."""
DELETE_AND_ASK = """async (text) => {
  document.querySelector("[data-testid=clear]").click();
  const box = document.getElementById("prompt");
  const { prototype } = HTMLTextAreaElement;
  const { set } = Object.getOwnPropertyDescriptor(prototype, "value");
  set.call(box, text);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await Promise.resolve();
  box.form.requestSubmit();
}"""
"""Deletes the conversation and asks before the browser's address has followed."""
SLOW = "__slow__ one two three " + "and so on " * 12 + "nine ten"


def stored(api: Service, *texts: str) -> str:
    """The address of a conversation made through the API."""
    roles = ("USER", "ASSISTANT")
    history = [
        {"role": roles[number % 2], "content": text}
        for number, text in enumerate(texts)
    ]
    asked = {"query": CREATE, "variables": {"input": {"history": history}}}
    answer: Any = httpx.post(f"{api.url}/graphql", json=asked).json()
    return f"/c/{answer['data']['createConversation']['conversation']['id']}"


def go(tab: Tab, address: str) -> None:
    tab.visit(f"{tab.url}{address}")


def test_a_deep_link_opens_a_conversation(tab: Tab, echo_api: Service) -> None:
    go(tab, stored(echo_api, "Who?", "Alfred"))

    expect(tab.get("message-assistant")).to_contain_text("Alfred")


def test_back_and_forward_move_between_conversations(
    tab: Tab, echo_api: Service
) -> None:
    tab.ask("First")
    tab.answered()
    first = tab.page.url
    tab.get("new-chat").click()
    expect(tab.get("starter").first).to_be_visible()
    tab.ask("Second")
    tab.answered()

    tab.page.go_back()
    expect(tab.get("message-user")).to_contain_text("First")
    assert tab.page.url == first
    tab.page.go_forward()

    expect(tab.get("message-user")).to_contain_text("Second")


def test_the_page_is_not_drawn_anew_when_it_goes_elsewhere(tab: Tab) -> None:
    tab.get("composer").evaluate("element => (window.before = element)")

    tab.ask("First")
    tab.answered()
    tab.get("new-chat").click()
    expect(tab.get("starter").first).to_be_visible()

    assert tab.page.evaluate("window.before === document.getElementById('prompt')")


def test_an_unknown_conversation_says_so_and_leads_on(tab: Tab) -> None:
    go(tab, "/c/cnv_unknown")
    expect(tab.get("missing")).to_contain_text("No such conversation")

    tab.get("way-on").click()

    expect(tab.get("starter").first).to_be_visible()


def test_a_skeleton_is_shown_while_a_conversation_loads(
    tab: Tab, echo_api: Service
) -> None:
    address = stored(echo_api, "Who?", "Alfred")
    tab.page.route("**/assets/entry*", lambda route: route.abort())
    tab.tolerate("net::ERR_FAILED", "dynamically imported module")

    tab.page.goto(f"{tab.url}{address}", wait_until="domcontentloaded")

    expect(tab.get("skeleton")).to_be_visible()
    expect(tab.page.get_by_text("How can I help")).to_be_hidden()


def test_a_question_asked_while_a_conversation_goes_away_opens_a_new_one(
    tab: Tab,
) -> None:
    tab.ask("One")
    tab.answered()
    expect(tab.page).to_have_url(re.compile("/c/cnv_"))
    first = tab.page.url

    tab.page.evaluate(DELETE_AND_ASK, "Two")

    expect(tab.get("message-user")).to_contain_text("Two")
    tab.answered()
    expect(tab.page).to_have_url(re.compile("/c/cnv_"))
    assert tab.page.url != first
    expect(tab.get("message-user")).to_contain_text("Two")


def test_every_conversation_has_its_own_draft(tab: Tab) -> None:
    tab.ask("First")
    tab.answered()
    tab.get("composer").fill("for the first")
    tab.get("new-chat").click()
    expect(tab.get("composer")).to_have_value("")
    tab.get("composer").fill("for a new one")

    tab.page.go_back()
    expect(tab.get("composer")).to_have_value("for the first")
    tab.reload()
    expect(tab.get("composer")).to_have_value("for the first")
    tab.page.go_forward()

    expect(tab.get("composer")).to_have_value("for a new one")


def test_an_edited_question_keeps_its_earlier_version(tab: Tab) -> None:
    tab.ask("Who is Batman?")
    tab.answered()
    tab.get("message-user").hover()
    tab.get("edit").click()
    tab.get("edit-box").fill("Who is Robin?")
    tab.get("edit-box").press("Enter")
    expect(tab.get("message-assistant")).to_contain_text("Robin")
    tab.answered()
    expect(tab.get("version")).to_have_text("2 of 2")

    tab.get("version-previous").click()

    expect(tab.get("message-assistant")).to_contain_text("Batman")
    expect(tab.get("version")).to_have_text("1 of 2")


def test_a_regenerated_answer_is_another_version(tab: Tab) -> None:
    tab.ask("Who is Batman?")
    tab.answered()

    tab.get("regenerate").click()
    expect(tab.get("version")).to_have_text("2 of 2")
    tab.get("version-previous").click()
    expect(tab.get("version")).to_have_text("1 of 2")

    expect(tab.get("message-user")).to_have_count(1)
    expect(tab.get("message-assistant")).to_have_count(1)


def test_an_answer_can_be_judged_with_some_words(tab: Tab) -> None:
    tab.ask("Who is Batman?")
    tab.answered()
    tab.get("thumb-down").click()
    tab.get("comment").fill("It only repeats")
    tab.get("comment").press("Enter")
    expect(tab.get("comment")).to_have_count(0)

    tab.reload()

    expect(tab.get("thumb-down")).to_have_attribute("aria-pressed", "true")


def test_earlier_messages_come_in_without_a_jump(tab: Tab, echo_api: Service) -> None:
    go(tab, stored(echo_api, *(f"Message {number}" for number in range(160))))
    expect(tab.page.get_by_text("Message 159", exact=True)).to_be_in_viewport()
    thread = tab.page.locator(".thread")
    expect(tab.page.get_by_text("Message 109", exact=True)).to_have_count(0)

    assert abs(thread.evaluate(MOVED, "Message 61")) < 120


def test_a_conversation_of_five_hundred_messages_opens_with_its_last_ones(
    tab: Tab, echo_api: Service
) -> None:
    texts = (f"Message {number}\n\n- a **list**" for number in range(500))
    address = stored(echo_api, *texts)

    go(tab, address)

    expect(tab.get("message-assistant").last).to_contain_text("Message 499")
    assert tab.get("message-assistant").count() == 25


def test_a_second_tab_sees_the_question_the_answer_and_the_stop(
    tab: Tab, open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab.ask("Who is Batman?")
    tab.answered()
    other = open_tab(page_server.url)
    other.visit(tab.page.url)
    expect(other.get("message-user")).to_have_count(1)

    tab.ask(SLOW + " and so on" * 60)
    expect(other.page.locator("[aria-busy=true]")).to_contain_text("one two")
    other.get("stop").click()

    for each in (tab, other):
        expect(each.get("message-assistant").last).to_contain_text("Stopped by you")
        expect(each.get("message-user")).to_have_count(2)
