import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
UNDO_MS = 6_000


def options(tab: Tab, title: str) -> None:
    """Open the menu of a conversation."""
    tab.page.get_by_label(f"Options of {title}", exact=True).click()
    expect(tab.get("rename")).to_be_visible()


def listed(tab: Tab, title: str) -> object:
    return tab.get("conversation").filter(has_text=re.compile(f"^{title}$"))


@pytest.fixture
def asked(tab: Tab) -> Tab:
    """A tab with a conversation whose title no other test uses."""
    tab.ask(f"Chat of {id(tab)}")
    tab.answered()
    return tab


@pytest.fixture
def title(asked: Tab) -> str:
    expect(asked.page).to_have_title(re.compile(f"^Chat of {id(asked)} "))
    return f"Chat of {id(asked)}"


def test_a_conversation_is_listed_under_today_and_stays_in_the_address(
    asked: Tab, title: str
) -> None:
    expect(listed(asked, title)).to_have_attribute("aria-current", "page")
    expect(asked.page.get_by_role("heading", name="Today")).to_be_visible()
    assert re.search(r"/c/cnv_\w+$", asked.page.url)


def test_a_conversation_is_renamed_in_its_place(asked: Tab, title: str) -> None:
    options(asked, title)
    asked.get("rename").click()
    asked.get("rename-box").fill(f"Robin {title}")
    asked.get("rename-box").press("Enter")

    expect(listed(asked, f"Robin {title}")).to_be_visible()
    expect(asked.page).to_have_title(f"Robin {title} · Sidekick")
    asked.reload()
    expect(listed(asked, f"Robin {title}")).to_be_visible()


def test_escape_leaves_the_title_as_it_was(asked: Tab, title: str) -> None:
    options(asked, title)
    asked.get("rename").click()
    asked.get("rename-box").fill("Something else")
    asked.get("rename-box").press("Escape")

    expect(listed(asked, title)).to_be_visible()


def test_an_archived_conversation_is_found_in_the_archive_and_comes_back(
    asked: Tab, title: str
) -> None:
    options(asked, title)
    asked.get("archive").click()
    expect(listed(asked, title)).to_have_count(0)
    asked.get("show-archive").click()
    expect(listed(asked, title)).to_be_visible()

    options(asked, title)
    asked.get("archive").click()
    asked.get("leave-archive").click()

    expect(listed(asked, title)).to_be_visible()


def test_a_deletion_can_be_undone_and_the_conversation_is_open_again(
    asked: Tab, title: str
) -> None:
    address = asked.page.url
    options(asked, title)
    asked.get("delete").click()
    expect(listed(asked, title)).to_have_count(0)
    expect(asked.get("starter").first).to_be_visible()

    asked.get("undo").click()

    expect(listed(asked, title)).to_be_visible()
    expect(asked.get("message-user")).to_have_count(1)
    assert asked.page.url == address


def test_a_deletion_is_sent_after_six_seconds_though_the_tab_is_closed(
    asked: Tab, title: str, open_tab: Callable[..., Tab], page_server: Service
) -> None:
    address = asked.page.url
    asked.get("clear").click()
    expect(asked.get("undo-bar")).to_be_visible()
    asked.page.close()
    other = open_tab(page_server.url)
    expect(other.get("starter").first).to_be_visible()

    other.page.wait_for_timeout(UNDO_MS + 500)
    other.visit(address)

    expect(other.get("missing")).to_be_visible()
    expect(listed(other, title)).to_have_count(0)


def test_another_conversation_can_be_downloaded(
    asked: Tab, title: str, tmp_path: Path
) -> None:
    asked.get("new-chat").click()
    expect(asked.get("starter").first).to_be_visible()
    texts = {}
    for kind in ("csv", "json"):
        options(asked, title)
        with asked.page.expect_download() as caught:
            asked.get(f"row-download-{kind}").click()
        caught.value.save_as(tmp_path / kind)
        texts[kind] = (tmp_path / kind).read_text(encoding="utf-8-sig")

    rows = list(csv.DictReader(texts["csv"].splitlines()))
    assert [row["content"] for row in rows] == [title, title]
    document = json.loads(texts["json"])
    assert document["title"] == title
    assert document["messages"][1]["receipt"][0]["kind"] == "PROMPT"


def test_the_menu_works_with_the_keyboard(asked: Tab, title: str) -> None:
    asked.page.get_by_label(f"Options of {title}", exact=True).focus()
    asked.page.keyboard.press("Enter")
    expect(asked.get("pin")).to_be_focused()
    asked.page.keyboard.press("ArrowDown")
    expect(asked.get("rename")).to_be_focused()
    asked.page.keyboard.press("Escape")

    expect(asked.get("rename")).to_be_hidden()


def test_the_drawer_of_a_phone_leads_to_another_conversation(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url, viewport=PHONE, has_touch=True, is_mobile=True)
    tab.ask(f"Chat of {id(tab)}")
    tab.answered()
    tab.page.get_by_label("Open sidebar").click()
    tab.get("new-chat").click()
    expect(tab.get("message-user")).to_have_count(0)

    tab.page.get_by_label("Open sidebar").click()
    listed(tab, f"Chat of {id(tab)}").click()

    expect(tab.get("message-user")).to_have_count(1)
    expect(tab.get("new-chat")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_menu_renaming_and_editing_break_no_rule_of_accessibility(
    open_tab: Callable[..., Tab], page_server: Service, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab = open_tab(page_server.url, color_scheme=scheme, reduced_motion="reduce")
    tab.ask(f"Chat of {id(tab)}")
    tab.answered()
    tab.get("regenerate").click()
    expect(tab.get("version")).to_be_visible()
    tab.get("thumb-up").click()
    options(tab, f"Chat of {id(tab)}")
    found = {"menu": axe.run(tab.page)}
    tab.get("rename").click()
    found["rename"] = axe.run(tab.page)
    tab.get("message-user").hover()
    tab.get("edit").click()
    found["edit"] = axe.run(tab.page)
    tab.page.keyboard.press("Escape")
    tab.get("clear").click()
    expect(tab.get("undo-bar")).to_be_visible()
    found["undo"] = axe.run(tab.page)

    broken = {n: r.generate_report() for n, r in found.items() if r.violations_count}
    assert broken == {}
