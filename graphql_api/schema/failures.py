"""Turns every error into a GraphQL error with a stable `extensions.code`.

Errors raised on purpose keep their message. Anything else is a bug: the client sees a
masked message with a request id, and the log gets the traceback once under that id.
Documents are never logged: they hold what people wrote.
"""

import logging
from collections.abc import Iterator
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError

from graphql_api.errors import ErrorCode, SidekickError, report_bug
from graphql_api.schema.extensions import extensions_of

_NO_OPERATION: Final = "operationName is missing or unknown."
_MAX_MESSAGE_CHARS: Final = 500
"""Messages of GraphQL quote what was sent, in full."""

_log = logging.getLogger(__name__)


class ErrorCodes(SchemaExtension):
    """Gives every error of a result its code, and masks bugs."""

    def on_operation(self) -> Iterator[None]:
        """Handle the result of an operation that does not stream."""
        self._streamed = False
        yield
        if not self._streamed:
            _encode(self.execution_context.result)

    def on_validate(self) -> Iterator[None]:
        """Tell the errors of the document from those of its variables."""
        yield
        for error in self.execution_context.pre_execution_errors or ():
            code = ErrorCode.GRAPHQL_VALIDATION_FAILED
            error.extensions = {"code": code} | (error.extensions or {})

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Handle each result of a subscription before it is sent."""
        self._streamed = True
        _encode(result)
        yield


def _encode(result: Any) -> None:
    if errors := getattr(result, "errors", None):
        result.errors = [encoded(error) for error in errors]


def encoded(error: GraphQLError) -> GraphQLError:
    """The error with its code; a bug is logged and masked."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, SidekickError):
        return _with(error, extensions_of(cause), cause.message)
    if cause is None or isinstance(cause, GraphQLError):
        return _with(error, _specified(error), error.message)
    if isinstance(cause, CannotGetOperationTypeError):
        extensions = {"code": ErrorCode.OPERATION_RESOLUTION_FAILURE}
        return _with(error, extensions, _NO_OPERATION)
    masked = report_bug(_log, "operation.crashed", cause)
    return _with(error, extensions_of(masked), masked.message)


def _specified(error: GraphQLError) -> dict[str, Any]:
    """Extensions of an error that GraphQL itself found."""
    if error.extensions and error.extensions.get("code") in set(ErrorCode):
        return error.extensions
    if isinstance(error, GraphQLSyntaxError):
        return {"code": ErrorCode.GRAPHQL_PARSE_FAILED}
    if error.path is None:
        return {"code": ErrorCode.BAD_USER_INPUT, "reason": "INVALID_VARIABLE"}
    return {"code": ErrorCode.INTERNAL_SERVER_ERROR}


def _with(
    error: GraphQLError, extensions: dict[str, Any], message: str
) -> GraphQLError:
    # Without the nodes, which hold the whole document: only where they stand is sent.
    coded = GraphQLError(
        message[:_MAX_MESSAGE_CHARS], path=error.path, extensions=extensions
    )
    coded.locations = error.locations
    return coded
