import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

SLOW = "__slow__ one two three " + "and so on " * 12 + "nine ten"


def first_words(tab: Tab) -> Locator:
    """The live answer, as soon as it has some text."""
    live = tab.page.locator("[aria-busy=true]")
    expect(live).to_contain_text("one two")
    return live


def test_a_question_is_answered_with_tokens_and_cost(tab: Tab) -> None:
    tab.ask("Who is Batman?")
    tab.answered()

    expect(tab.get("message-user")).to_have_text(re.compile("Who is Batman"))
    expect(tab.get("message-assistant")).to_contain_text("Who is Batman?")
    expect(tab.get("message-cost")).to_have_text(re.compile(r"^\d+ tokens · \$0\.00$"))
    expect(tab.get("total-cost")).to_have_text("$0.00")


def test_an_answer_is_read_while_it_is_written(tab: Tab) -> None:
    tab.ask(SLOW)

    live = first_words(tab)
    expect(live).not_to_contain_text("ten")
    expect(tab.get("message-assistant")).to_have_count(1)
    tab.answered()
    expect(tab.get("message-assistant")).to_contain_text("nine ten")


COUNT_ANSWERS = """() => {
    const all = hook => document.querySelectorAll(`[data-testid=message-${hook}]`);
    window.counts = new Set();
    const count = () => {
        if (all("user").length) window.counts.add(all("assistant").length);
    };
    const everything = {childList: true, subtree: true};
    new MutationObserver(count).observe(document.body, everything);
}"""


def test_there_is_exactly_one_answer_at_every_moment(tab: Tab) -> None:
    tab.page.evaluate(COUNT_ANSWERS)

    tab.ask(SLOW)
    tab.answered()

    assert tab.page.evaluate("[...window.counts]") == [1]


def test_stop_keeps_what_was_written_and_marks_its_cost(tab: Tab) -> None:
    tab.ask(SLOW)
    first_words(tab)

    tab.get("stop").click()
    tab.answered()

    expect(tab.get("message-assistant")).to_contain_text("Stopped")
    expect(tab.get("message-assistant")).not_to_contain_text("nine ten")
    expect(tab.get("message-cost")).to_contain_text("≈")
    expect(tab.get("send")).to_be_visible()


def test_a_reload_keeps_the_conversation(tab: Tab) -> None:
    tab.ask("Who is Batman?")
    tab.answered()

    tab.reload()

    expect(tab.get("message-user")).to_have_count(1)
    expect(tab.get("message-assistant")).to_contain_text("Who is Batman?")


def test_a_reload_in_mid_answer_continues_it(tab: Tab) -> None:
    tab.ask(SLOW)
    first_words(tab)

    tab.reload()

    expect(tab.get("message-assistant")).to_have_count(1)
    tab.answered()
    expect(tab.get("message-assistant")).to_contain_text("one two three")
    expect(tab.get("message-assistant")).to_contain_text("nine ten")


@pytest.mark.parametrize("button", ["clear", "new-chat"])
def test_a_conversation_can_be_cleared(tab: Tab, button: str) -> None:
    tab.ask("Who is Batman?")
    tab.answered()

    tab.get(button).click()

    expect(tab.get("message-user")).to_have_count(0)
    expect(tab.get("starter").first).to_be_visible()
    expect(tab.get("download")).to_be_disabled()


def test_a_conversation_goes_on_after_it_was_cleared(tab: Tab) -> None:
    tab.ask("One")
    tab.answered()
    tab.get("clear").click()
    expect(tab.get("starter").first).to_be_visible()
    tab.ask("Two")
    tab.answered()

    expect(tab.get("message-user")).to_have_text(re.compile("Two"))


def test_a_starter_asks_its_question(tab: Tab) -> None:
    starter = tab.get("starter").first
    text = starter.inner_text()

    starter.click()
    tab.answered()

    expect(tab.get("message-user")).to_contain_text(text)


def test_the_message_box_has_the_focus_after_a_starter_and_a_new_chat(tab: Tab) -> None:
    tab.get("starter").first.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.get("composer")).to_be_focused()
    tab.answered()
    tab.get("new-chat").focus()
    tab.page.keyboard.press("Enter")
    expect(tab.get("message-user")).to_have_count(0)
    expect(tab.get("composer")).to_be_focused()


def test_downloads_have_their_name_and_hold_the_conversation(
    tab: Tab, tmp_path: Path
) -> None:
    tab.ask("=1+1")
    tab.answered()
    texts = {}
    for kind in ("csv", "json", "md"):
        tab.get("download").click()
        with tab.page.expect_download() as caught:
            tab.get(f"download-{kind}").click()
        name = caught.value.suggested_filename
        assert re.fullmatch(rf"conversation_\d{{14}}\.{kind}", name)
        caught.value.save_as(tmp_path / name)
        texts[kind] = (tmp_path / name).read_text(encoding="utf-8-sig")

    rows = list(csv.DictReader(texts["csv"].splitlines()))
    assert list(rows[0]) == ["role", "content", "model", "tokens", "cost"]
    assert [row["content"] for row in rows] == ["'=1+1", "'=1+1"]
    assert json.loads(texts["json"])["messages"][1]["content"] == "=1+1"
    assert "=1+1" in texts["md"]


def test_a_message_over_the_limit_is_counted_in_red_and_kept(tab: Tab) -> None:
    long = "é" * 20_001

    tab.ask(long)

    expect(tab.get("count")).to_have_text("20,001 / 20,000")
    expect(tab.get("count")).to_have_class(re.compile("over"))
    expect(tab.get("send")).to_be_disabled()
    expect(tab.get("composer")).to_have_value(long)
    expect(tab.get("message-user")).to_have_count(0)


def test_characters_outside_the_basic_plane_count_once(tab: Tab) -> None:
    tab.get("composer").fill("🦸🦸")

    expect(tab.get("count")).to_have_text("2 / 20,000")


def test_a_draft_survives_a_reload(tab: Tab) -> None:
    tab.get("composer").fill("half a tho")

    tab.reload()

    expect(tab.get("composer")).to_have_value("half a tho")


def test_what_was_sent_is_no_draft(tab: Tab) -> None:
    tab.ask("Who is Batman?")
    tab.answered()

    tab.reload()

    expect(tab.get("message-user")).to_have_count(1)
    expect(tab.get("composer")).to_have_value("")


def test_shift_and_enter_make_a_new_line(tab: Tab) -> None:
    tab.get("composer").fill("one")
    tab.get("composer").press("Shift+Enter")
    tab.get("composer").press_sequentially("two")

    expect(tab.get("composer")).to_have_value("one\ntwo")


def test_enter_while_an_input_method_composes_does_not_send(tab: Tab) -> None:
    tab.get("composer").fill("かな")
    tab.get("composer").dispatch_event(
        "keydown", {"key": "Enter", "keyCode": 229, "isComposing": True}
    )

    expect(tab.get("composer")).to_have_value("かな")


def test_a_message_sent_while_an_answer_is_written_follows_it(tab: Tab) -> None:
    tab.ask(SLOW)
    first_words(tab)
    tab.ask("And then?")

    expect(tab.page.get_by_text("Queued")).to_be_visible()
    tab.answered(2)
    expect(tab.get("message-user").nth(1)).to_contain_text("And then?")
    expect(tab.get("message-assistant").first).to_contain_text("nine ten")


def test_a_message_entered_before_the_page_is_alive_is_sent(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url)
    held: list[Route] = []
    tab.page.route("**/assets/entry*", lambda route: held.append(route))  # noqa: PLW0108 - it needs a function
    tab.page.reload(wait_until="commit")
    tab.get("composer").press_sequentially("Early bird")
    tab.get("composer").press("Enter")

    held[0].continue_()

    tab.answered()
    expect(tab.get("message-user")).to_contain_text("Early bird")


def test_a_draft_that_ends_with_a_line_break_is_kept_and_not_sent(tab: Tab) -> None:
    tab.get("composer").press_sequentially("To be continued")
    tab.get("composer").press("Shift+Enter")

    tab.reload()

    expect(tab.get("composer")).to_have_value("To be continued\n")
    expect(tab.get("chooser")).to_be_enabled()
    expect(tab.get("message-user")).to_have_count(0)


BEFORE_ALIVE = """text => addEventListener("DOMContentLoaded", () => {
    document.getElementById("prompt").value = text;
})"""


def test_a_message_too_long_that_was_entered_early_is_kept_as_it_is(tab: Tab) -> None:
    early = "é" * 20_001 + "\n"
    tab.page.add_init_script(f"({BEFORE_ALIVE})({json.dumps(early)})")

    tab.reload()

    expect(tab.get("count")).to_have_text("20,001 / 20,000")
    expect(tab.get("composer")).to_have_value("é" * 20_001)


ENTER_WHEN_ALIVE = """addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("prompt");
    box.value = "Early bird";
    const enter = { key: "Enter", bubbles: true, cancelable: true };
    new MutationObserver((_, observer) => {
        observer.disconnect();
        box.dispatchEvent(new KeyboardEvent("keydown", enter));
    }).observe(box.form, { attributes: true, subtree: true });
});"""


def test_enter_is_heard_in_the_very_moment_the_page_comes_alive(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url)
    tab.page.add_init_script(ENTER_WHEN_ALIVE)
    tab.reload()

    tab.answered()
    expect(tab.get("message-user")).to_contain_text("Early bird")


def test_the_keyboard_is_enough(tab: Tab) -> None:
    keyboard = tab.page.keyboard
    expect(tab.get("composer")).to_be_focused()
    keyboard.type(SLOW)
    keyboard.press("Enter")
    first_words(tab)
    keyboard.press("Escape")
    tab.answered()

    expect(tab.get("message-assistant")).to_contain_text("Stopped")
    keyboard.press("Control+Shift+O")
    expect(tab.get("message-user")).to_have_count(0)


def test_the_receipt_opens_from_the_cost_and_closes_with_escape(tab: Tab) -> None:
    tab.ask("Who is Batman?")
    tab.answered()

    tab.get("message-cost").click()
    expect(tab.get("receipt")).to_be_visible()
    expect(tab.get("receipt")).to_contain_text("Total $0.00")
    tab.page.keyboard.press("Escape")

    expect(tab.get("receipt")).to_be_hidden()


def test_the_reader_who_scrolls_up_is_left_alone(tab: Tab) -> None:
    tab.ask("line\n" * 200)
    tab.answered()
    tab.ask("__slow__ " + "word\n " * 100)
    expect(tab.page.locator("[aria-busy=true]")).to_contain_text("word")
    thread = tab.page.locator(".thread")
    thread.hover()
    tab.page.mouse.wheel(0, -3000)
    expect(tab.page.get_by_label("Scroll to latest")).to_be_visible()

    position = thread.evaluate("element => element.scrollTop")
    tab.answered(2)

    assert abs(thread.evaluate("element => element.scrollTop") - position) < 300
