"""Relay cursor connections: over short lists that are wholly known, and stored ones."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import strawberry

from graphql_api.domain import conversations
from graphql_api.domain.models import Assistant as DomainAssistant
from graphql_api.errors import BadInput
from graphql_api.schema.directives import Weight
from graphql_api.schema.models import Assistant
from graphql_api.services.paging import checked_count


class _Identified(Protocol):
    id: strawberry.ID


_T = TypeVar("_T")
_Stored = TypeVar("_Stored")
_Node = TypeVar("_Node", bound=_Identified)


@strawberry.type(
    description="Position of a page in a connection (Relay cursor connections "
    "specification)."
)
class PageInfo:
    """Where a page lies."""

    has_next_page: bool = strawberry.field(
        description="Whether more items follow this page."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether items precede this page."
    )
    start_cursor: str | None = strawberry.field(description="Cursor of the first item.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last item.")


@strawberry.type(description="Item in a page.")
class Edge(Generic[_T]):
    """An item with its cursor."""

    cursor: str = strawberry.field(description="Position of the item.")
    node: _T = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[_T]):
    """A page of items; named after them in the contract."""

    edges: list[Edge[_T]] = strawberry.field(description="Items with their cursors.")
    nodes: list[_T] = strawberry.field(description="Items.")
    page_info: PageInfo = strawberry.field(description="Position of the page.")
    total_count: int = strawberry.field(
        description="Number of items in all pages.", directives=[Weight(weight=5)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArguments:
    """The four arguments of a connection."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """A slice of a list; ``start`` is the index of its first item."""

    items: Sequence[_T]
    start: int
    total: int

    def info(self) -> PageInfo:
        """Position of the page."""
        end = self.start + len(self.items)
        return PageInfo(
            has_next_page=end < self.total,
            has_previous_page=self.start > 0,
            start_cursor=_cursor(self.start) if self.items else None,
            end_cursor=_cursor(end - 1) if self.items else None,
        )


def page(items: Sequence[_T], arguments: PageArguments) -> Page[_T]:
    """Slice a list as the Relay specification says.

    Raises:
        BadInput: A number is out of range or a cursor is not one of ours.
    """
    first = checked_count(arguments.first, "first")
    last = checked_count(arguments.last, "last")
    start, end = 0, len(items)
    if arguments.after is not None:
        start = min(_index(arguments.after, "after") + 1, end)
    if arguments.before is not None:
        end = max(start, min(_index(arguments.before, "before"), end))
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    return Page(items[start:end], start, len(items))


def assistant_connection(
    assistants: Sequence[DomainAssistant], arguments: PageArguments
) -> Connection[Assistant]:
    """One page of assistants.

    Raises:
        BadInput: A number is out of range or a cursor is not one of ours.
    """
    found = page(assistants, arguments)
    nodes = [Assistant.of(assistant) for assistant in found.items]
    return Connection(
        edges=[
            Edge(cursor=_cursor(found.start + index), node=node)
            for index, node in enumerate(nodes)
        ],
        nodes=nodes,
        page_info=found.info(),
        total_count=found.total,
    )


def stored_connection(
    found: conversations.Page[_Stored], of: Callable[[_Stored], _Node]
) -> Connection[_Node]:
    """One page of what is stored, drawn by `of`; its cursors are identifiers."""
    nodes = [of(item) for item in found.items]
    ids = [node.id for node in nodes]
    return Connection(
        edges=[Edge(cursor=node.id, node=node) for node in nodes],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=found.has_next,
            has_previous_page=found.has_previous,
            start_cursor=ids[0] if ids else None,
            end_cursor=ids[-1] if ids else None,
        ),
        total_count=found.total,
    )


def _cursor(index: int) -> str:
    return base64.urlsafe_b64encode(f"i{index}".encode()).decode()


def _index(cursor: str, field: str) -> int:
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    digits = text.removeprefix("i")
    if not (text.startswith("i") and digits.isascii() and digits.isdigit()):
        msg = f"{field} is not a cursor of this list."
        raise BadInput(msg, reason="UNKNOWN_CURSOR", field=field)
    return int(digits[:9])
