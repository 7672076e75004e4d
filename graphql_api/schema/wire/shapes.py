"""Shapes of what clients send, checked before anything else touches it."""

from typing import Any, Final, cast

_MEMBERS: Final = {
    "query": (str, "a string"),
    "operationName": (str, "a string"),
    "variables": (dict, "an object"),
    "extensions": (dict, "an object"),
}


def json_object(value: object) -> dict[str, Any] | None:
    """The value if it is a JSON object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def complaint_about_operation(operation: dict[str, Any]) -> str | None:
    """What is wrong with the members of a GraphQL request; None when nothing is."""
    if not operation.get("query"):
        return "query is missing."
    for name, (shape, wanted) in _MEMBERS.items():
        if not isinstance(operation.get(name), shape | None):
            return f"{name} must be {wanted}."
    return None
