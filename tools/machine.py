"""What Sidekick needs of a machine, and the sentence for whoever has not got it.

Each `…_problem` returns None when all is well. Standard library only, and syntax that
Python 3.7 can read: an old Python must get as far as the sentence about itself.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OLDEST_PYTHON = (3, 11)
# Measured on Debian 12: 0.7 GB to run, 1.0 GB to test, and the caches of uv and npm.
FREE_BYTES_NEEDED = 2_000_000_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def python_problem(version: tuple[int, ...]) -> str | None:
    """Say why a Python of this version cannot run Sidekick."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    found = ".".join(str(part) for part in version[:3])
    return (
        f"Sidekick needs Python 3.11 or newer, and this is Python {found}. "
        "Name a newer one: make run PYTHON=python3.12"
    )


def venv_problem(version: tuple[int, ...]) -> str | None:
    """Say what to install where Python came without its venv module (Debian)."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return None
    package = f"python{version[0]}.{version[1]}-venv"
    return (
        "This Python cannot make virtual environments: its venv module is a package "
        "of its own on Debian and Ubuntu. Install it and try again: "
        f"sudo apt-get install {package}"
    )


def disk_problem(folder: Path, *, needed_bytes: int = FREE_BYTES_NEEDED) -> str | None:
    """Say how much room is missing on the disk that holds `folder`."""
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes >= needed_bytes:
        return None
    return (
        f"There is not enough room on the disk of {folder}: "
        f"{free_bytes / 1e9:.1f} GB are free and the setup needs "
        f"{needed_bytes / 1e9:.1f} GB. Free some and try again."
    )


def find_browser() -> str | None:
    """Return the path of an installed Chromium or Chrome, or None."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((path for path in found if path), None)


def can_install_packages() -> bool:
    """Tell whether this is Debian or its like, and we may install packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None
