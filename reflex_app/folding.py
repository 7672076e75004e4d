"""How the rows of a page are split, so that a turn sends few of them again."""

from dataclasses import dataclass

from reflex_app.view import Row

MAX_RECENT = 10
"""Rows that are sent again whenever one is added."""
MAX_EARLIER = 50
"""Rows that are sent again when too many were added."""


@dataclass(frozen=True, slots=True)
class Fold:
    """The rows of a page in three lists: what changes often is in the last."""

    older: list[Row]
    earlier: list[Row]
    recent: list[Row]


def fold(before: Fold, rows: list[Row]) -> Fold:
    """Split rows so that what a turn sends does not grow with the conversation.

    A list on the page is sent whole when it changes. So the first two are kept as
    they are while they still begin the rows.
    """
    kept = _kept(before, rows)
    if kept is None:
        return Fold([], rows[:-2], rows[-2:])
    older, earlier = kept
    recent = rows[len(older) + len(earlier) :]
    if len(recent) <= MAX_RECENT:
        return Fold(older, earlier, recent)
    if len(earlier) + len(recent) <= MAX_EARLIER:
        return Fold(older, [*earlier, *recent[:-2]], recent[-2:])
    return Fold([*older, *earlier], recent[:-2], recent[-2:])


def _kept(before: Fold, rows: list[Row]) -> tuple[list[Row], list[Row]] | None:
    """Return older and earlier rows, with what was put before them; None: neither."""
    if not before.earlier:
        return None
    first = before.earlier[0].key
    start = next((i for i, row in enumerate(rows) if row.key == first), None)
    if start is None or rows[start : start + len(before.earlier)] != before.earlier:
        return None
    return rows[:start], before.earlier
