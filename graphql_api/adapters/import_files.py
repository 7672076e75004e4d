"""Files to import: lines of our own export, or conversations of ChatGPT's.

ChatGPT's file is one JSON array of any size; one element at a time is held. It may
stand in the ZIP archive in which ChatGPT sends it.
"""

import codecs
import json
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from re import compile as pattern
from typing import IO, Final, Literal
from zipfile import BadZipFile, ZipFile

from graphql_api.errors import BadFile

Format = Literal["sidekick", "chatgpt"]
Progress = Callable[[int], None]
"""Takes the number of bytes that were read since the last call."""

_LINE_BYTES: Final = 64 * 2**20
_PIECE_BYTES: Final = 2**18
_CONVERSATION_CHARS: Final = 64 * 2**20
_WHOLE_BYTES: Final = 16 * 2**30
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK"
_MEMBER: Final = pattern(r"(?:.*/)?conversations(?:-\d+)?\.json")
_SPACE: Final = " \t\r\n"
_UNKNOWN: Final = (
    "It is neither an export of Sidekick, nor a conversations.json of ChatGPT or the "
    "ZIP archive with one."
)


def detect(path: Path) -> Format:
    """Whose export a file is, by its first bytes.

    Raises:
        BadFile: It cannot be read, or it is nobody's.
    """
    with _readable(path) as file:
        start = file.read(64)
    if start.startswith(_GZIP):
        raise BadFile("It is packed with gzip, which is not read: unpack it first.")
    if not start:
        raise BadFile("The file is empty. Name the file that `export` wrote.")
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(_ZIP) or text.startswith(b"["):
        return "chatgpt"
    if text.startswith(b"{"):
        return "sidekick"
    raise BadFile(_UNKNOWN)


def lines(path: Path, progress: Progress) -> Generator[bytes]:
    """The lines of an export of ours, each with its end.

    Raises:
        BadFile: It cannot be read, or a line is out of all proportion.
    """
    with _readable(path) as file:
        while line := file.readline(_LINE_BYTES):
            if len(line) == _LINE_BYTES:
                raise BadFile(f"A line is longer than {_LINE_BYTES >> 20} MiB.")
            progress(len(line))
            yield line


def size(path: Path) -> int:
    """Bytes that reading the file will count; of an archive those that are read."""
    # A pipe can be read only once, and says nothing of its size.
    if not path.is_file():
        return 0
    with _readable(path) as file:
        if file.read(2) != _ZIP:
            return path.stat().st_size
    with _zipped(path) as archive:
        return sum(archive.getinfo(name).file_size for name in _members(archive))


def conversations(path: Path, progress: Progress) -> Generator[object]:
    """The elements of ChatGPT's file, or of the files in its archive.

    Raises:
        BadFile: It cannot be read, or it is no such file.
    """
    with _readable(path) as file:
        if file.read(2) != _ZIP:
            file.seek(0)
            yield from _Array(file, progress).elements()
            return
    with _zipped(path) as archive:
        for name in _members(archive):
            with archive.open(name) as member:
                yield from _Array(member, progress).elements()


@contextmanager
def _readable(path: Path) -> Generator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise BadFile(f"It cannot be read: {error.strerror or error}.") from error


@contextmanager
def _zipped(path: Path) -> Generator[ZipFile]:
    try:
        with ZipFile(path) as archive:
            yield archive
    except (BadZipFile, zlib.error, EOFError) as error:
        msg = f"The ZIP archive is damaged ({error}): download it again."
        raise BadFile(msg) from error
    except (NotImplementedError, RuntimeError) as error:
        msg = f"The ZIP archive cannot be unpacked here ({error}): unpack it first."
        raise BadFile(msg) from error


def _members(archive: ZipFile) -> Sequence[str]:
    names = sorted(name for name in archive.namelist() if _MEMBER.fullmatch(name))
    if not names:
        raise BadFile("There is no conversations.json in the ZIP archive.")
    if sum(archive.getinfo(name).file_size for name in names) > _WHOLE_BYTES:
        raise BadFile(f"Unpacked it has more than {_WHOLE_BYTES >> 30} GiB.")
    return names


class _Array:
    """A JSON array that is read piece by piece."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._json = json.JSONDecoder()
        self._text = ""
        # Next character to look at, and how many were dropped in front of the text.
        self._at = 0
        self._dropped = 0
        self._ended = False

    def elements(self) -> Generator[object]:
        """Each element in turn."""
        if self._next() != "[":
            raise BadFile(_UNKNOWN)
        self._at += 1
        if self._next() == "]":
            return
        while True:
            yield self._element()
            after = self._next()
            if after not in {",", "]"}:
                raise self._broken("a comma or a closing bracket is missing")
            self._at += 1
            if after == "]":
                break
        if self._next():
            raise self._broken("something stands behind the end")

    def _next(self) -> str:
        """The next character that is no space, not taken; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more(_PIECE_BYTES):
                return ""

    def _element(self) -> object:
        self._next()
        self._forget()
        failed = ""
        while True:
            try:
                element, self._at = self._json.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._broken("it is nested too deeply") from error
            except ValueError as error:
                # What is only cut off fails elsewhere, or in a text, with more of it.
                if str(error) == failed and not failed.startswith("Unterminated"):
                    raise self._no_json(error) from error
                failed = str(error)
                self._grow(error)
            else:
                return element

    def _forget(self) -> None:
        """Drop what was read, but not so often that copying the rest costs much."""
        if 2 * self._at > len(self._text):
            self._dropped += self._at
            self._text, self._at = self._text[self._at :], 0

    def _grow(self, error: ValueError) -> None:
        """Read as much again, so that all attempts together stay linear."""
        present = len(self._text) - self._at
        if present > _CONVERSATION_CHARS:
            raise self._broken("a conversation is too long, or never ends") from error
        if not self._more(max(_PIECE_BYTES, present)):
            raise self._no_json(error) from error

    def _no_json(self, error: ValueError) -> BadFile:
        self._at = getattr(error, "pos", self._at)
        return self._broken("it is no JSON, or the file was cut")

    def _more(self, count: int) -> bool:
        if self._ended:
            return False
        piece = self._file.read(count)
        self._progress(len(piece))
        self._ended = not piece
        try:
            self._text += self._decode(piece, self._ended)
        except UnicodeDecodeError as error:
            self._at = len(self._text)
            raise self._broken("it is not UTF-8") from error
        return not self._ended

    def _broken(self, why: str) -> BadFile:
        place = self._dropped + self._at + 1
        return BadFile(f"At character {place:,} {why}. Download the file again.")
