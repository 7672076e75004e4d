"""GraphiQL at `/graphql` in a browser, offline and under a strict policy.

Its files come from npm: the setup puts them into `.graphiql`, and where they are
missing a page says how to get them. Where it could not ask for the contract, or run
what is typed into it, a page says that instead. What is ours, the script that starts it
and the operations of its tabs, lies in `graphiql` beside this module.
"""

import json
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

FILES: Final = Path(__file__).resolve().parents[2] / ".graphiql"
"""Where the setup puts GraphiQL."""
TABS: Final = ("ask", "stream", "conversation")
"""What a browser that comes for the first time finds opened."""
_OWN: Final = Path(__file__).with_name("graphiql")
_PATH: Final = "/graphql"
_ASSETS: Final = f"{_PATH}/ide/"
# The one style that GraphiQL puts into the page: it keeps the body from scrolling.
_SCROLL_LOCK: Final = "'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='"
_HEADERS: Final = {
    # No inline script or style: what GraphiQL shows are other people's texts.
    "content-security-policy": (
        f"default-src 'none'; script-src 'self'; style-src 'self' {_SCROLL_LOCK}; "
        "connect-src 'self' ws://{host} wss://{host}; "
        "font-src data:; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
    "vary": "accept",
}


class Explorer:
    """ASGI middleware: answers browsers at `/graphql`, and hands on all else."""

    def __init__(
        self, app: ASGIApp, *, folder: Path = FILES, usable: bool = True
    ) -> None:
        """Serve GraphiQL's files from a folder, which may not be there.

        It is usable where clients may ask for the contract and run what they like.
        """
        self._app = app
        self._folder = folder
        self._usable = usable
        self._ours = StaticFiles(directory=_OWN)
        self._theirs = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
        elif scope["path"] == _PATH and "text/html" in _header(scope, b"accept"):
            await self._page(scope)(scope, receive, send)
        elif scope["path"].startswith(_ASSETS):
            await (await self._asset(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _page(self, scope: Scope) -> Response:
        host = _header(scope, b"host")
        headers = {name: text.format(host=host) for name, text in _HEADERS.items()}
        if not self._usable:
            page = (_OWN / "unusable.html").read_text("utf-8")
            return HTMLResponse(page, headers=headers)
        if not (self._folder / "graphiql.js").is_file():
            page = (_OWN / "missing.html").read_text("utf-8")
            return HTMLResponse(page, status_code=503, headers=headers)
        # A server in between, as the page's is, may pass no sockets.
        sockets = not _header(scope, b"x-forwarded-host")
        page = (_OWN / "index.html").read_text("utf-8")
        page = page.replace("{options}", _options(sockets=sockets))
        return HTMLResponse(page, headers=headers)

    async def _asset(self, scope: Scope) -> Response:
        name = scope["path"].removeprefix(_ASSETS)
        files = self._ours if (_OWN / name).is_file() else self._theirs
        try:
            response = await files.get_response(name, scope)
        except HTTPException as error:
            return Response(status_code=error.status_code)
        response.headers["cache-control"] = "no-cache"
        return response


def _options(*, sockets: bool) -> str:
    """What the script is told, as JSON that cannot end the element it stands in."""
    tabs = [
        {
            "query": (_OWN / f"{name}.graphql").read_text("utf-8"),
            "variables": (_OWN / f"{name}.json").read_text("utf-8"),
        }
        for name in TABS
    ]
    options = {"url": _PATH, "sockets": sockets, "tabs": tabs}
    return json.dumps(options).replace("<", "\\u003c")


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")
