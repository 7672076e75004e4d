"""What the build makes of a page of React Router, so that it is painted first."""

import json
import re
from pathlib import Path

import pytest

from reflex_app.first_paint import after_paint, inline_styles

PAGE = (
    '<html><head><link as="style" href="/assets/a.css" rel="preload"/>'
    '<link rel="modulepreload" href="/assets/entry.js"/>'
    '<link rel="modulepreload" href="/assets/root.js"/>'
    '<link rel="stylesheet" href="/assets/a.css"/></head><body>'
    '<script type="module" async="">import "/assets/manifest.js";\n'
    'import * as route0 from "/assets/root.js";\n'
    'window.routes = {"root":route0};\nimport("/assets/entry.js");</script>'
    "</body></html>"
)
FILES = {
    "a.css": "b{}",
    "manifest.js": "window.files=[]",
    "root.js": 'import{a}from"./shared.js";import"./react.js";import("./later.js")',
    "shared.js": 'import{b}from"./react.js"',
    "react.js": "export let b=1",
    "entry.js": 'import{b}from"./react.js"',
}


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / "assets").mkdir()
    for name, text in FILES.items():
        (tmp_path / "assets" / name).write_text(text)
    return after_paint(inline_styles(PAGE, tmp_path), tmp_path)


def test_the_style_sheet_is_in_the_page_and_its_links_load_nothing(page: str) -> None:
    assert "<style>b{}</style></head>" in page
    assert 'href="/assets/a.css" disabled=""/>' in page
    assert 'rel="preload" media="not all"/>' in page


def test_modules_come_after_what_they_need_and_the_first_to_act_last(
    page: str,
) -> None:
    found = re.search(r"const MODULES = (\[.*\]);", page)

    assert found is not None
    names = ("manifest", "react", "shared", "root", "entry")
    assert json.loads(found[1]) == [f"/assets/{name}.js" for name in names]


def test_nothing_is_fetched_or_run_before_the_paint(page: str) -> None:
    preloads = re.findall(r'<link rel="modulepreload".*?/>', page)
    before, paint, after = page.partition("await painted;")

    assert len(preloads) == len(re.findall('media="not all"', "".join(preloads)))
    assert paint
    assert "import" not in before.partition("const MODULES")[2]
    assert 'await import("/assets/manifest.js");' in after
    assert 'const route0 = await import("/assets/root.js");' in after
    assert '{"root":route0};\nimport("/assets/entry.js");</script>' in after


def test_a_page_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no script that starts it"):
        after_paint("<html></html>", tmp_path)
