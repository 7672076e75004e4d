"""What the page weighs before anything is asked, as a browser gets it: in brotli."""

import re
from collections.abc import Iterator

import pytest

from reflex_app.build import CLIENT

LIMIT_BYTES = 210_000
LOADED = re.compile(
    r"<(?:link (?=[^>]*(?:modulepreload|stylesheet))|script )"
    r'[^>]*(?:href|src)="(/[^"]+)"'
)
IMPORTED = re.compile(r'(?:from|import)\s*["`](\./[\w.-]+\.js)["`]')


@pytest.mark.parametrize("page", ["index.html", "conversation.html"])
def test_the_first_load_stays_light(built_page: None, page: str) -> None:
    html = (CLIENT / page).read_text(encoding="utf-8")
    named = {path.removeprefix("/") for path in LOADED.findall(html)}

    files = set(with_imports(named))

    assert any(name.endswith(".css") for name in files)
    sizes = {name: (CLIENT / f"{name}.br").stat().st_size for name in files}
    assert sum(sizes.values()) <= LIMIT_BYTES, sizes


def with_imports(names: set[str]) -> Iterator[str]:
    """The files, and all that they import at once: a preload may be forgotten."""
    seen: set[str] = set()
    while names:
        name = names.pop()
        seen.add(name)
        yield name
        if name.endswith(".js"):
            found = IMPORTED.findall((CLIENT / name).read_text(encoding="utf-8"))
            names |= {f"assets/{path.removeprefix('./')}" for path in found} - seen
