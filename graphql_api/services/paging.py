"""How many items a page may have."""

from typing import Final

from graphql_api.domain.conversations import PageRequest
from graphql_api.errors import BadInput

MAX_PAGE: Final = 100


def checked_page(page: PageRequest) -> PageRequest:
    """The page if it can be cut.

    Raises:
        BadInput: A number is out of range, or both are given.
    """
    checked_count(page.first, "first")
    checked_count(page.last, "last")
    if page.first is not None and page.last is not None:
        msg = "Give first or last, not both."
        raise BadInput(msg, reason="CONTRADICTION", field="last")
    return page


def checked_count(count: int | None, field: str) -> int | None:
    """The number of items wanted if a page may have so many.

    Raises:
        BadInput: It is out of range.
    """
    if count is not None and not 0 <= count <= MAX_PAGE:
        msg = f"{field} is {count}; it must be from 0 to {MAX_PAGE}."
        raise BadInput(msg, reason="OUT_OF_RANGE", field=field)
    return count
