"""Variables before GraphQL coerces them: how many values, and only real text."""

from collections.abc import Mapping
from typing import cast

from graphql import GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import get_variable_values

from graphql_api.errors import ErrorCode
from graphql_api.schema.documents.limits import (
    MAX_ERRORS,
    Complaint,
    complaint_of,
    too_complex,
)


def complaint_about_variables(
    variables: Mapping[str, object], *, limit: int
) -> Complaint | None:
    """What is wrong with the variables of a request; None when nothing is."""
    left: list[object] = [variables]
    seen = -1
    while left:
        value = left.pop()
        seen += 1
        if seen > limit:
            return too_complex(variable_values=(limit, seen))
        if isinstance(value, dict):
            left.extend(cast("dict[str, object]", value).values())
        elif isinstance(value, list):
            left.extend(cast("list[object]", value))
        elif isinstance(value, str) and not is_text(value):
            return _NO_TEXT
    return None


def is_text(value: str) -> bool:
    """Whether a database can store it: no half characters, no zero character."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False


def complaints_about_values(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
) -> list[Complaint]:
    """Why the variables do not fit the operation, at most a few reasons."""
    coerced = get_variable_values(
        schema,
        operation.variable_definitions or (),
        dict(variables),
        max_errors=MAX_ERRORS,
        hide_suggestions=True,
    )
    if not isinstance(coerced, list):
        return []
    return [complaint_of(error, ErrorCode.BAD_USER_INPUT) for error in coerced]


_NO_TEXT = Complaint(
    message="A string holds half a character (an unpaired surrogate) or U+0000.",
    code=ErrorCode.BAD_USER_INPUT,
    extensions={"reason": "INVALID_VARIABLE"},
)
