"""Server-sent events, decoded from bytes that may be cut anywhere.

As the HTML standard (section 9.2) says: lines end with LF, CRLF or CR; an empty line
ends an event; lines that begin with a colon are comments; an event that the stream
leaves unfinished is no event. Ids and retry times are not used here and are skipped.
"""

from typing import Final, NamedTuple

MAX_EVENT_BYTES: Final = 4 * 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_LINE_ENDS: Final = (b"\n", b"\r")


class SseEvent(NamedTuple):
    """One event; ``name`` is empty for an ordinary message."""

    name: bytes
    data: bytes


class SseError(ValueError):
    """The stream is not what it should be."""


class SseDecoder:
    """Takes bytes as they come and gives the events that they complete."""

    def __init__(self) -> None:
        """Stand at the beginning of a stream."""
        self._pending: list[bytes] = []  # pieces of a line that has not ended
        self._data: list[bytes] = []  # lines of an event that has not ended
        self._name = b""
        self._size = 0  # bytes held in both
        self._at_start = True
        self._after_cr = False

    def feed(self, piece: bytes) -> list[SseEvent]:
        """Events that end in this piece of the stream.

        Raises:
            SseError: An event is longer than 4 MiB.
        """
        events: list[SseEvent] = []
        for line in self._lines(piece):
            if line:
                self._take(line)
            else:
                self._end_event(events)
        return events

    def _lines(self, piece: bytes) -> list[bytes]:
        if self._after_cr and piece:
            # A CR ended the last line already: an LF right behind it belongs to it.
            piece = piece.removeprefix(b"\n")
            self._after_cr = False
        self._hold(len(piece))
        if b"\n" not in piece and b"\r" not in piece:
            self._pending.append(piece)
            return []
        self._after_cr = piece.endswith(b"\r")
        lines = b"".join((*self._pending, piece)).splitlines()
        self._pending = [] if piece.endswith(_LINE_ENDS) else [lines.pop()]
        if self._at_start:
            self._at_start = False
            lines[0] = lines[0].removeprefix(_BOM)
        return lines

    def _hold(self, size: int) -> None:
        self._size += size
        if self._size > MAX_EVENT_BYTES:
            raise SseError(f"An event is longer than {MAX_EVENT_BYTES:,} bytes.")

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
        elif field == b"event":
            self._name = value.removeprefix(b" ")

    def _end_event(self, events: list[SseEvent]) -> None:
        if self._data:
            events.append(SseEvent(self._name, b"\n".join(self._data)))
        self._data, self._name = [], b""
        self._size = sum(map(len, self._pending))
