"""Makes the first paint of a built page wait for one file only: its HTML.

The style sheet goes into every page. Where a page has text to be read, the scripts
start after its paint; where it has only a skeleton, they bring the text.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

_START = Path(__file__).with_name("start.js")
_STYLE_LINK = re.compile(
    r'<link (?=[^>]*stylesheet)[^>]*href="(/assets/[^"]+\.css)"[^>]*?/>'
)
_STYLE_PRELOAD = re.compile(r'<link as="style"[^>]*?rel="preload"/>')
_MODULE_PRELOAD = re.compile(r'<link rel="modulepreload" href="(/[^"]+)"/>')
_MODULE_SCRIPT = re.compile(
    r'(?<=<script type="module" async="">).*?(?=</script>)', re.DOTALL
)
_STATIC_IMPORT = re.compile(r'import (?:\* as (\w+) from )?(?="/)("[^"]+");')
_MODULE = re.compile(r'"(/[^"]+\.js)"')
_NEEDED = re.compile(r'(?:from|import)\s*["`]\./([\w.-]+\.js)["`]')


def inline_styles(html: str, static_dir: Path) -> str:
    """Return `html` with its style sheets inside.

    The links stay, though they load nothing: React hydrates the whole document and
    misses what is gone.
    """
    paths = dict.fromkeys(_STYLE_LINK.findall(html))
    css = "".join((static_dir / path.lstrip("/")).read_text() for path in paths)
    html = _STYLE_PRELOAD.sub(_unloaded, _STYLE_LINK.sub(_disabled, html))
    return html.replace("</head>", f"<style>{css}</style></head>", 1)


def after_paint(html: str, static_dir: Path) -> str:
    """Return `html` with its scripts started by `start.js`, for a page of text.

    Raises:
        ValueError: the page does not look as React Router writes it.
    """
    script = _MODULE_SCRIPT.search(html)
    if script is None:
        msg = "A built page has no script that starts it."
        raise ValueError(msg)
    modules = list(dict.fromkeys(_needed(_MODULE.findall(script[0]), static_dir)))
    html = _MODULE_PRELOAD.sub(_unloaded, html)
    lines = (
        f"const MODULES = {json.dumps(modules)};",
        _START.read_text("utf-8"),
        _STATIC_IMPORT.sub(_imported_later, script[0]),
    )
    return html.replace(script[0], "\n".join(lines))


def _needed(modules: list[str], static_dir: Path) -> Iterator[str]:
    """Yield modules, each after those that it needs, some of them repeatedly."""
    for module in modules:
        folder, _, name = module.rpartition("/")
        script = (static_dir / folder.lstrip("/") / name).read_text("utf-8")
        needed = [f"{folder}/{other}" for other in _NEEDED.findall(script)]
        yield from _needed(needed, static_dir)
        yield module


def _imported_later(statement: re.Match[str]) -> str:
    name, module = statement.groups()
    return f"{f'const {name} = ' if name else ''}await import({module});"


def _disabled(link: re.Match[str]) -> str:
    return link[0].removesuffix("/>") + ' disabled=""/>'


def _unloaded(link: re.Match[str]) -> str:
    return link[0].removesuffix("/>") + ' media="not all"/>'
