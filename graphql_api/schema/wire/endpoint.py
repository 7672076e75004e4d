"""The HTTP and WebSocket endpoint: Strawberry's router with what it lacks.

Each method says in its first line what it corrects.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, cast

from cross_web import HTTPException
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from strawberry.exceptions import ConnectionRejectionError, MissingQueryError
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLRequestData
from strawberry.http.streaming import HTTPStreamTransport
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
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from graphql_api.errors import report_bug
from graphql_api.schema.context import Context, Services
from graphql_api.schema.cookies import Cookies
from graphql_api.schema.failures import encoded
from graphql_api.schema.wire import answers, requests
from graphql_api.schema.wire.credentials import introduce, introduced
from graphql_api.schema.wire.events import LineFeedEvents
from graphql_api.schema.wire.multipart import WholeMultipart, opened
from graphql_api.schema.wire.negotiation import JSON, accepted, wants_page
from graphql_api.schema.wire.sockets import BriefCloses, StrictSocket

PATH: Final = "/graphql"
MAX_BODY_BYTES: Final = 256_000
MAX_FRAME_BYTES: Final = 64_000
_INIT_TIMEOUT: Final = timedelta(seconds=3)
_MAX_SUBSCRIPTIONS: Final = 10
_ALLOWED: Final = {
    "GET": (OperationType.QUERY,),
    "POST": (OperationType.QUERY, OperationType.MUTATION),
}
_OTHER_METHODS: Final = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_NOT_BY_GET: Final = "Mutations and subscriptions need POST."
_NO_STREAM: Final = (
    "Subscriptions need Accept: text/event-stream or "
    "multipart/mixed;subscriptionSpec=1.0, or a WebSocket."
)
_NO_FORM: Final = (
    "Accept application/graphql-response+json, application/json, text/event-stream "
    "or multipart/mixed;subscriptionSpec=1.0."
)
_PROTOCOLS: Final = (
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    GRAPHQL_SSE_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)
Page = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger(__name__)


class Endpoint(GraphQLRouter[Context, None]):
    """`/graphql` over HTTP, SSE, multipart and graphql-transport-ws."""

    graphql_transport_ws_handler_class = StrictSocket
    # Strawberry ignores the same complaint about its own adapter.
    websocket_adapter_class = BriefCloses  # ty: ignore[invalid-assignment]
    stream_transport_classes_by_protocol: Mapping[str, type[HTTPStreamTransport]] = {
        GRAPHQL_SSE_PROTOCOL: LineFeedEvents,
        MULTIPART_SUBSCRIPTION_PROTOCOL: WholeMultipart,
    }

    def __init__(
        self,
        schema: BaseSchema,
        services: Callable[[], Services],
        *,
        origins: Sequence[str],
        cookies: Cookies | None = None,
        page: Page | None = None,
    ) -> None:
        """Serve the schema at `/graphql`, and the page to browsers that open it."""

        async def context(connection: HTTPConnection) -> Context:
            return await introduced(services(), connection, cookies)

        super().__init__(
            schema,
            path=PATH,
            # Only says that there is a page; `render_graphql_ide` gives it.
            graphql_ide=None if page is None else "graphiql",
            context_getter=context,
            subscription_protocols=_PROTOCOLS,
            connection_init_wait_timeout=_INIT_TIMEOUT,
            max_subscriptions_per_connection=_MAX_SUBSCRIPTIONS,
            allowed_origins=tuple(origins),
        )
        self._page = page
        self.add_api_route(PATH, _refuse_method, methods=list(_OTHER_METHODS))

    def should_render_graphql_ide(self, request: Any) -> bool:
        """A page for who names HTML; the stock view takes `*/*` for a browser."""
        asks = request.method == "GET" and "query" not in request.query_params
        return self._page is not None and asks and wants_page(request.headers)

    async def render_graphql_ide(self, request: Request) -> Any:
        """Our own page; the stock ones load theirs from another host."""
        if self._page is None:
            raise HTTPException(404, "There is no page here.")
        return await self._page(request)

    async def get_sub_response(self, request: Request) -> Response:
        """A response a request: the stock one is shared between requests."""
        return Response(media_type=_media_type(request))

    async def run(
        self, request: Any, context: Any = UNSET, root_value: Any = UNSET
    ) -> Any:
        """HTTP errors and bugs as GraphQL JSON with a code, not as plain text."""
        run = cast("Any", super()).run(request, context, root_value)
        if self.is_websocket_request(request):
            return await run
        if context.refused is not None:
            run.close()
            return answers.refusal(context.refused, _media_type(request))
        try:
            return await run
        except HTTPException as error:
            return _failure(request, error)
        except ClientDisconnect:
            # Nobody reads this, but a traceback in the log would be read.
            return answers.failure(400, "The client left.", JSON)
        except Exception as error:  # noqa: BLE001 the edge: whatever it is, mask it
            masked = report_bug(_log, "request.crashed", error)
            return answers.crash(masked, _media_type(request))

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Credentials may come with the socket's first message, too."""
        given: dict[str, object] = context.connection_params or {}
        await introduce(context, given.get("Authorization", given.get("authorization")))
        if context.refused is not None:
            raise ConnectionRejectionError
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """Deep nesting, huge integers and bad UTF-8 are bad JSON, not a crash."""
        return requests.decoded(data)

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """Only JSON objects, tested exactly; no batches; streams by POST."""
        forms = accepted(request.headers)
        if forms.json is None and forms.stream is None:
            raise HTTPException(406, _NO_FORM)
        if request.method == "GET":
            if forms.json is None:
                raise HTTPException(405, _NOT_BY_GET)
            parameters = self.parse_query_params(request.query_params)
            return requests.request_data(parameters, "http")
        requests.require_json(request.content_type)
        body = self.parse_json(await request.get_body())
        return requests.request_data(body, forms.stream or "http")

    async def execute_operation(
        self,
        request: Request,
        request_adapter: Any,
        request_data: Any,
        context: Context,
        root_value: None,
        sub_response: Response,
    ) -> Any:
        """JSON for what ends at once, a stream for what does not.

        The stock view streams whatever lists a stream in its Accept header.
        """
        run = (request, request_adapter, request_data, context, root_value)
        if accepted(request.headers).json is not None:
            try:
                return await self._execute_at_once(
                    request_adapter, request_data, context
                )
            except InvalidOperationTypeError as error:
                if request.method == "GET":
                    raise HTTPException(405, _NOT_BY_GET) from error
                if request_data.protocol == "http":
                    raise HTTPException(406, _NO_STREAM) from error
        return await super().execute_operation(*run, sub_response)

    async def _execute_at_once(
        self, request_adapter: Any, request_data: GraphQLRequestData, context: Context
    ) -> Any:
        try:
            return await self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=_ALLOWED[request_adapter.method],
                operation_extensions=request_data.extensions,
            )
        except CannotGetOperationTypeError as error:
            failed = GraphQLError(str(error), original_error=error)
            return ExecutionResult(data=None, errors=[encoded(failed)])
        except MissingQueryError as error:
            raise HTTPException(400, "query is empty.") from error

    async def process_result(self, request: Request, result: Any) -> Any:
        """An operation that never ran has no `data`, not one that is null."""
        return answers.payload(result)

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """The media type that was asked for, and the status that belongs to it."""
        return answers.answer(response_data, sub_response.media_type or JSON)

    async def create_streaming_response(
        self,
        request: Request,
        stream: Any,
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Any:
        """A multipart stream begins with its boundary."""
        return StreamingResponse(opened(stream, headers)(), headers=headers)


async def _refuse_method(request: Request) -> Response:
    """Other methods get GraphQL JSON too, and the methods there are."""
    message = f"{request.method} is not served here; use POST, or GET for a query."
    return _failure(request, HTTPException(405, message))


def _failure(request: Request, error: HTTPException) -> Response:
    response = answers.failure(error.status_code, error.reason, _media_type(request))
    if error.status_code == 405:  # noqa: PLR2004 a status is its own best name
        response.headers["allow"] = "POST" if request.method == "GET" else "GET, POST"
    return response


def _media_type(request: Request) -> str:
    return accepted(request.headers).json or JSON
