"""What makes the page one that can be installed and opened without a network.

The manifest, the icons and the service worker are made by the build, from the page
that it has just built: the worker keeps exactly what the first page loads.
"""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from reflex_app.icons import png, read_drawing
from reflex_app.texts import Texts, languages
from reflex_app.theme import LIGHT
from reflex_app.translated import place_of

MANIFEST = "manifest.webmanifest"
WORKER = "sw.js"
TOUCH_ICON = "icon-touch-180.png"
"""What iOS puts on the home screen; it cuts the corners itself."""

_ICONS = {"icon-192.png": 192, "icon-512.png": 512}
_MASKABLE = {"icon-maskable-512.png": 512, TOUCH_ICON: 180}
_DRAWING = "favicon.svg"
_LOADED = re.compile(r"/assets/[\w.@-]+\.(?:js|css|woff2)")
_MARK = re.compile(r"/assets/manifest-[\w-]+\.js")
"""React Router's list of all files; its name is a hash of them."""


def write_shell(static_dir: Path) -> None:
    """Write manifest, icons and worker beside the built page."""
    drawing = read_drawing(static_dir / _DRAWING)
    for name, size in {**_ICONS, **_MASKABLE}.items():
        pixels = png(drawing, size, maskable=name in _MASKABLE)
        (static_dir / name).write_bytes(pixels)
    for tag, texts in languages().items():
        (static_dir / place_of(MANIFEST, tag)).write_text(manifest(texts))
    source = Path(__file__).with_name("worker.js").read_text(encoding="utf-8")
    pages = [path.read_text() for path in sorted(static_dir.rglob("*.html"))]
    (static_dir / WORKER).write_text(worker(source, pages))


def manifest(texts: Texts) -> str:
    """Return what a browser wants to know of a page before it installs it."""
    icons = [_icon(name, f"{size}x{size}") for name, size in _ICONS.items()]
    icons += [{**_icon("icon-maskable-512.png", "512x512"), "purpose": "maskable"}]
    icons += [{"src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml"}]
    return json.dumps(
        {
            "id": "/",
            "name": "Sidekick",
            "short_name": "Sidekick",
            "description": texts.text("app.description"),
            "lang": texts.tag,
            "dir": texts.direction,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": LIGHT["bg"],
            "theme_color": LIGHT["bg"],
            "categories": ["productivity", "entertainment"],
            "icons": icons,
            "shortcuts": [
                {"name": texts.text("sidebar.new_chat"), "url": "/"},
                {"name": texts.text("sidebar.usage"), "url": "/usage"},
            ],
        },
        indent=1,
        ensure_ascii=False,
    )


def worker(source: str, pages: Sequence[str]) -> str:
    """Return the worker's script for a build.

    Args:
        source: what it does, the same in every build.
        pages: the HTML of all pages. What they name is kept, and any change in them
            makes another worker.

    Raises:
        ValueError: the pages do not look as React Router writes them.
    """
    everything = "".join(pages)
    mark = _MARK.search(everything)
    if mark is None:
        msg = "The built pages name no list of their files."
        raise ValueError(msg)
    constants = {
        "BUILD": sha256((source + everything).encode()).hexdigest()[:12],
        "FILES": sorted(set(_LOADED.findall(everything))),
        "MARK": mark[0],
    }
    lines = [
        f"const {name} = {json.dumps(value)};" for name, value in constants.items()
    ]
    return "\n".join([*lines, source])


def _icon(name: str, sizes: str) -> dict[str, str]:
    return {"src": f"/{name}", "sizes": sizes, "type": "image/png"}
