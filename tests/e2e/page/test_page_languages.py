from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reflex_app.texts import ENGLISH, texts
from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

CHINESE = texts("zh-Hans")
WORDS_OF_PAGE = """
() => {
  const said = [...document.querySelectorAll("[aria-label],[title],[placeholder]")]
    .flatMap((one) => [one.ariaLabel, one.title, one.placeholder]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (!/^(SCRIPT|STYLE)$/.test(walker.currentNode.parentElement.tagName))
      said.push(walker.currentNode.data);
  return said.filter(Boolean).map((text) => text.trim());
}
"""
"""All texts and names on the page, also those of what is closed."""


def left_in_english(page: Page) -> set[str]:
    plain = {key: text for key, text in ENGLISH.texts.items() if isinstance(text, str)}
    other = {text for key, text in plain.items() if text != CHINESE.texts[key]}
    # A key on the page is a text that the build did not take along.
    return (other | plain.keys()) & set(page.evaluate(WORDS_OF_PAGE))


def test_a_chinese_browser_gets_everything_in_chinese(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url, locale="zh-CN")
    expect(tab.get("composer")).to_have_attribute("placeholder", "给 Sidekick 发消息")

    tab.ask("谁是罗宾？")
    tab.answered()
    tab.get("message-cost").click()

    expect(tab.get("receipt")).to_contain_text("合计 $0.00")
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert left_in_english(tab.page) == set()
    tab.page.keyboard.press("Escape")
    tab.page.get_by_role("link", name="用量").click()
    expect(tab.get("chart")).to_contain_text("每日")
    expect(tab.page).to_have_title("用量 · Sidekick")
    assert left_in_english(tab.page) == set()


def test_a_language_that_was_chosen_stays_and_loses_nothing(tab: Tab) -> None:
    tab.ask("Who?")
    tab.answered()
    tab.get("composer").fill("An unfinished thought")

    tab.get("languages").click()
    tab.get("language-zh-Hans").click()

    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(tab.get("composer")).to_have_value("An unfinished thought")
    expect(tab.get("message-cost")).to_contain_text("个 token")
    tab.reload()
    expect(tab.get("message-cost")).to_contain_text("个 token")
    tab.get("languages").click()
    expect(tab.get("language-zh-Hans")).to_have_attribute("aria-pressed", "true")
