"""Runs the commands of a setup: a line on the terminal for each step, output to a log.

[2/4] Installing 77 packages … 12 s
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

LAST_LINES = 15


class SetupError(Exception):
    """The setup cannot go on; the message says why and what to do."""


class Terminal:
    """Prints one line for each step; on a real terminal its seconds count up."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._line = ""
        self._started_s = 0.0

    @contextmanager
    def step(self, line: str) -> Generator[None]:
        """Show `line` while the body runs, and the seconds it took."""
        self._line, self._started_s = line, time.monotonic()
        print(f"{line} …", end="", flush=True)
        try:
            yield
        except BaseException:
            print(flush=True)
            raise
        self._show_seconds()
        print(flush=True)

    def tick(self) -> None:
        """Let the seconds of the running step count up."""
        if self._live:
            print("\r", end="")
            self._show_seconds(line=self._line)

    def _show_seconds(self, *, line: str = "") -> None:
        seconds = time.monotonic() - self._started_s
        start = f"\r{self._line} …" if self._live or line else ""
        print(f"{start} {seconds:.0f} s", end="", flush=True)


class Shell:
    """Runs commands in the checkout with all their output in one log file.

    Args:
        folder: where commands run.
        log: the file that their output is added to.
        terminal: is told while a command runs.
        kept_fds: files that commands inherit, so that the lock of a setup which was
            killed stays taken until its last command has ended.
    """

    def __init__(
        self, folder: Path, *, log: Path, terminal: Terminal, kept_fds: tuple[int, ...]
    ) -> None:
        self._folder = folder
        self._log = log
        self._terminal = terminal
        self._kept_fds = kept_fds

    def run(
        self,
        *command: str | Path,
        limit_s: float = 1800,
        env: dict[str, str] | None = None,
    ) -> None:
        """Run one command to its end.

        Raises:
            SetupError: it failed or took longer than `limit_s`; with its last lines.
        """
        words = [str(word) for word in command]
        with self._log.open("a", encoding="utf-8") as output:
            output.write(f"$ {' '.join(words)}\n")
            output.flush()
            begins = self._log.stat().st_size
            process = subprocess.Popen(  # noqa: S603 - commands of tools.steps alone
                words,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                pass_fds=self._kept_fds,
            )
            ended = self._wait(process, limit_s=limit_s)
        if not ended:
            raise SetupError(f"It took longer than {limit_s:.0f} s and was given up.")
        if process.returncode != 0:
            raise SetupError(self._last_lines(begins))

    def _wait(self, process: subprocess.Popen[bytes], *, limit_s: float) -> bool:
        give_up_s = time.monotonic() + limit_s
        try:
            while time.monotonic() < give_up_s:
                try:
                    process.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    self._terminal.tick()
                else:
                    return True
            return False
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(timeout=10)

    def _last_lines(self, begins: int) -> str:
        with self._log.open("rb") as log:
            log.seek(begins)
            text = log.read().decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])
