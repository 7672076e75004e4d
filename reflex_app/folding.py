"""How the rows of a page are sent: none of them often, and nothing that is empty.

A list on the page is sent whole when it changes. So the rows stand in many lists, the
parts, of which a turn adds one and leaves the others as they are::

    0 .. FRONT-1    pages that were read later but stand before, from the back on
    FRONT .. PARTS  the page that was read first, then what each turn added

When no part is free, those of the last turns become one; every row is sent about three
times in the life of a tab, however long the conversation.
"""

from collections.abc import Sequence
from dataclasses import fields

from reflex_app.failures import NONE
from reflex_app.view import Row

PARTS = 16
"""Lists that a page has for its rows."""
FRONT = 4
"""Those of them that are for earlier pages."""
_SMALL = 8
"""Rows of a part that can still be joined with others like it."""
_FEW = 4
"""So few small parts are not worth it: then all become one."""
_NAMES = tuple(field.name for field in fields(Row))
_ALWAYS = ("key", "role", "content")

Parts = list[list[Row]]


def fold(before: Sequence[list[Row]], rows: list[Row]) -> Parts:
    """Split rows into `PARTS` lists, as many of them as before as possible."""
    start = _start(before, rows)
    if start is None:
        return _laid_out([], [rows[:-2], rows[-2:]])
    front, at = _walk(before[:FRONT], rows, start)
    back, at = _walk(before[FRONT:], rows, at)
    return _laid_out(_with_page(front, rows[:start]), [*back, rows[at:]])


def lean(row: Row) -> dict[str, object]:
    """Return a row without its empty fields; what is missing counts as empty."""
    named = {name: getattr(row, name) for name in _NAMES}
    return {
        name: value
        for name, value in named.items()
        if name in _ALWAYS or (value and value != NONE)
    }


def _start(before: Sequence[list[Row]], rows: list[Row]) -> int | None:
    """Return where the first row of before is now; None: nowhere."""
    first = next((part[0].key for part in before if part), None)
    return next((at for at, row in enumerate(rows) if row.key == first), None)


def _walk(
    before: Sequence[list[Row]], rows: list[Row], at: int
) -> tuple[list[list[Row]], int]:
    """Return the parts that still hold the rows from `at` on, and where they end."""
    held: list[list[Row]] = []
    for part in filter(None, before):
        now = rows[at : at + len(part)]
        if [row.key for row in now] != [row.key for row in part]:
            break
        held.append(now)
        at += len(part)
    return held, at


def _with_page(front: list[list[Row]], page: list[Row]) -> list[list[Row]]:
    if len(front) < FRONT:
        return [page, *front]
    return [page + front[0], *front[1:]]


def _laid_out(front: list[list[Row]], back: list[list[Row]]) -> Parts:
    """Return all parts at their places, empty ones among them."""
    ahead = [part for part in front if part]
    behind = _joined([part for part in back if part])
    return [
        *([[]] * (FRONT - len(ahead))),
        *ahead,
        *behind,
        *([[]] * (PARTS - FRONT - len(behind))),
    ]


def _joined(parts: list[list[Row]]) -> list[list[Row]]:
    """Return parts for which there is room."""
    if len(parts) <= PARTS - FRONT:
        return parts
    *settled, last = parts
    first = len(settled)
    while first and len(settled[first - 1]) <= _SMALL:
        first -= 1
    if len(settled) - first < _FEW:
        first = 0
    joined = [row for part in settled[first:] for row in part]
    return [*settled[:first], joined, last]
