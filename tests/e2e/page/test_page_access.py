"""The page for everybody: by keyboard, by ear, by touch, large, and without motion."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

WIDE, NARROW = 1280, 390
MOST_STOPS = 60
ANSWER = """| Role | Shown |
|---|---|
| Butler | Batman #16 |

A `word` and [more](https://example.org).
"""
LONG = "word " * 60

SMALL = """least => {
    const how = { opacityProperty: true, visibilityProperty: true };
    // What catches the finger may be drawn around a smaller chip.
    const more = e => {
        const { position, top } = getComputedStyle(e, '::after');
        return position === 'absolute' ? Math.max(0, -2 * parseFloat(top)) : 0;
    };
    return [...document.querySelectorAll(
        'a, button, input, textarea, select, summary, [role=button]')]
    .filter(e => {
        const { width, height } = e.getBoundingClientRect();
        return e.checkVisibility(how) && width > 1
            && (width < least || height + more(e) < least)
            && !e.closest('.md p, .md li, .sr-only, .skip');
    })
    .map(e => `${e.dataset.testid || e.className}: ${e.ariaLabel || e.textContent}`
        + ` ${e.offsetWidth} x ${e.offsetHeight}`);
}"""
"""What is too small to be hit; links in a sentence are as high as its lines."""

UNSEEN_FOCUS = """() => {
    const ring = e => e && getComputedStyle(e).outlineStyle !== 'none'
        && parseFloat(getComputedStyle(e).outlineWidth) >= 1;
    const e = document.activeElement;
    return ring(e) || ring(e.closest('form')) ? '' : e.outerHTML.slice(0, 120);
}"""

WHERE = """() => {
    const e = document.activeElement;
    return e === document.body ? '' : e.dataset.testid || e.className || e.tagName;
}"""

LISTEN = """() => {
    window.heard = [];
    const spoken = '[role=status], [role=alert], [aria-live=polite]';
    const element = node => node.closest ? node : node.parentElement;
    const region = change => element(change.target)?.closest(spoken);
    new MutationObserver(changes => {
        const regions = new Set(changes.map(region).filter(r => r?.textContent));
        window.heard.push(...[...regions].map(r => r.textContent));
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""

MOVING = """() => [...document.querySelectorAll('*')]
    .flatMap(e => ['', '::before', '::after'].map(part => getComputedStyle(e, part)))
    .filter(s => s.animationName !== 'none' || s.scrollBehavior === 'smooth'
        || s.transitionDuration.split(', ').some(d => parseFloat(d) > 0)).length"""

OVERFLOW = """() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
}"""


class Rules:
    """What axe finds in the states of a page, at two widths each."""

    def __init__(self, tab: Tab) -> None:
        module = pytest.importorskip("axe_playwright_python.sync_playwright")
        self._axe = module.Axe()
        self._tab = tab
        self.broken: dict[str, str] = {}

    def check(self, state: str, *widths: int) -> None:
        for width in widths or (NARROW, WIDE):
            self._tab.page.set_viewport_size({"width": width, "height": 844})
            found = self._axe.run(self._tab.page)
            if found.violations_count:
                self.broken[f"{state}, {width}"] = found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken_in_a_conversation(
    open_tab: Callable[..., Tab], page_server: Service, scheme: str
) -> None:
    # In the middle of a fade the contrast is lower than before or after it.
    tab = open_tab(page_server.url, color_scheme=scheme, reduced_motion="reduce")
    rules = Rules(tab)
    expect(tab.get("starter").first).to_be_visible()
    rules.check("empty")
    tab.ask("__slow__ " + LONG * 3)
    expect(tab.page.locator("[aria-busy=true]")).to_contain_text("word")
    rules.check("streaming", WIDE)
    tab.get("stop").click()
    tab.answered()
    tab.ask(ANSWER)
    tab.answered(2)
    tab.get("message-cost").last.click()
    rules.check("receipt")
    tab.ask("__crash__")
    expect(tab.get("retry")).to_be_visible()
    tab.get("download").click()
    rules.check("menu and error")

    assert rules.broken == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken_elsewhere(
    open_tab: Callable[..., Tab], page_server: Service, scheme: str
) -> None:
    tab = open_tab(page_server.url, color_scheme=scheme, reduced_motion="reduce")
    rules = Rules(tab)
    tab.ask(ANSWER)
    tab.answered()
    tab.get("conversation").first.hover()
    tab.get("conversation-options").first.click()
    rules.check("options of a conversation", WIDE)
    tab.page.keyboard.press("Escape")
    tab.page.set_viewport_size({"width": NARROW, "height": 844})
    tab.page.get_by_label("Open sidebar").click()
    rules.check("drawer", NARROW)
    tab.visit(f"{page_server.url}/usage")
    expect(tab.get("usage-download")).to_be_enabled()
    rules.check("usage")
    tab.visit(f"{page_server.url}/c/cnv_none")
    expect(tab.get("missing")).to_be_visible()
    rules.check("missing")

    assert rules.broken == {}


@pytest.mark.parametrize(("width", "least"), [(NARROW, 44), (WIDE, 24)])
def test_everything_is_large_enough_to_be_hit(
    open_tab: Callable[..., Tab], page_server: Service, width: int, least: int
) -> None:
    touch = {"has_touch": True, "is_mobile": True} if width == NARROW else {}
    viewport = {"width": width, "height": 844}
    tab = open_tab(page_server.url, viewport=viewport, reduced_motion="reduce", **touch)
    expect(tab.get("starter").first).to_be_visible()
    small = {"empty": tab.page.evaluate(SMALL, least)}
    tab.ask(ANSWER + "```python\nprint(1)\n```")
    tab.answered()
    tab.ask("__crash__")
    expect(tab.get("retry")).to_be_visible()
    small["conversation"] = tab.page.evaluate(SMALL, least)
    tab.get("download").click()
    small["menu"] = tab.page.evaluate(SMALL, least)
    tab.page.keyboard.press("Escape")
    if width == NARROW:
        tab.page.get_by_label("Open sidebar").click()
        small["drawer"] = tab.page.evaluate(SMALL, least)
    tab.visit(f"{page_server.url}/usage")
    expect(tab.get("usage-download")).to_be_enabled()
    small["usage"] = tab.page.evaluate(SMALL, least)

    assert {state: found for state, found in small.items() if found} == {}


def test_the_keyboard_reaches_everything_and_shows_where_it_is(tab: Tab) -> None:
    tab.ask(ANSWER)
    tab.answered()
    expect(tab.get("composer")).to_be_focused()

    walk = [step(tab) for _ in range(MOST_STOPS)]

    places = [where for where, _ in walk]
    assert "composer" in places, "the keyboard does not come round"
    walk = walk[: places.index("composer") + 1]
    assert [unseen for where, unseen in walk if where and unseen] == []
    hooks = {"new-chat", "search", "conversation", "download", "message-cost"}
    assert hooks | {"skip"} <= set(places)
    assert places.index("skip") < places.index("new-chat") < places.index("download")


def step(tab: Tab) -> tuple[str, str]:
    """Where the next Tab leads, and the element if nobody can see that."""
    tab.page.keyboard.press("Tab")
    return tab.page.evaluate(WHERE), tab.page.evaluate(UNSEEN_FOCUS)


def test_every_menu_gives_the_focus_back(tab: Tab) -> None:
    tab.ask(ANSWER)
    tab.answered()

    for opener in ("download", "message-cost", "conversation-options"):
        button = tab.get(opener).first
        button.focus()
        tab.page.keyboard.press("Enter")
        expect(open_popover(tab)).to_have_count(1)
        tab.page.keyboard.press("Escape")
        expect(open_popover(tab)).to_have_count(0)
        expect(button).to_be_focused()


def open_popover(tab: Tab) -> Locator:
    return tab.page.locator(":popover-open")


def test_an_answer_is_announced_once_and_without_chatter(tab: Tab) -> None:
    expect(tab.get("starter").first).to_be_visible()
    tab.page.evaluate(LISTEN)

    tab.ask("__slow__ " + "word " * 20)
    tab.answered()

    expect(tab.page.locator("#announcer")).to_contain_text("word word")
    heard = tab.page.evaluate("window.heard")
    assert heard[0] == "Sidekick is answering."
    assert len(heard) == 2, heard


def test_nothing_moves_for_those_who_asked_for_that(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url, reduced_motion="reduce")
    tab.ask("__slow__ " + LONG)
    expect(tab.page.locator("[aria-busy=true] .live p")).to_contain_text("word")

    assert tab.page.evaluate(MOVING) == 0


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_is_cut_off_when_everything_is_large(
    open_tab: Callable[..., Tab], page_server: Service, width: int
) -> None:
    # 320 px is a screen of 1,280 px at 400 %, 640 px one at 200 %.
    tab = open_tab(
        page_server.url,
        viewport={"width": width, "height": 400},
        device_scale_factor=2,
    )
    expect(tab.get("starter").first).to_be_visible()
    over = {"empty": tab.page.evaluate(OVERFLOW)}
    tab.ask(ANSWER + "L" + "o" * 300 + "ng")
    tab.answered()
    over["conversation"] = tab.page.evaluate(OVERFLOW)
    expect(tab.get("composer")).to_be_in_viewport()
    tab.visit(f"{page_server.url}/usage")
    expect(tab.get("usage-download")).to_be_enabled()
    over["usage"] = tab.page.evaluate(OVERFLOW)

    assert {state for state, pixels in over.items() if pixels} == set()


def test_forced_colours_keep_icons_and_focus(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url, forced_colors="active")
    expect(tab.get("starter").first).to_be_visible()
    tab.get("search").focus()
    tab.page.keyboard.press("Tab")

    ink = "e => getComputedStyle(e.querySelector('svg')).color"
    paper = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert tab.get("download").evaluate(ink) != paper
    assert tab.page.evaluate(UNSEEN_FOCUS) == ""
