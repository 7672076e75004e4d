"""Which part of a list a page is."""

from dataclasses import dataclass

from graphql_api.domain.conversations import PageRequest
from graphql_api.errors import BadInput


@dataclass(frozen=True, slots=True)
class Stretch:
    """Places of a list from ``start`` to before ``stop``."""

    start: int
    stop: int


def stretch(
    page: PageRequest, *, after: int | None, before: int | None, total: int
) -> Stretch:
    """The part of a list of which all places are known.

    Args:
        page: What was asked for; without ``first`` and ``last`` it is all there is.
        after: Place of the item that its cursor names.
        before: Same.
        total: Number of items in the whole list.
    """
    start = 0 if after is None else after + 1
    stop = max(start, total if before is None else before)
    if page.first is not None:
        stop = min(stop, start + page.first)
    if page.last is not None:
        start = max(start, stop - page.last)
    return Stretch(start, stop)


def unknown_cursor(field: str) -> BadInput:
    """The error for a cursor that names nothing in the list."""
    msg = "The cursor names nothing in this list."
    return BadInput(msg, reason="UNKNOWN_CURSOR", field=field)
