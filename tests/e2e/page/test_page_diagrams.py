"""Diagrams are drawn in a frame that reaches nothing, and shown as dead pictures."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Locator, expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

FLOW = "flowchart LR\n  A[Bat-Signal] --> B{Night?}\n  B -->|yes| C[Batman comes]"
HOSTILE = [
    "flowchart LR\n  A-->B\n  click A 'javascript:window.pwned=1'",
    "flowchart LR\n  A-->B\n  click A href 'https://evil.example/?secret' _self",
    "flowchart LR\n  A-->B\n  click A call alert('pwned')",
    "flowchart LR\n  A[\"<img src=x onerror='parent.pwned=1'>\"]-->B",
    "flowchart LR\n  A[\"<img src='https://evil.example/a.png'>\"]-->B",
    'flowchart LR\n  A@{ img: "https://evil.example/a.png", label: "x" }',
    "flowchart LR\n  A-->B\n  style A fill:url(https://evil.example/a.svg#x)",
    "flowchart LR\n  A-->B\n  classDef a background-image:url(//evil.example/a.png)",
    '%%{init: {"securityLevel":"loose"}}%%\ngraph LR; A["<iframe src=//evil.example>"]',
    "%%{init: {'themeCSS':'@import \"//evil.example/a.css\";'}}%%\ngraph LR; A",
    "%%{init: {'fontFamily':'x;} @import url(//evil.example/a.css);'}}%%\ngraph LR; A",
    "sequenceDiagram\n  participant A\n  link A: x @ https://evil.example\n  A->>A: x",
    '---\nconfig:\n  secure: []\n  securityLevel: loose\n---\ngraph LR; A["x"]',
]
"""Texts that try to run a script, to fetch, or to loosen how they are drawn."""
REACHES = """async () => {
    const refused = attempt => attempt().then(() => "reached", () => "refused");
    const load = (tag, property) => new Promise((done, fail) => {
        const element = document.createElement(tag);
        Object.assign(element, { onload: done, onerror: fail });
        element[property] = "/favicon.svg";
        document.body.append(element);
    });
    return {
        api: await refused(() => fetch("/graphql")),
        elsewhere: await refused(() => fetch("https://evil.example")),
        picture: await refused(() => load("img", "src")),
        script: await refused(() => load("script", "src")),
        storage: await refused(async () => localStorage.length),
        cookies: await refused(async () => document.cookie),
        page: await refused(async () => parent.document.body),
    };
}"""


DRAWN_MS = 60_000
"""Mermaid is three megabytes of code, which a busy machine reads slowly."""


def pictures(tab: Tab) -> Locator:
    return tab.page.get_by_role("group", name="Diagram").get_by_role("img")


def drawing_frame(tab: Tab) -> Frame:
    return next(f for f in tab.page.frames if f.url.endswith("/diagram.html"))


def ask(tab: Tab, *diagrams: str) -> None:
    tab.ask("\n\n".join(f"```mermaid\n{diagram}\n```" for diagram in diagrams))
    tab.answered()


def test_a_diagram_is_drawn_and_its_code_is_at_hand(tab: Tab) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(tab, FLOW)
    expect(pictures(tab)).to_be_visible(timeout=DRAWN_MS)
    views = tab.page.get_by_role("group", name="View")

    views.get_by_role("button", name="Code").click()
    expect(tab.page.get_by_role("group", name="Code")).to_contain_text("Bat-Signal")
    tab.page.get_by_role("button", name="Copy code").click()
    expect(tab.page.get_by_role("button", name="Copied")).to_be_visible()
    assert tab.page.evaluate("navigator.clipboard.readText()") == FLOW
    views.get_by_role("button", name="Diagram").click()

    expect(pictures(tab)).to_be_visible(timeout=DRAWN_MS)


def test_a_diagram_follows_light_and_dark(tab: Tab) -> None:
    ask(tab, FLOW)
    expect(pictures(tab)).to_be_visible(timeout=DRAWN_MS)
    light = pictures(tab).get_attribute("src")

    tab.page.get_by_label("Switch between light and dark").click()

    expect(pictures(tab)).not_to_have_attribute("src", light, timeout=DRAWN_MS)


def test_what_is_no_diagram_stays_code_and_says_so(tab: Tab) -> None:
    ask(tab, "flowchart LR\n  A --> [[[", FLOW)

    refused = tab.page.get_by_text("This diagram cannot be drawn.")
    expect(refused).to_be_visible(timeout=DRAWN_MS)
    expect(pictures(tab)).to_have_count(1, timeout=DRAWN_MS)
    expect(tab.page.get_by_role("group", name="Code")).to_contain_text("A --> [[[")


def test_a_diagram_is_fetched_and_drawn_only_when_it_is_complete(tab: Tab) -> None:
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    comment = "\n%% " + "the night is long " * 30
    tab.ask("__slow__ \n```mermaid\n" + FLOW + comment + "\n```\n\nand more")
    live = tab.page.locator("[aria-busy=true]")
    expect(live).to_contain_text("Bat-Signal")

    assert not any("diagram.html" in url for url in asked)
    tab.answered()
    expect(pictures(tab)).to_be_visible(timeout=DRAWN_MS)


def test_hostile_diagrams_run_nothing_and_fetch_nothing(tab: Tab) -> None:
    # What the frame's policy refuses, it reports.
    tab.tolerate("Content Security Policy", "violates the following")
    ask(tab, *HOSTILE, FLOW)
    blocks = tab.page.locator(".code")
    settled = tab.page.locator(".code:has(.diagram, .code-note)")

    expect(blocks).to_have_count(len(HOSTILE) + 1)
    expect(settled).to_have_count(len(HOSTILE) + 1, timeout=DRAWN_MS)
    expect(blocks.last.get_by_role("img")).to_be_visible()

    assert tab.page.evaluate("window.pwned") is None
    assert drawing_frame(tab).evaluate("window.pwned") is None
    drawings = tab.page.locator(".diagram img").evaluate_all(
        "images => images.map(image => decodeURIComponent(image.src)).join('')"
    )
    assert "javascript:" not in drawings
    assert "<script" not in drawings
    assert "href=" not in drawings.replace('href="#', "")


def test_the_frame_that_draws_reaches_neither_the_network_nor_the_page(
    tab: Tab,
) -> None:
    tab.tolerate("Content Security Policy", "violates the following")
    ask(tab, FLOW)
    expect(pictures(tab)).to_be_visible(timeout=DRAWN_MS)

    reached = drawing_frame(tab).evaluate(REACHES)

    assert set(reached.values()) == {"refused"}, reached


def test_the_frame_that_draws_cannot_go_elsewhere(tab: Tab) -> None:
    tab.tolerate("Content Security Policy", "violates the following", "frame-src")
    ask(tab, FLOW)
    expect(pictures(tab)).to_be_visible(timeout=DRAWN_MS)
    refused = tab.page.evaluate_handle(
        """() => ({ seen: new Promise(done => document.addEventListener(
            "securitypolicyviolation", event => done(event.effectiveDirective))) })"""
    )

    drawing_frame(tab).evaluate("() => { location.href = 'https://evil.example/?x' }")

    assert refused.evaluate("({ seen }) => seen") == "frame-src"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_diagram_breaks_no_rule_of_accessibility(
    open_tab: Callable[..., Tab], page_server: Service, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab = open_tab(page_server.url, color_scheme=scheme, reduced_motion="reduce")
    ask(tab, FLOW, "broken")
    expect(pictures(tab)).to_be_visible(timeout=DRAWN_MS)
    refused = tab.page.get_by_text("This diagram cannot be drawn.")
    expect(refused).to_be_visible(timeout=DRAWN_MS)

    found = axe.run(tab.page)

    assert found.violations_count == 0, found.generate_report()
