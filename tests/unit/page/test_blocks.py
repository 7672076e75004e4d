"""How Markdown is cut up in the browser: the page's own script, run by Node."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE
from threading import Timer
from typing import Any

import pytest

from tests.services import ROOT

NODE = Path(sys.executable).parent / "node"
PARTS = ROOT / "reflex_app" / "components"
LIMIT_S = 120.0
SERVE = """
const plain = (key, value) =>
  value instanceof Map ? Object.fromEntries(value) : value;
for await (const line of require("readline").createInterface(process.stdin)) {
  const { part, name, argument } = JSON.parse(line);
  const found = (await import(part))[name](argument) ?? null;
  console.log(JSON.stringify(found, plain));
}
"""


class Scripts:
    """Calls functions of the page's scripts, in one process: each takes a second."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def call(self, part: str, name: str, argument: str) -> Any:
        message = {
            "part": (PARTS / part).as_uri(),
            "name": name,
            "argument": argument,
        }
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def cut(self, text: str) -> dict[str, Any]:
        found = self.call("blocks.js", "cut", text)
        found["blocks"] = [block.strip() for block in found["blocks"]]
        return found


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    command = [NODE, "--no-warnings", "-e", f"(async () => {{{SERVE}}})()"]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        limit = Timer(LIMIT_S, process.kill)
        limit.start()
        yield Scripts(process)
        limit.cancel()
        process.stdin.close()
        process.stdout.close()


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("one\ntwo\n\nthree", ["one\ntwo", "three"]),
        ("a\n```js\nx\n\ny\n```\nb", ["a", "```js\nx\n\ny\n```", "b"]),
        ("```\nnever closed\n\nx", ["```\nnever closed\n\nx"]),
        ("````\n```\n\n```\n````\nb", ["````\n```\n\n```\n````", "b"]),
        ("```a``` b\n\nc", ["```a``` b", "c"]),
        ("1. a\n\n   b\n\n2. c\n\nd", ["1. a\n\n   b\n\n2. c", "d"]),
        ("- a\n  ```\n  x\n\n  y\n  ```\n\nb", ["- a\n  ```\n  x\n\n  y\n  ```", "b"]),
        ("$$\nx\n\ny\n$$\n\nb", ["$$\nx\n\ny\n$$", "b"]),
        ("", []),
    ],
)
def test_text_is_cut_at_blank_lines_and_around_code(
    scripts: Scripts, text: str, blocks: list[str]
) -> None:
    assert scripts.cut(text)["blocks"] == blocks


def test_the_address_of_a_link_reaches_the_blocks_that_name_it(
    scripts: Scripts,
) -> None:
    found = scripts.cut("See [DC].\n\nNothing.\n\n[dc]: https://dc.example")

    assert found["blocks"] == [
        "[dc]: https://dc.example\n\nSee [DC].",
        "Nothing.",
        "[dc]: https://dc.example",
    ]


def test_footnotes_are_numbered_as_they_are_named_in_the_text(scripts: Scripts) -> None:
    found = scripts.cut(
        "b[^b] a[^A]\n\n[^a]: first\n[^b]: second\n    more\n\n    still\n\nend"
    )

    assert found["blocks"] == ["b[^b] a[^A]", "end"]
    assert found["notes"] == {"a": "first", "b": "second\nmore\n\nstill"}
    assert found["numbers"] == {"b": 1, "a": 2}


def test_a_footnote_that_nobody_names_is_not_lost(scripts: Scripts) -> None:
    assert scripts.cut("text\n\n[^x]: kept")["numbers"] == {"x": 1}


def test_nothing_in_code_is_a_footnote_or_a_link(scripts: Scripts) -> None:
    code = "```\n[^1]: x\n[a]: https://a.example\n[^2]\n```"
    found = scripts.cut(f"{code}\n\n`[^2]` [a]")

    assert found == {"blocks": [code, "`[^2]` [a]"], "notes": {}, "numbers": {}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```py a=1\nx\n```", {"info": "py a=1", "text": "x", "closed": True}),
        ("~~~\nx\n```", {"info": "", "text": "x\n```", "closed": False}),
        ("```", {"info": "", "text": "", "closed": False}),
        ("text", None),
    ],
)
def test_a_block_that_is_code_needs_no_parser(
    scripts: Scripts, text: str, code: dict[str, Any] | None
) -> None:
    assert scripts.call("blocks.js", "fenced", text) == code


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"\(x\) and \[y\]", "$x$ and \n$$\ny\n$$\n"),
        ("$$x$$", "\n$$\nx\n$$\n"),
        ("$5 beside $x$ and US$10", r"\$5 beside $x$ and US\$10"),
        (r"`\(x\)` `$`", r"`\(x\)` `$`"),
        ("- a\n  ```\n  \\(x\\)\n  ```", "- a\n  ```\n  \\(x\\)\n  ```"),
        (r"paid \$5", r"paid \$5"),
    ],
)
def test_formulas_are_told_from_money_and_code(
    scripts: Scripts, text: str, written: str
) -> None:
    assert scripts.call("mathtext.js", "mathText", text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("见https://a.example/b。好", "见<https://a.example/b>。好"),
        ("`https://a.example。`", "`https://a.example。`"),
        ("[x](https://a.example/。)", "[x](https://a.example/。)"),
        ("https://a.example/b, and", "https://a.example/b, and"),
    ],
)
def test_an_address_ends_where_chinese_goes_on(
    scripts: Scripts, text: str, written: str
) -> None:
    assert scripts.call("reading.js", "endAddresses", text) == written


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("py", {"id": "python", "name": "Python"}),
        ("C++", {"id": "cpp", "name": "C++"}),
        ("tsx {1,3}", {"id": "typescript", "name": "TSX"}),
        ("{.rust}", {"id": "rust", "name": "Rust"}),
        ("klingon", {"id": "", "name": "klingon"}),
        ("constructor", {"id": "", "name": "constructor"}),
        ("", {"id": "", "name": ""}),
    ],
)
def test_a_language_is_known_by_its_many_names(
    scripts: Scripts, info: str, language: dict[str, str]
) -> None:
    assert scripts.call("grammars.js", "languageOf", info) == language
