from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

MARKDOWN = """## Why he matters

| Role | First shown |
|---|---|
| Butler | Batman #16 |

```python
print("Alfred")
```

The chance is $P(A) = 1$, so

$$\\int_0^1 x\\,dx = \\frac{1}{2}$$

1. One

   inside

2. Two

- [x] done
"""
PHONE = {"width": 390, "height": 844}


def background(tab: Tab) -> str:
    return tab.page.evaluate("getComputedStyle(document.body).backgroundColor")


def overflow(tab: Tab) -> int:
    return tab.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_markdown_is_rendered_with_colours_and_formulas(tab: Tab) -> None:
    tab.ask(MARKDOWN)
    tab.answered()

    answer = tab.get("message-assistant")
    expect(answer.locator("table td").first).to_have_text("Butler")
    expect(answer.locator("pre .hljs-string")).to_have_text('"Alfred"')
    expect(answer.locator(".katex-display .mfrac")).to_have_count(1)
    expect(answer.locator("ol")).to_have_count(1)
    expect(answer.locator("ol > li").first).to_contain_text("inside")


def test_code_can_be_copied(tab: Tab) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.ask(MARKDOWN)
    tab.answered()

    tab.page.get_by_role("button", name="Copy code").click()
    expect(tab.page.get_by_role("button", name="Copied")).to_be_visible()

    assert tab.page.evaluate("navigator.clipboard.readText()") == 'print("Alfred")'


def test_the_page_follows_the_system_and_remembers_a_choice(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url, color_scheme="dark")
    expect(tab.page.locator("html")).to_have_class("dark")
    assert background(tab) == "rgb(19, 19, 22)"
    expect(tab.get("starter").first).to_be_visible()  # the page is alive

    tab.page.get_by_label("Switch between light and dark").click()
    expect(tab.page.locator("html")).to_have_class("light")
    tab.reload()

    expect(tab.page.locator("html")).to_have_class("light")
    assert background(tab) == "rgb(255, 255, 255)"


def test_a_phone_shows_everything_without_scrolling_sideways(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url, viewport=PHONE, has_touch=True, is_mobile=True)
    tab.ask(MARKDOWN + "L" + "o" * 300 + "ng")
    tab.answered()

    assert overflow(tab) == 0
    for hook in ("composer", "send", "total-cost", "clear", "download"):
        expect(tab.get(hook)).to_be_in_viewport()


def test_the_sidebar_of_a_phone_is_a_drawer(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url, viewport=PHONE, has_touch=True, is_mobile=True)
    tab.ask("Who is Batman?")
    tab.answered()
    expect(tab.get("new-chat")).to_be_hidden()

    tab.page.get_by_label("Open sidebar").click()
    tab.get("new-chat").click()

    expect(tab.get("new-chat")).to_be_hidden()
    expect(tab.get("message-user")).to_have_count(0)


def test_right_to_left_text_reads_from_the_right(tab: Tab) -> None:
    tab.ask("مرحبا يا بطل. من هو باتمان؟")
    tab.answered()
    for place in (".bubble", ".md p"):
        direction = tab.page.locator(place).first.evaluate(
            "element => getComputedStyle(element).direction"
        )
        assert direction == "rtl", place
