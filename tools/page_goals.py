"""Measures what the page costs, and prints it beside the goals: `make goals`.

It starts the API with scripted answers and the page on free ports, and drives the built
page in Chromium. Figures are of this machine at this moment: quiet it first.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from reflex_app.build import CLIENT
from tests.services import running_page
from tools.crowd import START, processor_ms_a_word
from tools.machine import find_browser
from tools.page_probes import KEYS, LONG_TASKS, Sample, Wire, resident_mb
from tools.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.serving import Served

ROUNDS = 20
TABS = 10
READERS = 20
MESSAGES = 500
STREAM_MS = 6_000
LIMIT_MS = 60_000
QUESTION = "Who is Robin? [reply: short]"
LONG = "Draw me a comic. [reply: long] [speed: {}]"
TYPED = "Who carries the second grappling hook when the hero leaps? "
FIRST_FILES = re.compile(
    r"<link (?=[^>]*(?:modulepreload|stylesheet))[^>]*href=\"/([^\"]+)\""
)
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
class Row:
    """A figure beside its goal."""

    name: str
    goal: str
    seen: str


def main() -> int:
    """Measure everything and print the table; return the exit code."""
    browser = find_browser()
    if browser is None:
        print("The goals need a Chromium on the PATH.")
        return 1
    with sync_playwright() as playwright, served() as servers:
        chromium = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"]
        )
        for row in measure(chromium, servers):
            print(f"{row.name:44} {row.goal:>10}   {row.seen}", flush=True)
        chromium.close()
    return 0


def measure(chromium: Browser, servers: Served) -> Iterator[Row]:
    """Give one row after the other; later ones disturb earlier ones."""
    yield Row("first load, scripts and styles in brotli", "210 kB", first_load())
    idle = resident_mb(servers.page)
    yield Row("page server, idle", "90 MB", f"{idle:.0f} MB")
    errors: list[str] = []
    page = opened(chromium, servers.page.url, errors)
    page.get_by_test_id("starter").first.wait_for()
    yield Row("console errors on load", "0", str(len(errors)))
    yield from turns(page)
    yield from streaming(page, servers)
    yield resumed(page)
    page.context.close()
    yield from long_chat(chromium, servers)
    yield many_tabs(chromium, servers)
    yield restarted(chromium, servers)


def opened(chromium: Browser, url: str, errors: list[str] | None = None) -> Page:
    """Open a tab, as far as its address."""
    page = chromium.new_context().new_page()
    page.set_default_timeout(LIMIT_MS)
    if errors is not None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: note(line, errors))
    page.add_init_script(LONG_TASKS + KEYS)
    page.goto(url, wait_until="commit")
    return page


def note(line: ConsoleMessage, errors: list[str]) -> None:
    """Keep what a console says is wrong."""
    if line.type == "error":
        errors.append(line.text)


def first_load() -> str:
    """Return what the first page loads at once."""
    names = set(FIRST_FILES.findall((CLIENT / "index.html").read_text("utf-8")))
    size = sum((CLIENT / f"{name}.br").stat().st_size for name in names)
    return f"{size / 1_000:.1f} kB"


def turns(page: Page) -> Iterator[Row]:
    """Measure from sending to one's own bubble and to the first token."""
    rounds: list[tuple[float, float]] = []
    for number in range(ROUNDS):
        page.get_by_test_id("composer").fill(QUESTION)
        page.get_by_test_id("send").wait_for()
        rounds.append(page.evaluate(SEND))
        answered(page, number + 1)
    bubbles, tokens = zip(*rounds, strict=True)
    yield Row("send to own bubble, p95", "100 ms", f"{p95(bubbles):.0f} ms")
    yield Row("send to first token, p95", "250 ms", f"{p95(tokens):.0f} ms")


def streaming(page: Page, servers: Served) -> Iterator[Row]:
    """Measure a turn after many, and each word while long answers are written."""
    session, wire = page.context.new_cdp_session(page), Wire()
    session.send("Performance.enable")
    wire.listen(session)
    yield one_more_turn(page, wire)
    page.evaluate("window.longest = 0")
    sample = partial(Sample.of, page, session, wire, servers.page)
    words, sent, busy, _ = each_word(page, sample, speed=60)
    yield Row("stream bytes a word", "30 B", f"{sent:.1f} B at {words:.0f} a second")
    yield Row("main thread a word", "4 ms", f"{busy:.2f} ms at {words:.0f} a second")
    longest = page.evaluate("window.longest")
    yield Row("longest task while streaming", "100 ms", f"{longest:.0f} ms")
    words, _, _, taken = each_word(page, sample, speed=200)
    taken_at = f"{taken:.3f} ms at {words:.0f} a second"
    yield Row("page server's processor a word, one reader", "-", taken_at)
    together = processor_ms_a_word(servers, LONG.format(200), READERS)
    name = f"page server's processor a word, {READERS} readers"
    yield Row(name, "0.02 ms", f"{together:.3f} ms at 200 a second each")


def each_word(
    page: Page, sample: Callable[[], Sample], *, speed: int
) -> tuple[float, float, float, float]:
    """Return words a second, and bytes, main thread and server in ms for each."""
    ask(page, speed)
    live_text(page)
    before = sample()
    page.wait_for_timeout(STREAM_MS)
    after = sample()
    words = after.words - before.words
    page.get_by_test_id("stop").click()
    page.locator("[aria-busy=true]").wait_for(state="detached")
    return (
        words * 1_000 / STREAM_MS,
        (after.stream_bytes - before.stream_bytes) / words,
        (after.main_thread_s - before.main_thread_s) * 1_000 / words,
        (after.server_s - before.server_s) * 1_000 / words,
    )


def one_more_turn(page: Page, wire: Wire) -> Row:
    """Measure what a turn sends that comes after many."""
    page.get_by_test_id("composer").fill(QUESTION)
    page.get_by_test_id("send").click()
    answered(page, ROUNDS + 1)
    return Row("socket bytes of a turn", "4,000 B", f"{wire.socket:,} B")


def resumed(page: Page) -> Row:
    """Measure from a reload in mid-answer to its text."""
    ask(page)
    live_text(page)
    page.reload(wait_until="commit")
    live_text(page)
    shown = page.evaluate("performance.now()")
    page.get_by_test_id("stop").click()
    return Row("text again after a reload", "1,000 ms", f"{shown:.0f} ms")


def long_chat(chromium: Browser, servers: Served) -> Iterator[Row]:
    """Measure opening a long conversation, and typing in it."""
    said = [
        {"role": role, "content": f"{role.lower()} {number}: **sidekicks** matter."}
        for number in range(MESSAGES // 2)
        for role in ("USER", "ASSISTANT")
    ]
    made = servers.data(START, title="Long", history=said)["conversation"]["id"]
    page = opened(chromium, f"{servers.page.url}/c/{made}")
    page.get_by_text(f"assistant {MESSAGES // 2 - 1}:").wait_for()
    shown = page.evaluate("performance.now()")
    yield Row(f"open {MESSAGES} messages", "1,500 ms", f"{shown:.0f} ms")

    page.get_by_test_id("composer").click()
    page.keyboard.type(TYPED * 3, delay=30)
    keys = page.evaluate("window.keys")
    slow = sorted([0.0] * (3 * len(TYPED) - len(keys)) + keys)
    p97 = slow[int(0.97 * len(slow))]
    told = f"{p97:.0f} ms" if p97 else "under 16 ms"
    yield Row(f"key to paint among {MESSAGES} messages, p97", "33 ms", told)
    page.context.close()


def many_tabs(chromium: Browser, servers: Served) -> Row:
    """Measure what a tab that waits costs the page's server."""
    before = resident_mb(servers.page)
    tabs = [opened(chromium, servers.page.url) for _ in range(TABS)]
    for tab in tabs:
        tab.get_by_test_id("starter").first.wait_for()
    each = (resident_mb(servers.page) - before) * 1_000 / TABS
    for tab in tabs:
        tab.context.close()
    return Row("page server's memory a tab", "250 kB", f"{each:.0f} kB")


def restarted(chromium: Browser, servers: Served) -> Row:
    """Measure from the page's server being up again to its tab being whole."""
    page = opened(chromium, servers.page.url)
    page.get_by_test_id("starter").first.wait_for()
    ask(page)
    live_text(page)
    servers.page.stop()
    page.get_by_test_id("connection").wait_for()
    with running_page(servers.page.log, servers.api.url, port=servers.page.port):
        began_s = time.monotonic()
        page.get_by_test_id("connection").wait_for(state="hidden")
        live_text(page)
        took_s = time.monotonic() - began_s
        page.get_by_test_id("stop").click()
    return Row("whole again after a restart", "5 s", f"{took_s:.1f} s")


def ask(page: Page, speed: int = 60) -> None:
    """Ask for an answer of 2,000 words at so many a second."""
    page.get_by_test_id("composer").fill(LONG.format(speed))
    page.get_by_test_id("send").click()


def live_text(page: Page) -> None:
    """Wait until a part of the answer is there."""
    page.locator("[aria-busy=true] .md p").first.wait_for()


def answered(page: Page, answers: int) -> None:
    """Wait until that many answers are complete."""
    page.get_by_test_id("message-cost").nth(answers - 1).wait_for()


def p95(figures: tuple[float, ...]) -> float:
    """Return the figure that 95 of 100 are below."""
    return quantiles(figures, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
