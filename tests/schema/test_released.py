"""The contract may grow, but must not break who was built on the last release."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DangerousChangeType,
    GraphQLEnumType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
)

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "tests/schema/released.graphql"
# Generated clients match enums and events exhaustively, and fail on one that is new.
CLOSED = {
    DangerousChangeType.VALUE_ADDED_TO_ENUM,
    DangerousChangeType.IMPLEMENTED_INTERFACE_ADDED,
    DangerousChangeType.TYPE_ADDED_TO_UNION,
}
# Changes that may break somebody, each with the reason why it is made all the same.
ACCEPTED: dict[str, str] = {
    "Enum value ErrorCode.IDENTITY_UNAVAILABLE was added.": (
        "It stands in errors of requests, where codes are plain strings, and never in "
        "a problem of a generation, which generated clients match."
    ),
}


def deprecated(released: GraphQLSchema) -> Iterator[str]:
    """How graphql-core tells of the removals that the deprecation policy allows."""
    for name, kind in released.type_map.items():
        members = getattr(kind, "fields", {})
        yield from gone(f"Field {name}.{{}} was removed.", members)
        for field_name, field in members.items():
            arguments = getattr(field, "args", {})
            yield from gone(
                f"Argument {name}.{field_name}({{}}:) was removed.", arguments
            )
        if isinstance(kind, GraphQLEnumType):
            yield from gone(f"Enum value {name}.{{}} was removed.", kind.values)


def gone(sentence: str, members: Mapping[str, Any]) -> Iterator[str]:
    for name, member in members.items():
        if member.deprecation_reason is not None:
            yield sentence.format(name)


def breaks(released: str, now: str) -> list[str]:
    """What clients of the released contract would trip over."""
    before, after = build_schema(released), build_schema(now)
    dangerous = find_dangerous_changes(before, after)
    changes = [
        *find_breaking_changes(before, after),
        *(change for change in dangerous if change.type in CLOSED),
    ]
    allowed = {*deprecated(before), *ACCEPTED}
    return sorted({change.description for change in changes} - allowed)


def test_clients_of_the_last_release_keep_working() -> None:
    found = breaks(RELEASED.read_text("utf-8"), (ROOT / "schema.graphql").read_text())
    assert found == [], (
        f"These break clients of the last release: {found}. Deprecate instead, as "
        "docs/schema.md says, or name the change in ACCEPTED with the reason."
    )


@pytest.mark.parametrize(
    ("released", "now", "found"),
    [
        ("type Query { a: Int }", "type Query { a: Int b: Int }", []),
        (
            "type Query { a: Int b: Int }",
            "type Query { a: Int }",
            ["Field Query.b was removed."],
        ),
        (
            'type Query { a: Int b: Int @deprecated(reason: "Use `a`.") }',
            "type Query { a: Int }",
            [],
        ),
        (
            "type Query { a(x: Int, y: Int @deprecated): Int }",
            "type Query { a(x: Int): Int }",
            [],
        ),
        (
            "type Query { a(x: Int): Int }",
            "type Query { a(x: Int, y: Int!): Int }",
            ["A required argument Query.a(y:) was added."],
        ),
        (
            "type Query { a: E } enum E { X }",
            "type Query { a: E } enum E { X Y }",
            ["Enum value E.Y was added."],
        ),
    ],
)
def test_the_gate_tells_growth_from_breaks(
    released: str, now: str, found: list[str]
) -> None:
    assert breaks(released, now) == found
