"""What an answer looks like: code, tables, tasks, footnotes, and many scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.page.conftest import Tab
from tests.services import Service

pytestmark = pytest.mark.browser

FOOTNOTES = """First[^a] and second[^b].

```python
print("between")
```

Again the first[^a], and a [link][home].

[^b]: The second.
[^a]: The *first*, with `code`.

[home]: https://example.org
"""
LONG_LINE = "```python\n" + "x = 1 + 2 " * 60 + "\n```"
CODE = [
    "bash\nif true; then echo 1; fi",
    "c\nint main(void) { return 0; }",
    "cpp\nint main() { return 0; }",
    "c#\nvar x = 1;",
    "css\na { color: red }",
    "dart\nvar x = 1;",
    "diff\n- old\n+ new",
    "dockerfile\nFROM scratch",
    "elixir\ndef x do 1 end",
    "go\nfunc main() {}",
    "graphql\nquery { health }",
    "haskell\nlet x = 1",
    "html\n<b>x</b>",
    "java\nint x = 1;",
    "javascript\nconst x = 1;",
    'json\n{"a": 1}',
    "julia\nfunction f() end",
    "kotlin\nval x = 1",
    "latex\n\\section{x}",
    "lua\nlocal x = 1",
    "makefile\nall: ; echo 1",
    "markdown\n# Title",
    "matlab\nx = 1; % one",
    "nginx\nserver { listen 80; }",
    "perl\nmy $x = 1;",
    "php\n<?php echo 1;",
    "powershell\nGet-Item .",
    "python\nimport os",
    "r\nx <- function() 1",
    "ruby\ndef x; 1; end",
    "rust\nfn main() {}",
    "scala\nval x = 1",
    "scss\n$x: 1px;",
    "console\n$ ls -l",
    "sql\nSELECT 1",
    "swift\nlet x = 1",
    "toml\na = 1",
    "typescript\nconst x: number = 1;",
    "yaml\na: 1",
]
"""A little of each language that has colours."""
CHINESE = "这是**“强调”**。见https://example.org/a，然后**加粗：**继续"
TABLE = "|Name|First shown|\n|---|--:|\n|**Robin**|Detective #38|\n"


def answer(tab: Tab, text: str) -> Locator:
    """Ask so that the answer is `text`, and give what it became."""
    tab.ask(text)
    tab.answered()
    return tab.get("message-assistant").locator(".md")


def direction(element: Locator) -> str:
    return element.evaluate("element => getComputedStyle(element).direction")


def test_footnotes_reach_across_blocks_and_back_without_leaving_the_address(
    tab: Tab,
) -> None:
    prose = answer(tab, FOOTNOTES)
    address = tab.page.url

    notes = prose.get_by_role("region", name="Footnotes").get_by_role("listitem")
    expect(notes).to_have_text(["The first, with code.↩", "The second.↩"])
    prose.get_by_role("button", name="Footnote 2", exact=True).click()
    expect(notes.nth(1)).to_be_focused()
    notes.nth(1).get_by_role("button", name="Back to the text").click()

    expect(prose.get_by_role("button", name="Footnote 2", exact=True)).to_be_focused()
    expect(prose.get_by_role("link", name="link")).to_have_attribute(
        "href", "https://example.org"
    )
    assert tab.page.url == address


def test_footnotes_of_one_answer_stay_apart_from_those_of_another(tab: Tab) -> None:
    answer(tab, FOOTNOTES)
    tab.ask("Other[^a].\n\n[^a]: Of the other answer.")
    tab.answered(2)
    other = tab.get("message-assistant").nth(1)

    other.get_by_role("button", name="Footnote 1", exact=True).click()

    expect(other.get_by_role("listitem")).to_be_focused()
    expect(other.get_by_role("listitem")).to_contain_text("Of the other answer.")


def test_code_names_its_language_and_wraps_for_the_whole_tab(tab: Tab) -> None:
    prose = answer(tab, LONG_LINE)
    code = prose.get_by_role("group", name="Code")
    wrap = prose.get_by_role("button", name="Wrap long lines")
    scrolls = "element => element.scrollWidth > element.clientWidth"

    expect(prose.locator(".language")).to_have_text("Python")
    expect(code).to_have_attribute("tabindex", "0")
    assert code.evaluate(scrolls)
    wrap.click()
    expect(wrap).to_have_attribute("aria-pressed", "true")
    expect(code).not_to_have_attribute("tabindex", "0")
    assert not code.evaluate(scrolls)
    tab.reload()
    tab.answered()

    expect(wrap).to_have_attribute("aria-pressed", "true")


def test_forty_languages_have_colours_and_an_unknown_one_is_plain(tab: Tab) -> None:
    fences = [f"```{code}\n```" for code in [*CODE, "klingon\nnuqneH"]]
    prose = answer(tab, "\n".join(fences))

    plain = prose.locator(".code:not(:has([class^=hljs-]))")
    expect(prose.locator(".code")).to_have_count(len(CODE) + 1)
    expect(plain).to_have_count(1)
    expect(plain).to_contain_text("nuqneH")


def test_code_is_coloured_when_it_is_complete_and_only_then(tab: Tab) -> None:
    tab.ask("__slow__ \n```python\nimport os\n" + "x = 1\n" * 9 + "```\n\nend")
    live = tab.page.locator("[aria-busy=true]")
    expect(live.locator("pre")).to_contain_text("x = 1")

    assert live.locator("pre [class^=hljs-]").count() == 0
    tab.answered()
    expect(tab.page.locator("pre .hljs-keyword")).to_have_text("import")


def test_a_table_is_copied_as_a_spreadsheet_takes_it(tab: Tab) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    prose = answer(tab, TABLE)

    prose.get_by_role("button", name="Copy table").click()
    expect(prose.get_by_role("status")).to_have_text("Copied")

    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == ["Name\tFirst shown", "Robin\tDetective #38"]


def test_a_message_is_copied_as_markdown_without_the_clipboard_api(
    open_tab: Callable[..., Tab], page_server: Service
) -> None:
    tab = open_tab(page_server.url)
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # As a browser has it on an address without https.
    tab.page.evaluate(
        """() => {
          window.clipboard = navigator.clipboard;
          Object.defineProperty(navigator, "clipboard", { value: undefined });
        }"""
    )
    answer(tab, TABLE)

    footer = tab.get("message-assistant")
    footer.get_by_role("button", name="Copy message").click()
    expect(footer.get_by_role("button", name="Copied")).to_be_visible()

    copied = tab.page.evaluate("window.clipboard.readText()")
    assert copied.replace("\r\n", "\n").strip() == TABLE.strip()


def test_tasks_say_whether_they_are_done(tab: Tab) -> None:
    prose = answer(tab, "- [x] Draw\n- [ ] Ink")

    expect(prose.get_by_role("checkbox", name="Done")).to_be_checked()
    expect(prose.get_by_role("checkbox", name="To do")).not_to_be_checked()
    expect(prose.get_by_role("checkbox", name="To do")).to_be_disabled()


def test_each_block_reads_in_its_own_direction_and_code_from_the_left(tab: Tab) -> None:
    arabic = "مرحبا `pip` بطل\n\n- عنصر\n\n|دور|عدد|\n|--|--|\n|خادم|1|\n\n"
    prose = answer(tab, f"Hello\n\n{arabic}```\nx = 1\n```")

    assert direction(prose.locator("p", has_text="Hello")) == "ltr"
    for part in ("p >> nth=1", "li", "td >> nth=0"):
        assert direction(prose.locator(part)) == "rtl", part
    for part in ("p code", "pre"):
        assert direction(prose.locator(part)) == "ltr", part


def test_chinese_needs_no_spaces_around_emphasis_and_addresses(tab: Tab) -> None:
    prose = answer(tab, CHINESE)

    expect(prose.locator("strong")).to_have_count(2)
    link = prose.get_by_role("link", name="https://example.org/a")
    expect(link).to_have_attribute("href", "https://example.org/a")
    expect(prose).to_have_text(CHINESE.replace("**", ""))


def test_prices_beside_a_formula_stay_prices(tab: Tab) -> None:
    prose = answer(tab, "From $5 to $10, when \\(x^2\\) holds.")

    expect(prose.locator(".katex")).to_have_count(1)
    expect(prose).to_contain_text("From $5 to $10, when")


def test_a_formula_in_a_fence_is_drawn(tab: Tab) -> None:
    prose = answer(tab, "```math\n\\frac{1}{2}\n```")

    expect(prose.get_by_role("group", name="Formula").locator(".mfrac")).to_be_visible()
