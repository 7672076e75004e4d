"""The built pages in every language.

The build renders each page once, with marks in the place of its texts (`texts.js`).
Here a page of each language is made of it, with the language's texts in its head:
the browser finds exactly what it would have drawn itself.
"""

import json
import re
from collections.abc import Iterable
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

from reflex_app.texts import DEFAULT, ENGLISH, Texts, languages

_KEY = re.compile(r"[`\"']([a-z_]+\.[\w.]+)[`\"']")
_START = re.compile(r"`([a-z_]+\.[\w.]*)\$\{")
_MARK = re.compile(r"⟦([\w.]+)(?:\?([^⟧]*))?⟧")
_LANG = re.compile(r"(?<=<html )([^>]*?)lang=\"[^\"]*\"")


def keys_of(scripts: Iterable[str]) -> frozenset[str]:
    """Return the keys of the texts that scripts look up.

    The rest is what the page's server says. A key that is put together counts with all
    that begin as it does.
    """
    source = "\n".join(scripts)
    whole = set(_KEY.findall(source))
    starts = tuple(_START.findall(source))
    return frozenset(
        key for key in ENGLISH.texts if key in whole or key.startswith(starts)
    )


def translate(page: Path, keys: frozenset[str]) -> None:
    """Write a built page anew in the default language, and beside it in all others.

    The texts of `keys` stand in its head.
    """
    html = page.read_text()
    for tag, texts in languages().items():
        place = page.with_name(place_of(page.name, tag))
        place.write_text(in_language(html, texts, keys))


def place_of(page: str, tag: str) -> str:
    """Return the file of a page in a language: `index.html`, `index.zh-Hans.html`."""
    name, dot, kind = page.rpartition(".")
    return page if tag == DEFAULT else f"{name}.{tag}{dot}{kind}"


def language_of(page: str) -> str:
    """Return the tag of the language that a page's file is in."""
    tag = page.rpartition(".")[0].rpartition(".")[2]
    return tag if tag in languages() else DEFAULT


def in_language(html: str, texts: Texts, keys: frozenset[str]) -> str:
    """Return a rendered page with its texts, and those the browser will need."""

    def text(mark: re.Match[str]) -> str:
        values = json.loads(unquote(unescape(mark[2]))) if mark[2] else {}
        return escape(texts.text(mark[1], **values))

    lang = rf'\1lang="{texts.tag}" dir="{texts.direction}"'
    html = _LANG.sub(lang, _MARK.sub(text, html), count=1)
    return html.replace("</head>", f"{_catalogue(texts, keys)}</head>", 1)


def _catalogue(texts: Texts, keys: frozenset[str]) -> str:
    needed = {key: texts.texts[key] for key in sorted(keys)}
    content = {"tag": texts.tag, "texts": needed}
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    # Within a script nothing may look like its end, or like a comment.
    written = written.replace("<", r"\u003c")
    return f'<script type="application/json" id="texts">{written}</script>'
