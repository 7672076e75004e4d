"""A file that appears as a whole, or not at all."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def output(name: str) -> Generator[IO[bytes]]:
    """Where to write: the file takes its name at the end, if no error came.

    Only its owner may read it. ``-`` is the standard output.
    """
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    unfinished = path.with_name(f".{path.name}.part")
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(file, "wb") as opened:  # noqa: PTH123 opened already
            yield opened
            opened.flush()
            os.fsync(file)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
