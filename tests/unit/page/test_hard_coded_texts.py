"""Every text a reader sees stands in the catalogues, not in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reflex_app.texts import ENGLISH, FOLDER

APP = FOLDER.parent
BROWSER = sorted(APP.glob("components/*.js*"))
PYTHON = sorted(
    {
        *APP.glob("components/*.py"),
        *APP.glob("pages/*.py"),
        *APP.glob("state/*.py"),
        *(APP / f"{name}.py" for name in ("app", "charts", "export", "listing")),
        *APP.glob("*view.py"),
        *APP.glob("*words.py"),
    }
)
NAMES = {
    # The brand, which no language translates, and formats that are called so.
    *("Sidekick", "Overlay"),
    # Languages of code.
    *("Bash", "GraphQL", "JavaScript", "LaTeX", "Mermaid", "PowerShell", "TypeScript"),
    # Keys, as browsers and keyboards call them.
    *("Enter", "Escape", "Esc", "Home", "End", "Tab", "Shift Enter"),
    *("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown"),
    *("Ctrl", "Mod K", "Mod A", "Mod Shift O", "Up", "Down", "Delete", "Backspace"),
    # What a browser calls the kind of what is dragged.
    "Files",
    # Categories of Unicode.
    *("Cc", "Cf", "Mn"),
    # Types of the contract that the browser reads.
}
"""Words with a capital that are not for translation."""
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|`([^`]*)`")
JSX_TEXT = re.compile(r"(?<![=(&|])>([^<>{}();=&|]*[A-Za-z]{2}[^<>{}();=&|]*)</")
PROSE = re.compile(
    r"^[^\w]*[A-Z][a-z]+(?![A-Za-z]*[=.(:/\[])|\b[a-z]{2,} [a-z]{2,}\b[^;{]*[.…?!]$"
)


def is_text(literal: str) -> bool:
    return bool(PROSE.search(literal)) and literal.strip(" ·") not in NAMES


def texts_of_browser(file: Path) -> list[str]:
    source = COMMENT.sub("", file.read_text())
    literals = [found[1] or found[2] or "" for found in LITERAL.finditer(source)]
    drawn = [found[1].strip() for found in JSX_TEXT.finditer(source)]
    named = [text for text in drawn if text and text not in NAMES]
    return [one for one in literals if is_text(one)] + named


def is_read_by_nobody(node: ast.AST) -> bool:
    """Docstrings, annotations, names of components, and what a log or code reads."""
    match node:
        case ast.Raise() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id="msg" | "tag")]):
            return True
        # An English sentence with a code, as the API's: readers get the code's text.
        case ast.keyword(arg="message"):
            return True
    return False


def literals_of(tree: ast.Module) -> Iterator[str]:
    skipped: set[int] = set()
    for node in ast.walk(tree):
        hidden = [node] if is_read_by_nobody(node) else []
        annotations = (getattr(node, name, None) for name in ("annotation", "returns"))
        for one in (*hidden, *filter(None, annotations)):
            skipped |= {id(child) for child in ast.walk(one)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in skipped:
            yield node.value if isinstance(node.value, str) else ""


@pytest.mark.parametrize("file", BROWSER, ids=lambda file: file.name)
def test_the_browser_part_has_no_text_of_its_own(file: Path) -> None:
    assert texts_of_browser(file) == []


@pytest.mark.parametrize("file", PYTHON, ids=lambda file: file.name)
def test_the_python_part_has_no_text_of_its_own(file: Path) -> None:
    tree = ast.parse(file.read_text())

    assert [text for text in literals_of(tree) if is_text(text)] == []


def test_every_text_is_used_somewhere() -> None:
    sources = "".join(file.read_text() for file in (*BROWSER, *APP.rglob("*.py")))
    # Some keys are put together: `usage.${measure}_by_${by}`.
    starts = set(re.findall(r"[\"`]([\w.]+)\$?\{", sources))
    unused = [
        key
        for key in ENGLISH.texts
        if f'"{key}"' not in sources
        and not any(key.startswith(s) for s in starts if "." in s)
    ]

    assert unused == []


@pytest.mark.parametrize("file", [*BROWSER, *PYTHON], ids=lambda file: file.name)
def test_every_key_that_is_used_has_a_text(file: Path) -> None:
    keys = re.findall(r"\b(?:t|word|text)\(\s*\"([\w.]+)\"", file.read_text())

    assert [key for key in keys if key not in ENGLISH.texts] == []
