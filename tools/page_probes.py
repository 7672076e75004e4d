"""What can be read off a page and its server while the page is used."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from playwright.sync_api import CDPSession, Page

    from tests.services import Service

LONG_TASKS = """window.longest = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => {
    window.longest = Math.max(window.longest, entry.duration);
})).observe({ entryTypes: ['longtask'] });"""
KEYS = """window.keys = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (entry.name === 'keydown') window.keys.push(entry.duration);
})).observe({ type: 'event', durationThreshold: 16 });"""
WORDS_SHOWN = """(document.querySelector('[aria-busy=true] .md')?.textContent || '')
    .split(/\\s+/).filter(Boolean).length"""


@dataclass
class Wire:
    """What went over the network of a tab, in bytes."""

    socket: int = 0
    stream: int = 0
    _streams: set[str] = field(default_factory=set)

    def listen(self, session: CDPSession) -> None:
        """Count from now on."""
        session.send("Network.enable")
        for name in ("Sent", "Received"):
            session.on(f"Network.webSocketFrame{name}", self._frame)
        session.on("Network.responseReceived", self._response)
        session.on("Network.dataReceived", self._data)

    def _frame(self, event: dict[str, Any]) -> None:
        self.socket += len(event["response"]["payloadData"].encode())

    def _response(self, event: dict[str, Any]) -> None:
        if event["response"]["mimeType"] == "text/event-stream":
            self._streams.add(event["requestId"])

    def _data(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._streams:
            self.stream += event["dataLength"]


@dataclass
class Sample:
    """How much was shown and spent up to a moment."""

    words: int
    stream_bytes: int
    main_thread_s: float
    server_s: float

    @classmethod
    def of(cls, page: Page, session: CDPSession, wire: Wire, server: Service) -> Sample:
        """Take one now."""
        words = page.evaluate(WORDS_SHOWN)
        return cls(words, wire.stream, task_s(session), processor_s(server))


def task_s(session: CDPSession) -> float:
    """Return seconds that the page's main thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def processor_s(server: Service) -> float:
    """Return seconds of processor time that a server has taken."""
    threads = Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    return sum(int(one.read_text("utf-8").split()[0]) for one in threads) / 1e9


def resident_mb(server: Service) -> float:
    """Return megabytes of memory that a server holds."""
    pages = Path(f"/proc/{server.process.pid}/statm").read_text("utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1_000_000
