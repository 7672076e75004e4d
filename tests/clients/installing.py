"""Installs what the lock files of this folder name, once for each version of them."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

INSTALL_LIMIT_S = 300
RUN_LIMIT_S = 120
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Installation:
    """An interpreter with its packages, run in the folder of the client tests."""

    interpreter: Path
    folder: Path

    def run(self, *arguments: str, may_fail: bool = False, **environ: str) -> str:
        """What a script printed; it fails the test when the script does."""
        done = subprocess.run(
            [self.interpreter, *arguments],
            cwd=self.folder,
            env=_environ(PYTHONPATH=str(self.folder), **environ),
            capture_output=True,
            text=True,
            timeout=RUN_LIMIT_S,
            check=False,
        )
        assert may_fail or done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def node_packages(folder: Path) -> Installation:
    """Node.js with `package-lock.json`, installed by npm."""
    place, lock = folder / "node_modules", folder / "package-lock.json"
    _once(place, lock, lambda: _call(folder, BIN / "npm", "ci"))
    return Installation(BIN / "node", folder)


def python_packages(folder: Path) -> Installation:
    """A virtual environment with `requirements.lock`, installed by uv."""
    place, lock = folder / ".venv", folder / "requirements.lock"
    python = place / "bin" / "python"

    def install() -> None:
        _call(folder, BIN / "uv", "venv", "--clear", "--python", sys.executable, place)
        target = ("--require-hashes", "--requirement", lock, "--python", python)
        _call(folder, BIN / "uv", "pip", "install", *target)

    _once(place, lock, install)
    return Installation(python, folder)


def _once(place: Path, lock: Path, install: Callable[[], None]) -> None:
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = place / ".installed"
    with (lock.parent / ".installing").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            install()
            stamp.write_text(wanted, encoding="utf-8")


def _call(folder: Path, *command: object) -> None:
    words: Sequence[str] = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env=_environ(),
            capture_output=True,
            text=True,
            timeout=INSTALL_LIMIT_S,
            check=False,
        )
        problem = done.stderr[-500:] if done.returncode else None
    except subprocess.TimeoutExpired:
        problem = f"over {INSTALL_LIMIT_S} s"
    if problem is not None:
        _give_up(f"{words[0]} could not install: {problem}")


def _give_up(reason: str) -> None:
    """Skip for people without a network; a machine that checks must not skip."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _environ(**more: str) -> dict[str, str]:
    path = os.pathsep.join((str(BIN), os.environ["PATH"]))
    return {**os.environ, "PATH": path, "NO_COLOR": "1", **more}
