"""The steps of the setup: when each is needed and what it does.

A step is done when its stamp, a small file, names what it was done for: a lock file's
hash, the page's sources. Before a step starts its stamp is spoilt, so that a setup that
was interrupted does it again. No index is ever named: pip, uv and npm go where the
machine's own configuration sends them.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools import graphiql, machine
from tools.progress import SetupError, Shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE_SOURCES = (
    "reflex_app",
    "assets",
    "reflex.lock",
    "rxconfig.py",
    "requirements.lock",
)
NOT_SOURCES = ("__pycache__", "external")
BEGUN = "begun"


# No slots: dataclasses of Python 3.9 and older do not know them (see tools.machine).
@dataclass(frozen=True)
class Step:
    """One line of the setup; `advice` is for whoever sees it fail."""

    title: str
    is_done: Callable[[], bool]
    run: Callable[[], None]
    advice: str


@dataclass(frozen=True)
class Stamp:
    """Remembers in a file what a step was last done for."""

    path: Path

    def read(self) -> str:
        """Return what the step was done for; empty when it never was."""
        return self.path.read_text(encoding="utf-8") if self.path.is_file() else ""

    def write(self, value: str) -> None:
        """Remember `value` as done."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(value, encoding="utf-8")


def digest(root: Path, *names: str) -> str:
    """Return a hash of files and folders below `root`: their names and contents."""
    sha = hashlib.sha256()
    for path in _files(root, *names):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        sha.update(f"{path.relative_to(root)} {content}\n".encode())
    return sha.hexdigest()


def _files(root: Path, *names: str) -> Iterator[Path]:
    for name in names:
        top = root / name
        if top.is_file():
            yield top
            continue
        for path in sorted(top.rglob("*")):
            folders = set(path.relative_to(root).parts)
            if path.is_file() and not folders & set(NOT_SOURCES):
                yield path


class Steps:
    """The steps for one checkout, in their order."""

    def __init__(self, root: Path, shell: Shell, *, for_tests: bool) -> None:
        self._root = root
        self._shell = shell
        self._for_tests = for_tests
        self._venv = root / ".venv"
        self._python = self._venv / "bin" / "python"

    def all(self) -> list[Step]:
        """Return every step, also those that are done."""
        steps = [self._environment(), self._uv(), self._packages(), self._page()]
        steps.append(self._graphiql())
        return [*steps, self._browser()] if self._for_tests else steps

    def _environment(self) -> Step:
        stamp = Stamp(self._venv / ".sidekick-environment")

        def wanted() -> str:
            # An environment breaks when it or its Python is moved.
            return f"{self._venv} {os.path.realpath(self._python)}"

        def create() -> None:
            if self._venv.is_symlink():
                self._venv.unlink()  # another checkout's is not ours to clear
            self._shell.run(sys.executable, "-m", "venv", "--clear", self._venv)
            stamp.write(wanted())

        return Step(
            "Creating the virtual environment .venv",
            lambda: self._python.is_file() and stamp.read() == wanted(),
            create,
            "Delete the folder .venv and try again.",
        )

    def _uv(self) -> Step:
        stamp = Stamp(self._venv / ".sidekick-uv")
        wanted = digest(self._root, "tools/bootstrap.lock")

        def install() -> None:
            stamp.write(BEGUN)
            self._pip_install("tools/bootstrap.lock")
            stamp.write(wanted)

        return Step(
            "Getting the installer uv",
            lambda: stamp.read() == wanted,
            install,
            "Check the network, and that `pip download uv` works on this machine.",
        )

    def _packages(self) -> Step:
        stamp = Stamp(self._venv / ".sidekick-packages")
        lock = "requirements-dev.lock" if self._for_tests else "requirements.lock"
        # The development lock holds the other one, so its stamp serves both.
        wanted = [digest(self._root, "requirements.lock")]
        if self._for_tests:
            wanted.append(digest(self._root, lock))

        def install() -> None:
            again = stamp.read() == BEGUN
            stamp.write(BEGUN)
            self._install(lock, again=again)
            stamp.write(" ".join(wanted))

        return Step(
            f"Installing {_count_packages(self._root / lock)} packages",
            lambda: stamp.read().split()[: len(wanted)] == wanted,
            install,
            "Check the network and the disk; what was fetched is kept. Try again.",
        )

    def _install(self, lock: str, *, again: bool) -> None:
        # Whatever stood half written when the last try was cut is written anew.
        fresh = ["--reinstall"] if again else []
        uv = self._venv / "bin" / "uv"
        arguments = ["--python", self._python, "--no-deps", "--require-hashes"]
        try:
            self._shell.run(uv, "pip", "install", *arguments, *fresh, "-r", lock)
        except SetupError:
            # uv does not read pip's configuration: a mirror may be known to pip alone.
            self._pip_install(lock)

    def _pip_install(self, lock: str) -> None:
        arguments = ["--no-deps", "--require-hashes", "--disable-pip-version-check"]
        self._shell.run(self._python, "-m", "pip", "install", *arguments, "-r", lock)

    def _page(self) -> Step:
        stamp = Stamp(self._root / ".web" / ".sidekick-page")

        def wanted() -> str:
            return digest(self._root, *PAGE_SOURCES)

        def build() -> None:
            stamp.write(BEGUN)
            self._shell.run(self._python, "-m", "reflex_app", "build")
            # Taken after the build, which may put npm's lock file in order.
            stamp.write(wanted())

        return Step(
            "Building the page",
            lambda: stamp.read() == wanted(),
            build,
            "Check that npm reaches its registry; delete the folder .web; try again.",
        )

    def _graphiql(self) -> Step:
        stamp = Stamp(self._root / graphiql.FOLDER / ".sidekick-graphiql")
        wanted = digest(self._root, graphiql.LOCK, "tools/graphiql.py")

        def take() -> None:
            graphiql.take(self._root, self._shell)
            stamp.write(wanted)

        return Step(
            "Getting GraphiQL",
            lambda: stamp.read() == wanted,
            take,
            "Check that npm reaches its registry, and try again.",
        )

    def _browser(self) -> Step:
        def install() -> None:
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            options = ["install", "-y", "--no-install-recommends", "chromium"]
            self._shell.run("apt-get", "update", env=env)
            self._shell.run("apt-get", *options, env=env)

        def is_done() -> bool:
            return bool(machine.find_browser()) or not machine.can_install_packages()

        return Step(
            "Installing Chromium for the browser tests",
            is_done,
            install,
            "Install a Chromium by hand: apt-get install chromium",
        )


def _count_packages(lock: Path) -> int:
    pins = re.findall(r"^[\w.-]+(?:\[.*\])?==.*", lock.read_text("utf-8"), re.MULTILINE)
    return sum("win32" not in pin for pin in pins)
