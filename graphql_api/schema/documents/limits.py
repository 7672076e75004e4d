"""Compares what a request holds with what is allowed, and says both numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import GraphQLError
from graphql.language import SourceLocation

from graphql_api.errors import ErrorCode, SidekickError
from graphql_api.schema.documents.measure import Measures, Sums
from graphql_api.schema.extensions import extensions_of
from graphql_api.settings import DocumentLimits

MAX_ERRORS: Final = 5
_MAX_MESSAGE_CHARS: Final = 500
_MOST: Final = 1_000_000_000
"""Largest number that is reported: fragments multiply beyond what JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why a document is not run; holds none of its nodes, so it can be kept."""

    message: str
    code: ErrorCode
    locations: tuple[SourceLocation, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def error(self) -> GraphQLError:
        """A new error that says so."""
        extensions = {"code": self.code, "retryable": False, **self.extensions}
        error = GraphQLError(self.message[:_MAX_MESSAGE_CHARS], extensions=extensions)
        error.locations = list(self.locations) or None
        return error


def complaint_about(error: SidekickError) -> Complaint:
    """An error raised on purpose, as a reason not to run a document."""
    return Complaint(
        message=error.message, code=error.code, extensions=extensions_of(error)
    )


def complaint_of(error: GraphQLError, code: ErrorCode) -> Complaint:
    """What GraphQL itself complains about, without the document."""
    return Complaint(
        message=error.message[:_MAX_MESSAGE_CHARS],
        code=code,
        locations=tuple(error.locations or ()),
    )


def too_complex(**over: tuple[float, float]) -> Complaint:
    """The limits that were passed, each with its number and the document's."""
    limits = {
        _camel(name): {"limit": int(limit), "actual": min(round(actual), _MOST)}
        for name, (limit, actual) in over.items()
    }
    said = ", ".join(
        f"{name} {found['actual']} of {found['limit']}"
        for name, found in limits.items()
    )
    return Complaint(
        message=f"The request is over a limit: {said}.",
        code=ErrorCode.QUERY_TOO_COMPLEX,
        extensions={"limits": limits},
    )


def over_limits(measures: Measures, limits: DocumentLimits) -> Complaint | None:
    """The limits that the document passes, whatever its variables."""
    if measures.nested_too_deep:
        return too_complex(depth=(limits.depth, limits.depth + 1))
    over = dict(_passed(measures, limits))
    return too_complex(**over) if over else None


def over_price(sums: Sums, limits: DocumentLimits) -> Complaint | None:
    """The limits that one operation passes with its variables."""
    price = sums.total()
    numbers = {
        "cost": (limits.cost, price.points),
        "values": (limits.values, price.values),
    }
    over = {name: pair for name, pair in numbers.items() if pair[1] > pair[0]}
    return too_complex(**over) if over else None


def _passed(
    measures: Measures, limits: DocumentLimits
) -> Iterator[tuple[str, tuple[int, int]]]:
    each = tuple(measures.operations.values())
    parts = (*each, measures.spare)
    numbers = {
        "depth": (limits.depth, max(part.depth for part in parts)),
        "fields": (limits.fields, sum(part.fields for part in parts)),
        "pairs": (limits.pairs, sum(part.pairs for part in parts)),
        "aliases": (limits.aliases, sum(part.aliases for part in parts)),
        "directives": (limits.directives, sum(part.directives for part in parts)),
        "root_fields": (limits.root_fields, max(part.width for part in parts)),
        "fragments": (limits.fragments, measures.fragments),
        "operations": (limits.operations, len(each)),
        "paid_mutations": (1, max((part.paid for part in each), default=0)),
    }
    return ((name, pair) for name, pair in numbers.items() if pair[1] > pair[0])


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
