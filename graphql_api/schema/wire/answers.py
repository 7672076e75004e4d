"""From a result to a status, a media type and a body, as GraphQL over HTTP says.

A request that never ran has no `data`; its status tells so to clients that ask for
`application/graphql-response+json`. For `application/json` every well-formed request
is answered with 200, because older clients take any other status for a dead server;
but who may not ask, or not now, gets the status that HTTP has for it.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response
from strawberry.http import GraphQLHTTPResponse, process_result

from graphql_api.errors import ErrorCode, SidekickError
from graphql_api.schema.extensions import extensions_of
from graphql_api.schema.wire.negotiation import GRAPHQL_JSON

_HEADERS: Final = {"cache-control": "no-store", "vary": "accept"}
_NONE: Final[Mapping[str, str]] = {}


def payload(result: Any) -> GraphQLHTTPResponse:
    """The result as JSON; without `data` when the operation never ran."""
    response = process_result(result)
    never_ran = result.data is None and all(
        error.path is None for error in result.errors or ()
    )
    if never_ran and result.errors:
        del response["data"]
    return response


def answer(response: GraphQLHTTPResponse, media_type: str) -> Response:
    """The whole answer to an operation that does not stream."""
    never_ran = "data" not in response
    refused = _refusal(response) if never_ran else None
    if refused is not None:
        status, headers = refused
        return _response(response, status, media_type, headers)
    status = _status(response) if never_ran and media_type == GRAPHQL_JSON else 200
    return _response(response, status, media_type)


def refusal(error: SidekickError, media_type: str) -> Response:
    """An answer to a request that came with credentials of no use."""
    errors: list[object] = [
        {"message": error.message, "extensions": extensions_of(error)}
    ]
    response: GraphQLHTTPResponse = {"errors": errors}
    status, headers = _refusal(response) or (500, _NONE)
    return _response(response, status, media_type, headers)


def failure(status: int, message: str, media_type: str) -> Response:
    """An answer to a request in which there was no operation to run."""
    extensions = {"code": ErrorCode.BAD_REQUEST, "retryable": False}
    return _errors(message, extensions, status, media_type)


def crash(masked: SidekickError, media_type: str) -> Response:
    """An answer to a request that met a bug."""
    return _errors(masked.message, extensions_of(masked), 500, media_type)


def _refusal(response: GraphQLHTTPResponse) -> tuple[int, Mapping[str, str]] | None:
    """Status and headers of a request that this caller may not make, or not now."""
    errors: list[Any] = response.get("errors") or []
    extensions: dict[str, Any] = errors[0].get("extensions", {}) if errors else {}
    match extensions.get("code"):
        case ErrorCode.UNAUTHENTICATED:
            return 401, {"www-authenticate": 'Bearer realm="sidekick"'}
        case ErrorCode.FORBIDDEN:
            return 403, {}
        case ErrorCode.RATE_LIMITED:
            return 429, _retry_after(extensions)
        case ErrorCode.IDENTITY_UNAVAILABLE:
            return 503, _retry_after(extensions)
        case _:
            return None


def _retry_after(extensions: Mapping[str, Any]) -> Mapping[str, str]:
    wait_ms = extensions.get("retryAfterMs", 1_000)
    return {"retry-after": str(math.ceil(wait_ms / 1_000))}


def _status(response: GraphQLHTTPResponse) -> int:
    errors: list[Any] = response.get("errors") or []
    codes = {error.get("extensions", {}).get("code") for error in errors}
    return 500 if ErrorCode.INTERNAL_SERVER_ERROR in codes else 400


def _errors(
    message: str, extensions: Mapping[str, object], status: int, media_type: str
) -> Response:
    error = {"message": message, "extensions": extensions}
    return _response({"errors": [error]}, status, media_type)


def _response(
    body: object, status: int, media_type: str, headers: Mapping[str, str] = _NONE
) -> Response:
    text = json.dumps(body, separators=(",", ":"))
    content_type = f"{media_type}; charset=utf-8"
    return Response(text, status, {**_HEADERS, **headers, "content-type": content_type})
