"""The prebuilt page, kept in memory: some megabytes, most of them fonts for formulas.

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

_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_SKIPPED = ("external/",)
_MISSING = "/404.html"

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltFile:
    """One file with its compressed variants."""

    content_type: str
    cache_control: str
    etag: str
    variants: dict[str, bytes]
    """Bytes by content encoding, the smallest first; `identity` is always there."""


class BuiltPage:
    """Serves the files below a folder."""

    def __init__(self, folder: Path) -> None:
        """Read all files of `folder`."""
        self._files = dict(_read(folder))
        pages = [
            file.variants["identity"].decode()
            for path, file in self._files.items()
            if path.endswith(".html")
        ]
        self.script_hashes = _hashes(_SCRIPT, pages)
        """Hashes of all inline scripts, for the content security policy."""
        self.style_hashes = _hashes(_STYLE, pages)
        """Hashes of all inline style sheets."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Serve one request."""
        if scope["method"] not in {"GET", "HEAD"}:
            await reply(send, 405, b"Only GET and HEAD.\n", "text/plain")
            return
        path = "/index.html" if scope["path"] == "/" else scope["path"]
        file, status = self._files.get(path), 200
        if file is None:
            file, status = self._files[_MISSING], 404
        elif header(scope, b"if-none-match") == file.etag:
            status = 304
        await _send_file(scope, send, file, status)


async def _send_file(scope: Scope, send: Send, file: BuiltFile, status: int) -> None:
    accepted = header(scope, b"accept-encoding")
    encoding = next(
        name for name in file.variants if name in accepted or name == "identity"
    )
    body = b"" if status == 304 else file.variants[encoding]  # noqa: PLR2004 - not modified
    headers = [
        ("content-type", file.content_type),
        ("cache-control", file.cache_control),
        ("etag", file.etag),
        ("vary", "accept-encoding"),
        ("content-length", str(len(body))),
    ]
    if encoding != "identity":
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
    hashed = name.startswith("assets/") and "reflex-env" not in name
    return BuiltFile(
        content_type=f"{kind}; charset=utf-8" if text else kind,
        cache_control=_FOREVER if hashed else _REVALIDATE,
        etag=f'"{sha256(plain).hexdigest()[:20]}"',
        variants={**variants, "identity": plain},
    )


def _hashes(pattern: re.Pattern[str], pages: Iterable[str]) -> tuple[str, ...]:
    digests = {
        "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
        for page in pages
        for text in pattern.findall(page)
    }
    return tuple(sorted(digests))
