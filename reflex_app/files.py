"""The prebuilt page, kept in memory as browsers ask for it: compressed.

A request can only name a file that was there at the start, so no path leads out.
"""

import mimetypes
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reflex_app.guard import Receive, Scope, Send, header, reply
from reflex_app.texts import chosen
from reflex_app.translated import language_of, place_of

DIAGRAM_PAGE = "diagram.html"
"""What draws diagrams, in a frame of the chat."""

_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_PLAIN = "identity"
_SCRIPT = re.compile(
    r"<script(?![^>]*\s(?:src=|type=\"application/json\"))[^>]*>(.*?)</script>",
    re.DOTALL,
)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_TRANSLATED = {".html", ".webmanifest"}
_SKIPPED = ("external/",)
_MISSING = "/__spa-fallback.html"
_CONVERSATION = re.compile(r"/c/[\w-]{1,80}/?", re.ASCII)
_SHARED = re.compile(r"/s/[\w-]{1,80}/?", re.ASCII)
_SHARED_FILES = "s/"

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFile:
    """One file with its compressed variants."""

    content_type: str
    cache_control: str
    etag: str
    language: str
    """Of a page; empty for what is the same in all languages."""
    headers: tuple[tuple[str, str], ...] = ()
    """What this file needs beside, or instead of, the headers of every reply."""
    path: Path
    variants: dict[str, bytes]
    """Bytes by content encoding, the smallest first; plain if there is no other."""

    def body(self, accepted: str) -> tuple[str, bytes]:
        """Return the smallest of the accepted encodings, and the bytes in it."""
        for encoding, content in self.variants.items():
            if encoding in accepted:
                return encoding, content
        plain = self.variants.get(_PLAIN)
        return _PLAIN, self.path.read_bytes() if plain is None else plain


class BuiltPage:
    """Serves the files below a folder."""

    def __init__(self, folder: Path) -> None:
        """Read all files of `folder`."""
        self._files = dict(_read(folder))
        pages = [
            file.path.read_text("utf-8")
            for path, file in self._files.items()
            if path.endswith(".html") and path != f"/{DIAGRAM_PAGE}"
        ]
        self.script_hashes = _hashes(_SCRIPT, pages)
        """Hashes of all inline scripts, for the content security policy."""
        self.style_hashes = _hashes(_STYLE, pages)
        """Hashes of all inline style sheets."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Serve one request, a page in the language of its reader."""
        if scope["method"] not in {"GET", "HEAD"}:
            await reply(send, 405, b"Only GET and HEAD.\n", "text/plain")
            return
        path, tag = _file_of(scope["path"]), _reader_of(scope)
        known = path in self._files
        file, status = self._version(path if known else _MISSING, tag), 404
        if known:
            status = 304 if header(scope, b"if-none-match") == file.etag else 200
        await _send_file(scope, send, file, status)

    def _version(self, path: str, tag: str) -> BuiltFile:
        """A page in a language; what is no page is the same in all."""
        return self._files.get(place_of(path, tag)) or self._files[path]


def _reader_of(scope: Scope) -> str:
    return chosen(header(scope, b"accept-language"), header(scope, b"cookie"))


def _file_of(path: str) -> str:
    """Return the file behind an address: every conversation is the same page."""
    if path == "/":
        return "/index.html"
    if _CONVERSATION.fullmatch(path):
        return "/conversation.html"
    if _SHARED.fullmatch(path):
        return f"/{_SHARED_FILES}index.html"
    return f"{path}/index.html" if "." not in path else path


async def _send_file(scope: Scope, send: Send, file: BuiltFile, status: int) -> None:
    encoding, content = file.body(header(scope, b"accept-encoding"))
    body = b"" if status == 304 else content  # noqa: PLR2004 - not modified
    headers = [
        ("content-type", file.content_type),
        ("cache-control", file.cache_control),
        ("etag", file.etag),
        ("vary", "accept-encoding"),
        ("content-length", str(len(body))),
        *file.headers,
    ]
    if file.language:
        headers.append(("content-language", file.language))
        headers.append(("vary", "accept-language, cookie"))
    if encoding != _PLAIN:
        headers.append(("content-encoding", encoding))
    raw = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    shown = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": shown})


def _read(folder: Path) -> Iterable[tuple[str, BuiltFile]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name.startswith(_SKIPPED):
            continue
        if path.suffix in _ENCODINGS.values() and path.with_suffix("").is_file():
            continue
        yield f"/{name}", _file(path, name)


def _file(path: Path, name: str) -> BuiltFile:
    plain = path.read_bytes()
    variants = {
        encoding: variant.read_bytes()
        for encoding, suffix in _ENCODINGS.items()
        if (variant := path.with_name(path.name + suffix)).is_file()
    }
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind in {"application/json", "image/svg+xml"}
    return BuiltFile(
        content_type=f"{kind}; charset=utf-8" if text else kind,
        cache_control=_cache_control(name),
        language=language_of(name) if path.suffix in _TRANSLATED else "",
        etag=f'"{sha256(plain).hexdigest()[:20]}"',
        headers=_drawing_headers(plain.decode()) if name == DIAGRAM_PAGE else (),
        path=path,
        variants=variants or {_PLAIN: plain},
    )


def _cache_control(name: str) -> str:
    if name.startswith(_SHARED_FILES):
        return "no-store"
    hashed = name.startswith("assets/") and "reflex-env" not in name
    return _FOREVER if hashed else _REVALIDATE


def _drawing_headers(page: str) -> tuple[tuple[str, str], ...]:
    """Return the headers of a frame that runs two known scripts and fetches nothing.

    What it draws comes from a model. Mermaid needs styles inside of its pictures.
    """
    scripts = " ".join(f"'{digest}'" for digest in _hashes(_SCRIPT, [page]))
    policy = (
        f"sandbox allow-scripts; default-src 'none'; script-src {scripts};"
        " style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'self'"
    )
    return ("content-security-policy", policy), ("x-frame-options", "SAMEORIGIN")


def _hashes(pattern: re.Pattern[str], pages: Iterable[str]) -> tuple[str, ...]:
    digests = {
        "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
        for page in pages
        for text in pattern.findall(page)
    }
    return tuple(sorted(digests))
