"""Browsers of 2023, which have no popovers and place nothing beside a button."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
POOR = """
for (const name of ["popover", "showPopover", "hidePopover", "togglePopover"])
  delete HTMLElement.prototype[name];
for (const name of ["popoverTargetElement", "popoverTargetAction"])
  delete HTMLButtonElement.prototype[name];
const sheet = new CSSStyleSheet();
sheet.replaceSync(":where([popover].\\\\:popover-open) { display: block }");
document.adoptedStyleSheets.push(sheet);
const supports = CSS.supports.bind(CSS);
CSS.supports = (...asked) =>
  !asked.join().includes("anchor-name") && supports(...asked);
// A click natively opens what the button names when all listeners are done: then it
// names nothing for a moment.
addEventListener("click", (event) => {
  const button = event.target.closest?.("[popovertarget]");
  const named = button?.getAttribute("popovertarget");
  if (!named) return;
  button.removeAttribute("popovertarget");
  setTimeout(() => button.setAttribute("popovertarget", named));
});
"""
"""Takes from a Chromium what an old one has not got; styles change on their way."""


def without_anchors(route: Route) -> None:
    """Serve a style sheet as an old browser reads it."""
    answer = route.fetch()
    rules = re.sub(
        r"anchor-name|position-area|field-sizing", "unheard-of", answer.text()
    )
    route.fulfill(response=answer, body=rules)


def grow_old(tab: Tab) -> Tab:
    tab.page.route("**/*.css", without_anchors)
    tab.page.add_init_script(POOR)
    tab.reload()
    return tab


@pytest.fixture
def old(tab: Tab) -> Tab:
    """A tab of an old browser with one answer."""
    grow_old(tab)
    tab.ask("Who is Batman?")
    tab.answered()
    return tab


def beside(button: Locator, popover: Locator) -> bool:
    """Whether a popover begins right below or ends right above its button."""
    expect(popover).to_be_visible()
    one, other = button.bounding_box(), popover.bounding_box()
    assert one
    assert other
    below = abs(other["y"] - one["y"] - one["height"])
    above = abs(one["y"] - other["y"] - other["height"])
    return min(below, above) < 16


@pytest.mark.parametrize(
    ("button", "popover"),
    [
        ("message-cost", "receipt"),
        ("total-cost", "costs"),
    ],
)
def test_what_opens_stands_beside_its_button_and_closes(
    old: Tab, button: str, popover: str
) -> None:
    old.get(button).click()
    assert beside(old.get(button), old.get(popover))
    old.page.keyboard.press("Escape")
    expect(old.get(popover)).to_be_hidden()

    old.get(button).click()
    expect(old.get(popover)).to_be_visible()
    old.page.get_by_role("main").click(position={"x": 5, "y": 5})

    expect(old.get(popover)).to_be_hidden()


def test_a_model_is_chosen_and_a_conversation_renamed(old: Tab) -> None:
    old.get("chooser").click()
    expect(old.get("choices")).to_be_visible()
    old.page.keyboard.press("Escape")
    expect(old.get("choices")).to_be_hidden()

    old.get("conversation").first.hover()
    old.page.get_by_label("Options of ").first.click()
    old.get("rename").click()

    expect(old.get("rename")).to_be_hidden()
    expect(old.page.get_by_role("textbox", name="Title")).to_be_focused()


def test_the_sidebar_of_a_phone_is_a_drawer(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = grow_old(open_tab(page_server.url, viewport=PHONE))
    tab.ask("Who is Batman?")
    tab.answered()
    expect(tab.get("new-chat")).to_be_hidden()

    tab.page.get_by_label("Open sidebar").click()
    tab.get("conversation").first.click()

    expect(tab.get("conversation").first).to_be_hidden()


def test_the_box_grows_with_its_text(old: Tab) -> None:
    before = old.get("composer").bounding_box()
    old.get("composer").fill("One line\n" * 6)
    after = old.get("composer").bounding_box()

    assert before
    assert after
    assert after["height"] > before["height"] + 60
