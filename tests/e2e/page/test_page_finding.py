"""The palette, the jump to a passage, pins, several at once, and the keyboard."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

CREATE = """mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } } }"""
PHONE = {"width": 390, "height": 844}
SHOWN = "() => CSS.highlights.has('found')"


def stored(api: Service, title: str, *texts: str) -> str:
    """Make a conversation through the API; its address."""
    roles = ("USER", "ASSISTANT")
    history = [
        {"role": roles[number % 2], "content": text}
        for number, text in enumerate(texts)
    ]
    given = {"input": {"title": title, "history": history}}
    asked = {"query": CREATE, "variables": given}
    answer: Any = httpx.post(f"{api.url}/graphql", json=asked).json()
    return f"/c/{answer['data']['createConversation']['conversation']['id']}"


def listed(tab: Tab, title: str) -> Locator:
    return tab.get("conversation").filter(has_text=re.compile(f"^{title}$"))


def look_for(tab: Tab, words: str) -> None:
    """Open the palette by its key, as soon as the page hears keys, and type at once."""
    expect(tab.get("chooser")).to_be_enabled()
    tab.page.keyboard.press("Control+k")
    tab.page.keyboard.type(words)


@pytest.fixture
def word() -> str:
    """A word that no other test writes."""
    return f"needle{uuid4().hex[:12]}"


@pytest.fixture
def three(tab: Tab, echo_api: Service, word: str) -> list[str]:
    """Titles of three conversations, newest first, in a tab on the newest."""
    titles = [f"{name} {word}" for name in ("First", "Second", "Third")]
    for title in titles:
        address = stored(echo_api, title, "Who?", "Alfred")
    tab.visit(f"{tab.url}{address}")
    expect(tab.get("conversation").first).to_have_text(titles[-1])
    return titles[::-1]


def test_the_palette_finds_titles_texts_and_commands_by_keyboard_alone(
    tab: Tab, echo_api: Service, word: str
) -> None:
    stored(echo_api, f"All about {word}", "Who?", "Nobody")
    told = stored(echo_api, "Told", "Who?", f"The **{word}** in a haystack")

    look_for(tab, word)
    expect(tab.get("offer")).to_have_count(2)
    expect(tab.page.locator("mark")).to_have_text([word, word])
    expect(tab.get("palette-box")).to_have_attribute(
        "aria-activedescendant", re.compile("find-cnv_")
    )
    expect(tab.page.get_by_role("status").filter(has_text="2 results")).to_be_attached()
    tab.page.keyboard.press("ArrowDown")
    expect(tab.get("offer").nth(1)).to_have_attribute("aria-selected", "true")
    tab.page.keyboard.press("Enter")

    expect(tab.page).to_have_url(re.compile(rf"{told}#msg_\w+$"))
    expect(tab.get("message-assistant")).to_be_focused()
    look_for(tab, "light and")
    expect(tab.get("offer")).to_have_count(1)
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("html")).to_have_class(re.compile("dark"))


def test_words_between_words_of_chinese_are_found(
    tab: Tab, echo_api: Service, word: str
) -> None:
    stored(echo_api, "Told", "Who?", f"蝙蝠侠的管家{word}是谁")

    look_for(tab, f"家{word}")

    expect(tab.page.locator("mark")).to_have_text([f"家{word}"])


def test_a_palette_without_hits_or_without_the_service_says_so(
    tab: Tab, word: str
) -> None:
    look_for(tab, word)
    note = tab.get("palette").locator(".palette-note")
    expect(note).to_have_text(f"Nothing found for “{word}”.")
    tab.page.keyboard.press("Escape")
    expect(tab.get("palette")).to_have_count(0)

    tab.tolerate("net::ERR_FAILED")
    tab.page.route("**/graphql", lambda route: route.abort())
    look_for(tab, word)
    expect(note).to_contain_text("cannot be reached")
    tab.page.unroute("**/graphql")

    expect(note).to_have_text(f"Nothing found for “{word}”.")


def test_a_passage_far_back_is_shown_marked_and_still_there_after_a_reload(
    tab: Tab, echo_api: Service, word: str
) -> None:
    texts = [f"Message {number}" for number in range(300)]
    texts[11] = f"Long ago. {'Words. ' * 300}\n\nHere is the {word}, at last."
    stored(echo_api, "Long", *texts)
    passage = tab.page.get_by_text(f"Here is the {word}")

    look_for(tab, word)
    tab.get("offer").click()

    expect(passage).to_be_in_viewport()
    tab.page.wait_for_function(SHOWN)
    tab.reload()
    expect(passage).to_be_in_viewport()
    tab.page.wait_for_function(SHOWN)
    tab.page.get_by_label("Scroll to latest").click()
    expect(tab.page.get_by_text("Message 299", exact=True)).to_be_in_viewport()


def test_a_passage_of_another_version_has_that_version_shown(
    tab: Tab, word: str
) -> None:
    tab.ask(f"Who is {word}?")
    tab.answered()
    tab.get("message-user").hover()
    tab.get("edit").click()
    tab.get("edit-box").fill("Who is Robin?")
    tab.get("edit-box").press("Enter")
    expect(tab.get("version")).to_have_text("2 of 2")
    tab.answered()

    look_for(tab, word)
    tab.get("offer").filter(has_text="You").click()

    expect(tab.page.get_by_text("is shown now")).to_be_visible()
    expect(tab.get("message-user")).to_contain_text(word)


def test_a_pinned_conversation_stands_on_top_until_it_is_unpinned(
    tab: Tab, three: list[str]
) -> None:
    tab.page.get_by_label(f"Options of {three[2]}", exact=True).click()
    tab.get("pin").click()

    group = tab.get("group").filter(has=tab.page.get_by_role("heading", name="Pinned"))
    expect(group).to_contain_text(three[2])
    tab.reload()
    expect(group).to_contain_text(three[2])
    tab.page.get_by_label(f"Options of {three[2]}", exact=True).click()
    tab.get("pin").click()
    expect(group.filter(has_text=three[2])).to_have_count(0)
    expect(listed(tab, three[2])).to_be_visible()


def test_several_are_selected_by_keyboard_deleted_and_taken_back(
    tab: Tab, three: list[str]
) -> None:
    listed(tab, three[0]).focus()
    tab.page.keyboard.press("ArrowDown")
    expect(listed(tab, three[1])).to_be_focused()
    tab.page.keyboard.press("x")
    expect(tab.get("selection").get_by_role("status")).to_have_text("1 selected")
    expect(tab.get("pick").nth(1)).to_be_focused()
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Space")
    expect(tab.get("selection").get_by_role("status")).to_have_text("2 selected")

    tab.get("delete-selected").click()
    expect(listed(tab, three[0])).to_have_count(0)
    expect(tab.get("starter").first).to_be_visible()
    expect(tab.get("undo-bar")).to_contain_text("Deleted 2 conversations")
    tab.get("undo").click()

    expect(listed(tab, three[0])).to_be_visible()
    expect(listed(tab, three[1])).to_be_visible()
    expect(tab.get("message-user")).to_have_count(1)


def test_a_range_is_archived_together(tab: Tab, three: list[str]) -> None:
    tab.page.get_by_label(f"Options of {three[0]}", exact=True).click()
    tab.get("select").click()
    tab.get("pick").nth(2).click(modifiers=["Shift"])
    expect(tab.get("selection").get_by_role("status")).to_have_text("3 selected")

    tab.get("archive-selected").click()

    expect(tab.get("undo-bar")).to_contain_text("Archived 3 conversations")
    for title in three:
        expect(listed(tab, title)).to_have_count(0)


def test_keys_rename_and_delete_in_the_list_and_open_the_help(
    tab: Tab, three: list[str]
) -> None:
    listed(tab, three[1]).focus()
    tab.page.keyboard.press("F2")
    tab.get("rename-box").fill(f"Renamed {three[1]}")
    tab.page.keyboard.press("Enter")
    expect(listed(tab, f"Renamed {three[1]}")).to_be_focused()
    tab.page.keyboard.press("?")
    expect(tab.get("help-sheet")).to_contain_text("Delete, with undo")
    tab.page.keyboard.press("Escape")
    expect(tab.get("help-sheet")).to_have_count(0)
    expect(listed(tab, f"Renamed {three[1]}")).to_be_focused()

    tab.page.keyboard.press("Delete")

    expect(listed(tab, f"Renamed {three[1]}")).to_have_count(0)
    tab.get("composer").press("?")
    expect(tab.get("composer")).to_have_value("?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_palette_selection_and_help_break_no_rule_of_accessibility(
    open_tab: Callable[..., Tab], page_server: Service, word: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab = open_tab(
        page_server.url, color_scheme=scheme, reduced_motion="reduce", viewport=PHONE
    )
    tab.ask(f"Who is {word}?")
    tab.answered()
    look_for(tab, word)
    expect(tab.page.locator("mark").first).to_be_visible()
    found = {"palette": axe.run(tab.page)}
    tab.get("palette-box").fill("help")
    tab.page.get_by_role("option", name="Help and keys").click()
    expect(tab.get("help-sheet")).to_be_visible()
    found["help"] = axe.run(tab.page)
    tab.page.keyboard.press("Escape")
    look_for(tab, "select")
    tab.page.get_by_role("option", name="Select conversations").click()
    tab.get("pick").first.check()
    found["selection"] = axe.run(tab.page)

    broken = {n: r.generate_report() for n, r in found.items() if r.violations_count}
    assert broken == {}
