"""From the bytes of a request to one operation, or to the reason why not."""

import json
from typing import Final

from cross_web import HTTPException
from strawberry.http import GraphQLRequestData, GraphQLRequestProtocol

from graphql_api.schema.documents.trusted import name_document
from graphql_api.schema.wire.negotiation import JSON
from graphql_api.schema.wire.shapes import complaint_about_operation, json_object

_UTF_8: Final = frozenset({"", "utf-8", "utf8"})


def decoded(data: str | bytes) -> object:
    """The JSON value; NaN, deep nesting and huge integers are bad JSON, not a crash.

    Raises:
        JSONDecodeError: It is none.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError:
        raise
    except (RecursionError, ValueError) as error:
        raise json.JSONDecodeError(type(error).__name__, "", 0) from None


def require_json(content_type: str | None) -> None:
    """Refuse what is not JSON in UTF-8, compared as a whole and not as a substring.

    Raises:
        HTTPException: 415.
    """
    media_type, *parameters = (content_type or "").lower().split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    named = {name.strip(): value.strip(' "') for name, _, value in pairs}
    if media_type.strip() != JSON or named.get("charset", "") not in _UTF_8:
        raise HTTPException(415, "The Content-Type must be application/json in UTF-8.")


def request_data(body: object, protocol: GraphQLRequestProtocol) -> GraphQLRequestData:
    """The operation in a body or query string; batches are not served.

    Raises:
        HTTPException: 400, for a wrong shape.
    """
    data = json_object(body)
    if data is None:
        raise HTTPException(400, "The body must be a JSON object.")
    name_document(data)
    if (complaint := complaint_about_operation(data)) is not None:
        raise HTTPException(400, complaint)
    return GraphQLRequestData(
        query=data["query"],
        variables=data.get("variables"),
        operation_name=data.get("operationName"),
        extensions=data.get("extensions"),
        protocol=protocol,
    )


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON.")
