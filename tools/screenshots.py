"""Takes the README's picture of the page: `make screenshots`.

It starts Sidekick with the embedded model on free ports, asks a question in a real
browser, and saves what the page shows as a drawing (SVG), so that the repository holds
text and no binary. Needs Chromium and `pdftocairo` (Debian: chromium, poppler-utils).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "page.svg"
QUESTION = "Describe the city that a masked hero protects"
WIDTH, HEIGHT = 1280, 640
ANSWER_LIMIT_MS = 90_000
STOP_LIMIT_S = 10


def main() -> int:
    """Take the picture; return the exit code."""
    browser, converter = find("chromium", "google-chrome"), find("pdftocairo")
    if browser is None or converter is None:
        print("Pictures need chromium and pdftocairo (poppler-utils) on the PATH.")
        return 1
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as address:
        pdf, svg = Path(folder) / "page.pdf", Path(folder) / "page.svg"
        print_page(browser, address, pdf)
        subprocess.run([converter, "-svg", pdf, svg], check=True)  # noqa: S603 found on PATH
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_text(rounded(svg.read_text("utf-8")), "utf-8")
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")
    return 0


def find(*names: str) -> str | None:
    """Return the first of the programs that is on the PATH."""
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def running(folder: Path) -> Generator[str]:
    """Run Sidekick on free ports and give the page's address."""
    page_port = free_port()
    settings = {
        "SIDEKICK_API_PORT": str(free_port()),
        "SIDEKICK_UI_PORT": str(page_port),
        "SIDEKICK_PROVIDER": "local",
        "SIDEKICK_DATA_DIR": str(folder),
    }
    process = subprocess.Popen(
        [sys.executable, "sidekick.py"],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for line in process.stdout or ():
            if "Sidekick is ready" in line:
                break
        yield f"http://localhost:{page_port}"
    finally:
        process.terminate()
        process.wait(STOP_LIMIT_S)


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def print_page(browser: str, address: str, pdf: Path) -> None:
    """Ask the question and print the page, as on a screen, once it is answered."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(address)
        page.get_by_test_id("composer").fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_test_id("message-cost").wait_for(timeout=ANSWER_LIMIT_MS)
        drop_shadows(page)
        page.emulate_media(media="screen")
        page.pdf(
            path=pdf,
            width=f"{WIDTH}px",
            height=f"{HEIGHT}px",
            print_background=True,
            page_ranges="1",
        )
        chromium.close()


def drop_shadows(page: Page) -> None:
    """Remove what a drawing can only hold as a picture inside it."""
    page.evaluate(
        "document.querySelectorAll('*').forEach(e => { e.style.boxShadow = 'none' })"
    )


def rounded(svg: str) -> str:
    """Shorten coordinates to what can be seen."""
    return re.sub(r"(\d+\.\d{2})\d+", r"\1", svg)


if __name__ == "__main__":
    sys.exit(main())
