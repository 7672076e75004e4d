"""Makes a fresh checkout ready to run: `python3 -m tools.setup [--tests]`.

Works with nothing but Python 3.11 and its venv module. What is done already is skipped,
so it is run before everything else and costs a tenth of a second then.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools import machine
from tools.progress import SetupError, Shell, Terminal
from tools.steps import Step, Steps

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).resolve().parent.parent
OTHER_SETUP_LIMIT_S = 1800


def main(arguments: list[str]) -> int:
    """Set the checkout up; return the exit code."""
    parser = argparse.ArgumentParser(prog="tools.setup", description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also what tests need")
    for_tests = parser.parse_args(arguments).tests
    try:
        _set_up(ROOT, for_tests=for_tests)
    except SetupError as error:
        print(f"\nSetup stopped. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSetup interrupted; the next one goes on from here.", file=sys.stderr)
        return 130
    return 0


def _set_up(root: Path, *, for_tests: bool) -> None:
    problem = machine.python_problem(sys.version_info[:3])
    if problem:
        raise SetupError(problem)
    state = root / ".sidekick"
    state.mkdir(exist_ok=True)
    with _only_setup(state / "setup.lock") as lock_fd:
        terminal = Terminal()
        log = state / "setup.log"
        shell = Shell(root, log=log, terminal=terminal, kept_fds=(lock_fd,))
        steps = Steps(root, shell, for_tests=for_tests).all()
        _do(steps, terminal=terminal, root=root, log=log)
    if for_tests:
        _mention_the_browser()


def _do(steps: list[Step], *, terminal: Terminal, root: Path, log: Path) -> None:
    if all(step.is_done() for step in steps):
        print("Setup: everything is in place.")
        return
    _check_machine(root)
    log.write_text("", encoding="utf-8")
    for number, step in enumerate(steps, start=1):
        if step.is_done():
            continue
        try:
            with terminal.step(f"[{number}/{len(steps)}] {step.title}"):
                step.run()
        except SetupError as error:
            raise SetupError(_failure(step, error, root=root, log=log)) from error


def _check_machine(root: Path) -> None:
    fresh = not (root / ".venv" / ".sidekick-packages").is_file()
    problems = (
        machine.venv_problem(sys.version_info[:3]),
        machine.disk_problem(root) if fresh else None,
    )
    problem = next((problem for problem in problems if problem), None)
    if problem:
        raise SetupError(problem)


def _failure(step: Step, error: SetupError, *, root: Path, log: Path) -> str:
    full = machine.disk_problem(root, needed_bytes=100_000_000)
    return (
        f"“{step.title}” failed:\n{error}\n\n"
        f"{full or step.advice}\nThe whole output is in {log}"
    )


def _mention_the_browser() -> None:
    if machine.find_browser():
        return
    message = (
        "There is no Chromium on PATH: the browser tests will be skipped. "
        "On Debian: sudo apt-get install chromium"
    )
    if os.environ.get("SIDEKICK_REQUIRE_BROWSER"):
        raise SetupError(message)
    print(message)


@contextmanager
def _only_setup(path: Path) -> Generator[int]:
    """Hold the lock file, waiting for another setup of this checkout to end."""
    with path.open("w", encoding="utf-8") as lock:
        give_up_s = time.monotonic() + OTHER_SETUP_LIMIT_S
        waiting = False
        while not _lock(lock.fileno()):
            if time.monotonic() > give_up_s:
                raise SetupError("Another setup of this folder does not end.")
            if not waiting:
                print("Another setup of this folder is running; waiting for it …")
                waiting = True
            time.sleep(0.2)
        yield lock.fileno()


def _lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
