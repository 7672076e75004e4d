"""The folder with the service's data, which one process at a time may use."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from graphql_api.errors import SettingsError

DATABASE: Final = "sidekick.db"
"""Name of the SQLite database in the folder."""


@contextmanager
def locked(folder: Path) -> Generator[Path]:
    """Make the folder if need be, and hold its lock inside the context.

    The kernel gives the lock back however the process ends.

    Raises:
        SettingsError: The folder cannot be used, or another process has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        msg = f"SIDEKICK_DATA_DIR is {str(folder)!r}, which cannot be used: {error}"
        raise SettingsError(msg) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    except BlockingIOError as error:
        msg = (
            f"Another Sidekick uses the folder {str(folder)!r}. Stop it, or set "
            "SIDEKICK_DATA_DIR to another folder. Several processes need PostgreSQL."
        )
        raise SettingsError(msg) from error
    finally:
        os.close(lock)
