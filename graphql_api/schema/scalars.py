"""Scalars of the contract: exact decimals and instants."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition


def decimal_text(value: Decimal) -> str:
    """Plain digits without an exponent and without trailing zeros."""
    return f"{value.normalize():f}"


def _decimal(value: object) -> Decimal:
    try:
        parsed = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        parsed = Decimal("NaN")
    if not parsed.is_finite():
        raise GraphQLError("A Decimal is an exact number written as a string.")
    return parsed


def instant_text(value: datetime) -> str:
    """RFC 3339, in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _instant(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise GraphQLError(
            "A DateTime is an RFC 3339 instant with an offset, written as a string."
        )
    return parsed


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description="Exact decimal number written as a string, for example "
        '`"0.000123"`. Never a float, so sums of many small prices stay exact.',
        serialize=decimal_text,
        parse_value=_decimal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant in time, RFC 3339 with offset, for example "
        "`2026-11-22T17:45:00Z`.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=instant_text,
        parse_value=_instant,
    ),
}
