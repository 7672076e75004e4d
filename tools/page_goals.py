"""Measures what the page costs, and prints it beside the goals: `make goals`.

It starts the API with scripted answers and the page on free ports, and drives the built
page in Chromium. Figures are of this machine at this moment: quiet it first.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from playwright.sync_api import CDPSession, Page, sync_playwright

from reflex_app.build import CLIENT
from tests.services import Service, running, running_api
from tools.machine import find_browser

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

WORDS = 300
ROUNDS = 20
LIMIT_MS = 60_000
RELOAD_WORDS = 600
FIRST_FILES = re.compile(
    r"<link (?=[^>]*(?:modulepreload|stylesheet))[^>]*href=\"/([^\"]+)\""
)
WATCH = """window.longest = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => {
    window.longest = Math.max(window.longest, entry.duration);
})).observe({ entryTypes: ['longtask'] });"""
SEND = """async () => {
    const seen = async test => {
        while (!test()) await new Promise(resolve => setTimeout(resolve, 2));
        return performance.now();
    };
    const count = hook => document.querySelectorAll(`[data-testid=${hook}]`).length;
    const bubbles = count('message-user');
    const began = performance.now();
    document.querySelector('[data-testid=send]').click();
    const bubble = await seen(() => count('message-user') > bubbles) - began;
    const told = () => document.querySelector('[aria-busy=true] .md')?.textContent
        || count('message-cost') > bubbles;
    return [bubble, await seen(told) - began];
}"""


@dataclass
class Wire:
    """What went over the network of a tab."""

    socket_bytes: int = 0
    stream_bytes: int = 0
    _streams: set[str] = field(default_factory=set)

    def listen(self, session: CDPSession) -> None:
        """Count from now on."""
        session.send("Network.enable")
        for name in ("Sent", "Received"):
            session.on(f"Network.webSocketFrame{name}", self._frame)
        session.on("Network.responseReceived", self._response)
        session.on("Network.dataReceived", self._data)

    def _frame(self, event: dict[str, Any]) -> None:
        self.socket_bytes += len(event["response"]["payloadData"].encode())

    def _response(self, event: dict[str, Any]) -> None:
        if event["response"]["mimeType"] == "text/event-stream":
            self._streams.add(event["requestId"])

    def _data(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._streams:
            self.stream_bytes += event["dataLength"]


def main() -> int:
    """Measure everything and print the table; return the exit code."""
    browser = find_browser()
    if browser is None:
        print("The goals need a Chromium on the PATH.")
        return 1
    with sync_playwright() as playwright, served() as server:
        chromium = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page()
        page.set_default_timeout(LIMIT_MS)
        for row in measure(page, server):
            print("{:52} {:>10}   {}".format(*row))
        chromium.close()
    return 0


@contextmanager
def served() -> Generator[Service]:
    """Run an API with scripted answers and the page; give the page's server."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder)
        with running_api(logs / "api.log") as api, page_of(api, logs) as server:
            yield server


def page_of(api: Service, logs: Path) -> AbstractContextManager[Service]:
    """Run the page of an API."""
    return running(
        "reflex_app",
        log=logs / "page.log",
        port_variable="SIDEKICK_UI_PORT",
        SIDEKICK_API_URL=f"{api.url}/graphql",
    )


def measure(page: Page, server: Service) -> list[tuple[str, str, str]]:
    """Return rows of what was measured: name, limit, figure."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda line: errors.append(line.text) if line.type == "error" else None,
    )
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    page.goto(server.url)
    page.get_by_test_id("starter").first.wait_for()
    rss = f"{resident_mb(server):.0f} MB"
    bubbles, tokens = latencies(page)
    return [
        (
            "first load, scripts and styles in brotli",
            "210 kB",
            f"{first_load_kb():.1f} kB",
        ),
        ("console errors on load", "0", str(len(errors))),
        ("page server, one tab", "90 MB", rss),
        ("send to own bubble, p95", "100 ms", f"{p95(bubbles):.0f} ms"),
        ("send to first token, p95", "250 ms", f"{p95(tokens):.0f} ms"),
        *streaming(page, session, server),
        ("text again after a reload", "1,000 ms", f"{resumed_ms(page):.0f} ms"),
    ]


def streaming(
    page: Page, session: CDPSession, server: Service
) -> list[tuple[str, str, str]]:
    """Return what one long answer costs, for each of its words."""
    wire = Wire()
    wire.listen(session)
    session.send("Performance.enable")
    page.evaluate("window.longest = 0")
    busy_s, cpu_s = task_s(session), processor_s(server)
    ask(page, WORDS)
    busy_ms = (task_s(session) - busy_s) * 1_000 / WORDS
    cpu_ms = (processor_s(server) - cpu_s) * 1_000 / WORDS
    longest = page.evaluate("window.longest")
    return [
        ("socket bytes of a turn", "4,000 B", f"{wire.socket_bytes:,} B"),
        ("stream bytes a word", "30 B", f"{wire.stream_bytes / WORDS:.1f} B"),
        (
            "page server's processor a word, turn included",
            "0.02 ms",
            f"{cpu_ms:.3f} ms",
        ),
        ("main thread a word, turn included", "4 ms", f"{busy_ms:.2f} ms"),
        ("longest task while streaming", "100 ms", f"{longest:.0f} ms"),
    ]


def first_load_kb() -> float:
    """Return what the first page loads at once."""
    names = set(FIRST_FILES.findall((CLIENT / "index.html").read_text("utf-8")))
    return sum((CLIENT / f"{name}.br").stat().st_size for name in names) / 1_000


def latencies(page: Page) -> tuple[list[float], list[float]]:
    """Return milliseconds from sending to one's own bubble and to the first token."""
    rounds: list[tuple[float, float]] = []
    for number in range(ROUNDS):
        page.get_by_test_id("composer").fill("Who is Batman?")
        rounds.append(page.evaluate(SEND))
        answered(page, number + 1)
    bubbles, tokens = zip(*rounds, strict=True)
    return list(bubbles), list(tokens)


def ask(page: Page, words: int) -> None:
    """Ask for an answer of that many words at 50 a second, and wait for its end."""
    costs = page.get_by_test_id("message-cost").count()
    page.get_by_test_id("composer").fill("__slow__ " + "word " * words)
    page.get_by_test_id("send").click()
    answered(page, costs + 1)


def answered(page: Page, answers: int) -> None:
    """Wait until that many answers are complete."""
    page.get_by_test_id("message-cost").nth(answers - 1).wait_for()


def resumed_ms(page: Page) -> float:
    """Return milliseconds from a reload in mid-answer to its text."""
    page.get_by_test_id("composer").fill("__slow__ " + "word " * RELOAD_WORDS)
    page.get_by_test_id("send").click()
    live = page.locator("[aria-busy=true] .md p").first
    live.wait_for()
    page.reload(wait_until="commit")
    live.wait_for()
    return page.evaluate("performance.now()")


def p95(figures: list[float]) -> float:
    """Return the figure that 95 of 100 are below."""
    return quantiles(figures, n=20)[-1]


def task_s(session: CDPSession) -> float:
    """Return seconds that the page's main thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def processor_s(server: Service) -> float:
    """Return seconds of processor time that the page's server has taken."""
    stat = Path(f"/proc/{server.process.pid}/stat").read_text("utf-8")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(server: Service) -> float:
    """Return megabytes of memory that the page's server holds."""
    pages = Path(f"/proc/{server.process.pid}/statm").read_text("utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1_000_000


if __name__ == "__main__":
    sys.exit(main())
