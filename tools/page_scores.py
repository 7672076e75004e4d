"""Scores the built page with Lighthouse, beside the goals: `make lighthouse`.

It installs the pinned Lighthouse, starts the API with scripted answers and the page on
free ports, and takes the median of several runs. Figures are of this machine at this
moment: quiet it first. Nothing leaves the machine, and nothing is reported to anybody.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tools.crowd import START
from tools.machine import find_browser
from tools.serving import served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.serving import Served

FOLDER = Path(__file__).resolve().parent / "lighthouse"
BIN = Path(sys.executable).parent
INSTALL_LIMIT_S, RUN_LIMIT_S = 300, 180
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
GOALS = {"mobile": (95, 100, 100, 100), "desktop": (100, 100, 100, 100)}
UNLISTED = "is-crawlable"
"""What Lighthouse asks of search engines; nothing but the start is for them."""
SHARE = """mutation ($input: ShareConversationInput!) {
  shareConversation(input: $input) { token } }"""
HISTORY = [
    {"role": "USER", "content": "Who is Batman's butler?"},
    {"role": "ASSISTANT", "content": "**Alfred Pennyworth**, since 1943."},
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Score every route and print the table; return 1 when a goal is missed."""
    runs = _runs(arguments)
    browser = find_browser()
    if browser is None:
        print("Lighthouse needs a Chromium on the PATH.")
        return 1
    _node("npm", "ci", limit_s=INSTALL_LIMIT_S)
    missed = False
    with served() as servers:
        print("{:8} {:24} {}".format("device", "route", " ".join(CATEGORIES)))
        for device, route in _routes(servers):
            urls = f"{servers.page.url}{route}"
            rounds = [_scores(urls, device, browser) for _ in range(runs)]
            medians = [median(column) for column in zip(*rounds, strict=True)]
            reached = all(m >= g for m, g in zip(medians, GOALS[device], strict=True))
            missed |= not reached
            shown = " / ".join(f"{score:.0f}" for score in medians)
            verdict = "" if reached else "  missed"
            print(f"{device:8} {_named(route):24} {shown}{verdict}", flush=True)
    return int(missed)


def _runs(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="make lighthouse", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of which the median is")
    return parser.parse_args(arguments).runs


def _routes(servers: Served) -> list[tuple[str, str]]:
    made = servers.data(START, title="Butlers", history=HISTORY)["conversation"]["id"]
    token = servers.data(SHARE, conversationId=made)["token"]
    routes = ("/", f"/c/{made}", "/usage", f"/s/{token}")
    return [("mobile", "/"), *(("desktop", route) for route in routes)]


def _named(route: str) -> str:
    return route if route.count("/") == 1 else route[: route.rindex("/")] + "/…"


def _scores(url: str, device: str, browser: str) -> list[float]:
    """Return the score of each category, of 100."""
    options = [
        "--output=json",
        "--quiet",
        "--no-enable-error-reporting",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    if device == "desktop":
        options.append("--preset=desktop")
    if not url.endswith("/"):
        options.append(f"--skip-audits={UNLISTED}")
    program = "node_modules/lighthouse/cli/index.js"
    command = ("node", program, url, *options)
    try:
        told = _node(*command, limit_s=RUN_LIMIT_S, CHROME_PATH=browser)
    except subprocess.CalledProcessError:
        # A browser that starts slowly misses the page load: "run Lighthouse again".
        told = _node(*command, limit_s=RUN_LIMIT_S, CHROME_PATH=browser)
    found = json.loads(told)["categories"]
    return [100 * found[name]["score"] for name in CATEGORIES]


def _node(program: str, *arguments: str, limit_s: float, **environ: str) -> str:
    path = os.pathsep.join((str(BIN), os.environ["PATH"]))
    done = subprocess.run(  # noqa: S603 - our own programs
        [BIN / program, *arguments],
        cwd=FOLDER,
        env={**os.environ, "PATH": path, **environ},
        stdout=subprocess.PIPE,
        text=True,
        timeout=limit_s,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
