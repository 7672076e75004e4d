import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.page.conftest import ALIVE, LIMIT_MS, Tab
from tests.services import Service

pytestmark = pytest.mark.browser

LONG = "\n".join(f"line {number} of a log" for number in range(1, 41))
PASTE = """([text, plain]) => {
    const box = document.querySelector("[data-testid=composer]");
    box.focus();
    const keys = {key: "v", ctrlKey: true, shiftKey: plain, bubbles: true};
    box.dispatchEvent(new KeyboardEvent("keydown", keys));
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const options = {clipboardData, bubbles: true, cancelable: true};
    return box.dispatchEvent(new ClipboardEvent("paste", options));
}"""
DRAG = """([kind, name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, {type: "text/plain"}));
    const options = {dataTransfer, bubbles: true, cancelable: true};
    document.body.dispatchEvent(new DragEvent(kind, options));
}"""
NO_FIELD_SIZING = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("textarea { field-sizing: fixed !important; }");
    document.adoptedStyleSheets = [sheet];
}"""


@pytest.fixture
def tab(tab: Tab) -> Tab:
    """A tab whose page is alive, so that it hears what is pasted."""
    expect(tab.get("starter").first).to_be_visible()
    return tab


def paste(tab: Tab, text: str, *, plain: bool = False) -> bool:
    """Paste into the message box; whether the browser inserts the text itself."""
    return tab.page.evaluate(PASTE, [text, plain])


def height(tab: Tab) -> float:
    return tab.get("composer").bounding_box()["height"]


def test_a_long_paste_is_folded_and_sent_as_a_block_of_markdown(tab: Tab) -> None:
    assert not paste(tab, LONG)
    summary = f"Pasted text40 lines · {len(LONG)} characters"
    expect(tab.get("excerpt").locator("summary")).to_have_text(summary)

    tab.get("composer").press_sequentially("What failed?")
    tab.get("composer").press("Enter")
    tab.answered()

    asked = tab.get("message-user")
    expect(asked.locator("summary")).to_have_text(summary)
    expect(asked).to_contain_text("What failed?")
    expect(asked).not_to_contain_text("line 7 of")
    asked.locator("summary").click()
    expect(asked).to_contain_text("line 7 of a log")
    # Echoed, so this is what any client of the API gets.
    expect(tab.get("message-assistant").locator(".code pre")).to_contain_text("line 40")
    expect(tab.get("excerpt")).to_have_count(1)
    expect(tab.get("count")).to_have_text("")


def test_short_and_plain_pastes_are_left_to_the_browser(tab: Tab) -> None:
    assert paste(tab, "a short text")
    assert paste(tab, LONG, plain=True)

    expect(tab.get("excerpt")).to_have_count(0)


def test_an_excerpt_survives_a_reload_and_every_change_of_it_can_be_undone(
    tab: Tab,
) -> None:
    paste(tab, LONG)
    tab.get("composer").press_sequentially("Why?")
    tab.reload()
    expect(tab.get("excerpt")).to_have_count(1)
    expect(tab.get("composer")).to_have_value("Why?")

    tab.get("excerpt").locator("summary").click()
    tab.get("excerpt-insert").click()
    expect(tab.get("excerpt")).to_have_count(0)
    expect(tab.get("composer")).to_have_value(re.compile("line 40 of a log"))
    tab.page.keyboard.press("Control+z")
    expect(tab.get("composer")).to_have_value("Why?")
    tab.page.keyboard.press("Control+z")
    expect(tab.get("excerpt")).to_have_count(1)

    tab.get("excerpt-remove").click()
    expect(tab.get("excerpt")).to_have_count(0)
    tab.page.keyboard.press("Control+z")
    expect(tab.get("excerpt")).to_have_count(1)


def test_texts_of_files_are_added_and_others_refused_with_the_reason(tab: Tab) -> None:
    tab.get("file-input").set_input_files(
        [
            {"name": "hero.md", "mimeType": "", "buffer": b"# Batman\nwith `ticks`"},
            {"name": "cat.png", "mimeType": "image/png", "buffer": b"\x89PNG\0\xff"},
            {"name": "old.txt", "mimeType": "text/plain", "buffer": b"caf\xe9"},
        ]
    )
    expect(tab.get("excerpt").locator("summary")).to_contain_text("hero.md2 lines")
    expect(tab.get("composer-hint")).to_contain_text("“cat.png” is not a text file.")
    expect(tab.get("composer-hint")).to_contain_text("“old.txt” is not in UTF-8.")

    tab.get("send").click()
    tab.answered()

    expect(tab.get("message-user").locator("summary")).to_contain_text("hero.md")
    expect(tab.get("message-assistant").locator(".code header")).to_contain_text(
        "Markdown"
    )


def test_a_file_can_be_dropped_anywhere(tab: Tab) -> None:
    expect(tab.get("composer")).to_be_focused()
    tab.page.evaluate(DRAG, ["dragover", "data.csv", ""])
    expect(tab.get("drop-target")).to_be_visible()

    tab.page.evaluate(DRAG, ["drop", "data.csv", "a,b\n1,2"])

    expect(tab.get("drop-target")).to_have_count(0)
    expect(tab.get("excerpt").locator("summary")).to_contain_text("data.csv")


def test_what_is_too_long_is_said_and_kept(tab: Tab) -> None:
    paste(tab, "é" * 20_000)

    expect(tab.get("count")).to_have_text("20,019 / 20,000")
    expect(tab.get("composer-hint")).to_contain_text("shorten it by 19.")
    expect(tab.get("send")).to_be_disabled()
    tab.reload()
    expect(tab.get("excerpt")).to_have_count(1)


def test_the_last_question_is_edited_from_the_empty_box_and_escape_leads_back(
    tab: Tab,
) -> None:
    paste(tab, LONG)
    tab.ask("Who?")
    tab.answered()

    tab.get("composer").press("ArrowUp")
    expect(tab.get("edit-box")).to_be_focused()
    expect(tab.get("edit-box")).to_have_value("Who?")
    expect(tab.get("excerpt")).to_have_count(1)
    tab.page.keyboard.press("Escape")
    expect(tab.get("composer")).to_be_focused()

    tab.get("composer").press("ArrowUp")
    tab.get("edit-box").fill("Where?")
    tab.get("edit-box").press("Enter")
    expect(tab.get("version").first).to_have_text("2 of 2")
    expect(tab.get("message-user")).to_contain_text("Where?")
    expect(tab.get("message-user").locator("summary")).to_contain_text("40 lines")


def test_the_box_grows_to_two_fifths_of_the_window_in_every_browser(tab: Tab) -> None:
    tab.page.add_init_script("CSS.supports = () => false")
    tab.reload()
    tab.page.evaluate(NO_FIELD_SIZING)
    expect(tab.get("composer")).to_be_focused()
    one_line = height(tab)

    tab.get("composer").fill("a\nb\nc\nd")
    assert height(tab) > one_line + 20
    tab.get("composer").fill("a\n" * 100)
    assert height(tab) <= tab.page.viewport_size["height"] * 0.4 + 1
    tab.get("composer").fill("")

    assert height(tab) == one_line


def second(tab: Tab) -> Page:
    """Another tab of the same browser on the same page."""
    page = tab.page.context.new_page()
    page.goto(tab.url)
    page.evaluate(ALIVE, LIMIT_MS)
    return page


def test_two_tabs_share_a_draft_but_keep_what_is_their_own(tab: Tab) -> None:
    tab.get("composer").fill("half a tho")
    box = second(tab).get_by_test_id("composer")
    expect(box).to_have_value("half a tho")
    tab.get("composer").fill("half a thought")
    expect(box).to_have_value("half a thought")

    box.fill("something else")
    expect(tab.get("composer")).to_have_value("something else")
    tab.page.evaluate("localStorage.clear()")
    tab.get("composer").fill("mine")

    expect(box).to_have_value("something else")


def test_a_file_button_is_large_enough_for_a_finger(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    tab = open_tab(page_server.url, **phone, is_mobile=True)
    expect(tab.get("starter").first).to_be_visible()
    paste(tab, LONG)

    for hook in ("add-file", "excerpt-remove", "send"):
        box = tab.get(hook).bounding_box()
        assert min(box["width"], box["height"]) >= 44, hook
