"""The HTTP and WebSocket endpoint: Strawberry's router with what it lacks.

Each method says in its first line what it corrects. The version of Strawberry is
pinned, since a few of these are hooks that it does not promise.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, cast

from cross_web import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from strawberry.exceptions import MissingQueryError
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLRequestData, GraphQLRequestProtocol
from strawberry.http.streaming import HTTPStreamTransport, SSETransport
from strawberry.schema import BaseSchema
from strawberry.schema.exceptions import (
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET

from graphql_api.errors import ErrorCode
from graphql_api.schema.context import Context, Services
from graphql_api.schema.shapes import complaint_about_operation, json_object
from graphql_api.schema.sockets import StrictSocket

MAX_BODY_BYTES: Final = 256_000
MAX_FRAME_BYTES: Final = 64_000
_INIT_TIMEOUT: Final = timedelta(seconds=3)
_MAX_SUBSCRIPTIONS: Final = 10
_ALLOWED: Final = {
    "GET": (OperationType.QUERY,),
    "POST": (OperationType.QUERY, OperationType.MUTATION),
}
_NOT_ALLOWED: Final = (
    "Mutations need POST. Subscriptions need POST with Accept: text/event-stream "
    "or multipart/mixed;subscriptionSpec=1.0, or a WebSocket."
)
_PROTOCOLS: Final = (
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    GRAPHQL_SSE_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)


class LineFeedEvents(SSETransport):
    """Ends lines with LF: common clients split frames on a double LF only."""

    def encode_event(self, event: str, data: str | None = None) -> str:
        """One event; JSON never holds a raw line end."""
        return f"event: {event}\ndata: {data or ''}\n\n"

    def encode_comment(self, comment: str) -> str:
        """One comment, which keeps the connection open."""
        return f": {comment}\n\n"


class Endpoint(GraphQLRouter[Context, None]):
    """`/graphql` over HTTP, SSE, multipart and graphql-transport-ws."""

    graphql_transport_ws_handler_class = StrictSocket
    stream_transport_classes_by_protocol: Mapping[str, type[HTTPStreamTransport]] = {
        **GraphQLRouter.stream_transport_classes_by_protocol,
        GRAPHQL_SSE_PROTOCOL: LineFeedEvents,
    }

    def __init__(
        self,
        schema: BaseSchema,
        services: Callable[[], Services],
        *,
        origins: Sequence[str],
    ) -> None:
        """Serve the schema at `/graphql`."""

        async def context() -> Context:
            return Context(services())

        super().__init__(
            schema,
            path="/graphql",
            graphql_ide=None,
            context_getter=context,
            subscription_protocols=_PROTOCOLS,
            connection_init_wait_timeout=_INIT_TIMEOUT,
            max_subscriptions_per_connection=_MAX_SUBSCRIPTIONS,
            allowed_origins=tuple(origins),
        )

    async def get_sub_response(self, request: Request) -> Response:
        """A response a request: the stock one is shared between requests."""
        del request
        response = Response()
        # Its headers are added to those of the answer, which has its own length.
        del response.headers["content-length"]
        return response

    async def run(
        self, request: Any, context: Any = UNSET, root_value: Any = UNSET
    ) -> Any:
        """HTTP errors as GraphQL JSON with a code, not as plain text."""
        try:
            return await cast("Any", super()).run(request, context, root_value)
        except HTTPException as error:
            return _failure(error.status_code, error.reason)
        except ClientDisconnect:
            # Nobody reads this, but a traceback in the log would be read.
            return _failure(400, "The client left.")

    def decode_json(self, data: str | bytes) -> object:
        """Deep nesting, huge integers and bad UTF-8 are bad JSON, not a crash."""
        try:
            return json.loads(data, parse_constant=_refuse_constant)
        except json.JSONDecodeError:
            raise
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError(type(error).__name__, "", 0) from None

    async def execute_single(
        self,
        request: Request,
        request_adapter: Any,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> Any:
        """A subscription needs a stream; the stock view crashes on one without."""
        try:
            return await self.schema.execute(
                request_data.query,
                root_value=root_value,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=_ALLOWED[request_adapter.method],
            )
        except InvalidOperationTypeError as error:
            raise HTTPException(405, _NOT_ALLOWED) from error
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, "operationName is missing or unknown.") from error
        except MissingQueryError as error:
            raise HTTPException(400, "query is empty.") from error

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """Only JSON objects, tested exactly; no batches; subscriptions by POST."""
        transport = self._get_stream_transport_from_headers(request.headers)
        if request.method == "GET":
            if transport is not None:
                raise HTTPException(405, "Subscriptions need POST.")
            return _request_data(self.parse_query_params(request.query_params), "http")
        content_type = (request.content_type or "").split(";")[0].strip().lower()
        if content_type != "application/json":
            raise HTTPException(415, "The Content-Type must be application/json.")
        body = self.parse_json(await request.get_body())
        return _request_data(body, transport.protocol if transport else "http")


def _request_data(body: object, protocol: GraphQLRequestProtocol) -> GraphQLRequestData:
    data = json_object(body)
    if data is None:
        raise HTTPException(400, "The body must be a JSON object.")
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


def _failure(status: int, message: str) -> Response:
    error = {"message": message, "extensions": {"code": ErrorCode.BAD_REQUEST}}
    return JSONResponse({"errors": [error]}, status_code=status)
