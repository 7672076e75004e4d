"""The page on one address: prebuilt files, the socket, and the way to the API."""

import ctypes
import gc
import logging
import os
from contextlib import suppress
from pathlib import Path

import uvicorn

from reflex_app.build import CLIENT, ROOT, WEB, is_built
from reflex_app.calls import Calls
from reflex_app.entrance import Entrance, leading_back
from reflex_app.files import BuiltPage
from reflex_app.guard import App, Guard, Receive, Scope, Send, reply
from reflex_app.proxy import Proxy, passes_on
from reflex_app.settings import Settings
from reflex_app.snapshots import send_snapshot, token_of

GRACE_S = 2
"""How long requests may go on after a signal; streams are ended at once."""
MAX_SOCKET_BYTES = 1_000_000
"""Largest message of a browser."""

_EVENT_LOGGER = "reflex_base.event.processor.event_processor"


class NotBuiltError(RuntimeError):
    """There is no built page to serve."""


class Page:
    """Everything behind one address, as one ASGI application."""

    def __init__(
        self, settings: Settings, *, folder: Path, socket: App, entrance: Entrance
    ) -> None:
        """Serve the files of `folder` behind the entrance, and Reflex's `socket`."""
        self.proxy = Proxy(settings.api_url)
        self._api = leading_back(self.proxy)
        self._calls = Calls(settings.api_url)
        self._socket = socket
        files = BuiltPage(folder)
        self._files = entrance.welcoming(files)
        self.asgi = Guard(
            self._route,
            allowed_hosts=settings.allowed_hosts,
            script_hashes=files.script_hashes,
            style_hashes=files.style_hashes,
        )

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._socket(scope, receive, send)
            await self.proxy.aclose()
            await self._calls.aclose()
        elif scope["path"].startswith("/_event"):
            await self._socket(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif passes_on(scope["path"]):
            await self._api(scope, receive, send)
        elif scope["path"] == "/healthz":
            await reply(send, 200, b'{"status": "OK"}', "application/json")
        elif token := token_of(scope["path"]):
            await send_snapshot(self._calls, token, scope, send)
        else:
            await self._files(scope, receive, send)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, page: Page) -> None:
        super().__init__(config)
        self._page = page

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.servers:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            _give_memory_back()
            print(f"The page is served on http://{host}:{port}", flush=True)  # noqa: T201 - the launcher's and the reader's sign

    async def shutdown(self, sockets: list | None = None) -> None:
        self._page.proxy.stop()
        await super().shutdown(sockets=sockets)


def _give_memory_back() -> None:
    """Return what starting has used and freed: about 4 MB of 90, where it is glibc."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def load(settings: Settings) -> Page:
    """Return the built page, ready to be served.

    Raises:
        NotBuiltError: the page was not built.
    """
    if not is_built():
        msg = "The page is not built: run `python -m reflex_app build`."
        raise NotBuiltError(msg)
    socket, entrance = _reflex_parts()
    return Page(settings, folder=CLIENT, socket=socket, entrance=entrance)


def serve(settings: Settings) -> None:
    """Serve the page until SIGTERM or SIGINT."""
    page = load(settings)
    config = uvicorn.Config(
        page.asgi,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        ws_max_size=MAX_SOCKET_BYTES,
        ws_per_message_deflate=False,
    )
    _Server(config, page).run()


def _reflex_parts() -> tuple[App, Entrance]:
    """Return Reflex's ASGI application, without compiling the page again.

    No cookie gets into it; its handlers and the server share the entrance.
    """
    os.chdir(ROOT)
    os.environ["__REFLEX_SKIP_COMPILE"] = "true"
    os.environ["REFLEX_ENV_MODE"] = "prod"
    os.environ["REFLEX_WEB_WORKDIR"] = str(WEB)
    import rxconfig  # noqa: F401, PLC0415 - sets what Reflex reads when it is imported
    from reflex_app.app import (  # noqa: PLC0415 - Reflex reads the lines above
        app,
        entrance,
        visits,
    )

    logging.getLogger(_EVENT_LOGGER).addFilter(_without_events)
    return visits.noticing(app()), entrance


def _without_events(record: logging.LogRecord) -> bool:
    """Keep records that do not quote a whole event: it holds what people wrote."""
    return "router_data" not in record.getMessage()
