"""Which part of a list a page is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, tuple_

from graphql_api.domain.conversations import Page, PageRequest
from graphql_api.errors import BadInput

_T = TypeVar("_T")


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


def newest_first(
    connection: Connection,
    wanted: Select[*tuple[Any, ...]],
    place: tuple[ColumnElement[Any], ColumnElement[str]],
    page: PageRequest,
    of: Callable[[RowMapping], _T],
) -> Page[_T]:
    """A page that is read forwards, from the highest place on.

    Args:
        connection: The transaction.
        wanted: All rows of the list.
        place: What they are ordered by: a value, then the identifier.
        page: What was asked for: ``first`` and ``after``, an identifier.
        of: Makes an item of a row.

    Raises:
        BadInput: The cursor names nothing in the list.
    """
    value, identifier = place
    places = wanted.with_only_columns(value, identifier)
    total = connection.scalars(wanted.with_only_columns(func.count(identifier))).one()
    listed = wanted.order_by(value.desc(), identifier.desc())
    if page.after is not None:
        last = connection.execute(places.where(identifier == page.after)).first()
        if last is None:
            raise unknown_cursor("after")
        listed = listed.where(tuple_(value, identifier) < tuple_(*last))
    if page.first is not None:
        listed = listed.limit(page.first + 1)
    found = connection.execute(listed).mappings().all()
    shown = found[: page.first]
    return Page(
        items=[of(row) for row in shown],
        has_next=len(shown) < len(found),
        has_previous=page.after is not None,
        total=total,
    )
