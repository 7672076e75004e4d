"""The page in a real browser: API, page server and Chromium are all real."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.services import (
    ROOT,
    Service,
    free_port,
    running,
    running_api,
    running_page,
)

LIMIT_MS = 10_000
BUILD_LIMIT_S = 300
ALIVE = """limit => new Promise((resolve, reject) => {
    const isAlive = () => !window.__reactRouterContext
        || Object.keys(document.body).some(key => key.startsWith("__reactProps"));
    const look = () => isAlive() ? resolve()
        : performance.now() > limit ? reject(new Error("The page is not alive"))
        : setTimeout(look, 10);
    look();
})"""
"""Waits until React has taken over what was prebuilt, where it does that."""
BUILT = ROOT / ".web" / "build" / "client" / "index.html"
CONNECTION_LOST = ("net::ERR_", "status of 502")
LEFT_EARLY = "WebSocket is closed before the connection is established"
"""What the browser says when a tab goes elsewhere while it still connects."""
WORKER_REFUSED = "Service Worker registration blocked by Playwright"
ALONE = {"accept_downloads": True, "service_workers": "block"}
"""A test sees every request of its tab: no worker is between unless it wants one."""

expect.set_options(timeout=LIMIT_MS)


class Tab:
    """A browser tab on the page, and everything that went wrong in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self._closing = False
        self.tolerated: tuple[str, ...] = ()
        page.set_default_timeout(LIMIT_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._requested)
        page.on("requestfailed", self._stopped)
        page.on("websocket", self._requested)

    def _heard(self, message: object) -> None:
        if message.type in {"error", "warning"} and not self._closing:
            self.errors.append(message.text)

    def _requested(self, request: object) -> None:
        host = urlsplit(self.url).netloc
        if request.url.startswith(("http", "ws")) and f"//{host}/" not in request.url:
            self.foreign.append(request.url)

    def _stopped(self, request: object) -> None:
        # What a policy forbids is told of, but never leaves the browser.
        if request.failure == "csp" and request.url in self.foreign:
            self.foreign.remove(request.url)

    def tolerate(self, *texts: str) -> None:
        """Expect errors with these texts: the browser reports each failed request."""
        self.tolerated = texts

    def close(self) -> None:
        """Close the browser's window; what breaks off by that is no fault."""
        self._closing = True
        self.page.context.close()

    def check(self) -> None:
        """Fail on anything that went wrong."""
        expected = (LEFT_EARLY, WORKER_REFUSED, *self.tolerated)
        left = [e for e in self.errors if not any(t in e for t in expected)]
        assert left == []
        assert self.foreign == []

    def open(self) -> "Tab":
        return self.visit(self.url)

    def visit(self, address: str) -> "Tab":
        """Go to an address and wait until the page hears what is done to it."""
        self.page.goto(address)
        self.page.evaluate(ALIVE, LIMIT_MS)
        return self

    def reload(self) -> None:
        self.page.reload()
        self.page.evaluate(ALIVE, LIMIT_MS)

    def get(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def ask(self, text: str) -> None:
        self.get("composer").fill(text)
        self.get("composer").press("Enter")

    def answered(self, answers: int = 1) -> None:
        """Wait until that many answers are complete."""
        expect(self.get("message-cost")).to_have_count(answers)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)


class Cable:
    """The network between a browser and a server, for a test to cut and mend."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._ends: set[socket.socket] = set()
        self._cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends |= {near, far}
                Thread(target=self._carry, args=(near, far), daemon=True).start()
                Thread(target=self._carry, args=(far, near), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        self._drop(source, sink)

    def _drop(self, *ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._ends.discard(end)

    def cut(self) -> None:
        """Break all connections; new ones fail."""
        self._cut = True
        self._drop(*self._ends)

    def mend(self) -> None:
        """Let new connections through."""
        self._cut = False

    def close(self) -> None:
        self._listener.close()
        self.cut()


@pytest.fixture(scope="session")
def built_page() -> None:
    """The production build; `make test` has made it already."""
    if not BUILT.is_file():
        command = [sys.executable, "-m", "reflex_app", "build"]
        subprocess.run(command, cwd=ROOT, check=True, timeout=BUILD_LIMIT_S)


@pytest.fixture(scope="session")
def page_server(
    built_page: None, echo_api: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """One page for all tests that leave its processes alone."""
    log = tmp_path_factory.mktemp("page") / "page.log"
    with running_page(log, echo_api.url) as service:
        yield service


# Of a module, not of the session: Playwright keeps an event loop running in this
# thread as long as it is open, and asynchronous tests of other modules need their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        assert "SIDEKICK_REQUIRE_BROWSER" not in os.environ, "there is no Chromium"
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Open tabs that are checked for errors at the end."""
    tabs: list[Tab] = []

    def open_one(url: str, **options: object) -> Tab:
        context = browser.new_context(**{**ALONE, **options})
        tabs.append(Tab(context.new_page(), url).open())
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.close()
    for tab in tabs:
        tab.check()


@pytest.fixture
def tab(open_tab: Callable[..., Tab], page_server: Service) -> Tab:
    """A tab on the page."""
    return open_tab(page_server.url)


class Stack:
    """An API and a page of one test's own, so that it can end and restart them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._api_port, self._page_port = free_port(), free_port()

    def api(self) -> AbstractContextManager[Service]:
        log = self._folder / "api.log"
        return running_api(log, port=self._api_port)

    def page(self) -> AbstractContextManager[Service]:
        return running(
            "reflex_app",
            log=self._folder / "page.log",
            port_variable="SIDEKICK_UI_PORT",
            port=self._page_port,
            SIDEKICK_API_PORT=str(self._api_port),
        )


@pytest.fixture
def cable(page_server: Service) -> Iterator[Cable]:
    laid = Cable(page_server.port)
    yield laid
    laid.close()


@pytest.fixture
def stack(tmp_path: Path, built_page: None) -> Stack:
    return Stack(tmp_path)
