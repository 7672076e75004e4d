"""The commands `export` and `import`: settings > adapters > services, and a terminal.

They run alone in their process, without an event loop, so that Ctrl-C ends them
anywhere: what an import had stored until then is undone.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from graphql_api.adapters import import_files
from graphql_api.adapters.data_folder import DATABASE, locked
from graphql_api.adapters.export_file import output
from graphql_api.adapters.import_files import Format
from graphql_api.adapters.sql.archive import SqlArchive, open_archive
from graphql_api.domain.access import LOCAL_PRINCIPAL
from graphql_api.errors import BadFile, SettingsError
from graphql_api.ports.archive import Moved
from graphql_api.services import moving
from graphql_api.settings import Settings

_DONE, _BAD_FILE, _USAGE, _CTRL_C = 0, 1, 2, 130
_EVERY_S: Final = 5
_MB: Final = 1_000_000


def export_to(name: str, settings: Settings) -> int:
    """Write everything that is stored to a file, or ``-``; the exit code."""
    address = settings.database_url or settings.data_dir / DATABASE
    try:
        with open_archive(address, read_only=True) as archive:
            _export(archive, name)
    except SettingsError as error:
        return _say(error.message, code=_USAGE)
    except BrokenPipeError:
        # Nobody reads on; Python would complain at its end that it cannot write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BAD_FILE
    except OSError as error:
        msg = f"{name} cannot be written: {error.strerror}. Nothing was exported."
        return _say(msg, code=_BAD_FILE)
    except KeyboardInterrupt:
        return _say("Interrupted: nothing was exported.", code=_CTRL_C)
    return _DONE


def _export(archive: SqlArchive, name: str) -> None:
    began_s, written, talks = time.monotonic(), 0, 0
    with output(name) as file, _meter(archive.size(), "conversations") as advance:

        def passed() -> None:
            nonlocal talks
            talks += 1
            advance(1)

        for line in moving.export(archive, passed=passed):
            written += file.write(line)
    seconds = time.monotonic() - began_s
    size = f"{written / _MB:,.1f} MB"
    _say(f"Exported {_number(talks, 'conversation')} ({size}) in {seconds:.1f} s.")


def import_from(path: Path, given: Format | None, settings: Settings) -> int:
    """Store what is in a file; the exit code."""
    began_s = time.monotonic()
    before = signal.getsignal(signal.SIGINT)
    try:
        moved = _import(path, given or import_files.detect(path), settings)
    except SettingsError as error:
        return _say(error.message, "Nothing was imported.", code=_USAGE)
    except BadFile as error:
        what = f"{path}: {error.message}"
        return _say(what, "Nothing was imported.", code=_BAD_FILE)
    except KeyboardInterrupt:
        return _say("Interrupted: nothing was imported.", code=_CTRL_C)
    finally:
        signal.signal(signal.SIGINT, before)
    _say(*_summary(moved, time.monotonic() - began_s))
    return _DONE


def _import(path: Path, format_: Format, settings: Settings) -> Moved:
    with (
        _writable(settings) as address,
        open_archive(address, read_only=False) as archive,
        _meter(import_files.size(path), "bytes") as advance,
    ):
        if format_ == "sidekick":
            lines = import_files.lines(path, advance)
            return moving.import_own(archive, lines, read=_too_late_for_ctrl_c)
        return moving.import_chatgpt(
            archive,
            import_files.conversations(path, advance),
            principal_id=LOCAL_PRINCIPAL,
            assistant_key=_assistant_key(settings),
            read=_too_late_for_ctrl_c,
        )


@contextmanager
def _writable(settings: Settings) -> Generator[str | Path]:
    """Address of the database, with the lock of the data folder if it is there."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with locked(settings.data_dir) as folder:
        yield folder / DATABASE


def _too_late_for_ctrl_c() -> None:
    """From here on nobody could say whether it came before or after the commit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _assistant_key(settings: Settings) -> str:
    from graphql_api.adapters.catalog_files import read_assistants  # noqa: PLC0415 heavy

    return read_assistants(settings.assistants_file)[0].key


def _summary(moved: Moved, seconds: float) -> Generator[str]:
    yield (
        f"Imported {_number(moved.conversations, 'conversation')} with "
        f"{_number(moved.messages, 'message')} in {seconds:.1f} s."
    )
    if moved.skipped:
        yield f"{_number(moved.skipped, 'conversation')} skipped: here already."
    if moved.kept:
        yield (
            f"{_number(moved.kept, 'conversation')} kept as here: imported before, and "
            "changed here or there since."
        )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _say(*lines: str, code: int = _DONE) -> int:
    for line in lines:
        sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
    return code


@contextmanager
def _meter(total: int, unit: str) -> Generator[Callable[[int], None]]:
    """Shows how far a command is; what it gives takes the steps as they are made."""
    if sys.stderr.isatty():
        with _bar(total, unit) as advance:
            yield advance
        return
    done, said_s = 0, time.monotonic()

    def say_now_and_then(count: int) -> None:
        nonlocal done, said_s
        done += count
        if time.monotonic() - said_s >= _EVERY_S:
            said_s = time.monotonic()
            of_all = f" of {total:,}" if total else ""  # a pipe has no size
            _say(f"{done:,}{of_all} {unit}")

    yield say_now_and_then


@contextmanager
def _bar(total: int, unit: str) -> Generator[Callable[[int], None]]:
    from rich.console import Console  # noqa: PLC0415 heavy
    from rich.progress import (  # noqa: PLC0415 heavy
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TimeRemainingColumn,
    )

    with Progress(
        BarColumn(),
        DownloadColumn() if unit == "bytes" else MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(unit, total=total)
        yield lambda count: progress.advance(task, count)
