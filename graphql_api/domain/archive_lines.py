"""Records as the lines of an export file, and back.

A file that was cut or changed anywhere is noticed: each line ends with a line feed, and
the last one tells how many there are and what they hash to.
"""

from collections.abc import Generator, Iterable
from hashlib import sha256
from typing import Final

from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder, Encoder

from graphql_api.domain.archive import (
    FORMAT,
    VERSION,
    End,
    Found,
    Header,
    Line,
    Record,
)
from graphql_api.errors import BadFile

AGAIN: Final = "Export it anew, and copy it as a binary file."
_JSON: Final = Encoder()
_LINE: Final[Decoder[Line]] = Decoder(Line)
_BOM: Final = b"\xef\xbb\xbf"


def written(schema_revision: str, records: Iterable[Record]) -> Generator[bytes]:
    """The lines of an export file."""
    digest, count = sha256(), 0
    header = Header(format=FORMAT, version=VERSION, schema_revision=schema_revision)
    for record in _after(header, records):
        line = _JSON.encode(record) + b"\n"
        digest.update(line)
        count += 1
        yield line
    yield _JSON.encode(End(lines=count, sha256=digest.hexdigest())) + b"\n"


def _after(header: Header, records: Iterable[Record]) -> Generator[Header | Record]:
    yield header
    yield from records


def found(lines: Iterable[bytes]) -> Generator[Found]:
    """The records of an export file, each with its line's number.

    Raises:
        BadFile: A line is no record, or the file is not as it was exported.
    """
    digest, number, end = sha256(), 0, None
    for number, raw in enumerate(lines, start=1):
        place = f"Line {number:,}"
        line = _parsed(raw, place)
        if end is not None:
            raise BadFile(f"{place} stands behind the end of the export. {AGAIN}")
        if isinstance(line, End):
            end = line
            _check_end(end, number - 1, digest.hexdigest(), place)
            continue
        digest.update(raw)
        if isinstance(line, Header) is not (number == 1):
            raise BadFile(f"{place} is not where it belongs: {_WHERE}")
        if isinstance(line, Header):
            _check_header(line)
        else:
            yield Found(place, line)
    if end is None:
        raise BadFile(_cut(number))


_WHERE: Final = "the header stands in the first line and nowhere else."


def _cut(lines: int) -> str:
    if not lines:
        return "The file is empty. Name the file that `export` wrote."
    return f"The file was cut after line {lines:,}: its last line is missing. {AGAIN}"


def _parsed(raw: bytes, place: str) -> Line:
    if not raw.endswith(b"\n"):
        raise BadFile(f"{place} breaks off: the file was cut. {AGAIN}")
    if raw.startswith(_BOM):
        raise BadFile(f"{place} starts with a byte order mark: it was edited. {AGAIN}")
    if raw.endswith(b"\r\n"):
        msg = f"{place} ends with CR LF: the file was edited or converted. {AGAIN}"
        raise BadFile(msg)
    try:
        line = _LINE.decode(raw)
    except ValidationError as error:
        raise BadFile(f"{place} is not acceptable: {error}. {AGAIN}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{place} is not UTF-8. {AGAIN}") from error
    except (DecodeError, RecursionError) as error:
        raise BadFile(f"{place} is no JSON: {error}. {AGAIN}") from error
    # Without the escaped backslashes, what is left is an escaped NUL.
    if b"\\u0000" in raw and b"\\u0000" in raw.replace(b"\\\\", b""):
        raise BadFile(f"{place} holds a NUL, which is in no export. {AGAIN}")
    return line


def _check_header(header: Header) -> None:
    if header.format != FORMAT:
        msg = f"Line 1 names the format {header.format!r}; it must be {FORMAT!r}."
        raise BadFile(msg)
    if header.version != VERSION:
        msg = (
            f"Line 1 names version {header.version} of the format; this Sidekick reads "
            f"version {VERSION}. Import it with the version that exported it, or newer."
        )
        raise BadFile(msg)


def _check_end(end: End, lines: int, digest: str, place: str) -> None:
    if end.lines != lines:
        msg = f"{place} counts {end.lines:,} lines above it; there are {lines:,}."
        raise BadFile(f"{msg} {AGAIN}")
    if end.sha256 != digest:
        msg = f"{place}: the checksum is wrong, so that a line above it was changed."
        raise BadFile(f"{msg} {AGAIN}")
