"""graphql-transport-ws to the letter of its protocol document."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any, Final, cast

from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnected
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)

from graphql_api.errors import ErrorCode
from graphql_api.schema.context import Context
from graphql_api.schema.documents.trusted import name_document
from graphql_api.schema.leases import ENDED, can_end
from graphql_api.schema.wire.shapes import complaint_about_operation, json_object

_TYPES: Final = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})
_MAX_ID_CHARS: Final = 128
# RFC 6455, section 5.5: 125 bytes, of which the code takes two.
_MAX_REASON_BYTES: Final = 123
# What the protocol closes with when a connection is not allowed.
_FORBIDDEN: Final = 4403
_TOO_MANY: Final = {
    "message": "Too many operations run on this socket; wait until one has ended.",
    "extensions": {"code": ErrorCode.RATE_LIMITED, "retryable": True},
}


class BriefCloses(ASGIWebSocketAdapter):
    """Closes with a reason that fits; a long one kills the stock socket with 1006."""

    async def close(self, code: int, reason: str) -> None:
        """At most as many bytes of UTF-8 as a close frame holds."""
        fitting = reason.encode("utf-8", "replace")[:_MAX_REASON_BYTES]
        await super().close(code, fitting.decode("utf-8", "ignore"))


class StrictSocket(BaseGraphQLTransportWSHandler[Context, None]):
    """Bad messages close with 4400, and a failed operation ends with `error`."""

    _lease: asyncio.Task[None] | None = None

    async def handle_message(self, message: Any) -> None:
        """Refuse a message of a wrong shape; the stock handler crashes on some."""
        received = json_object(message) or {}
        if received.get("type") == "subscribe":
            name_document(received.get("payload"))
        complaint = complaint_about(message)
        if complaint is not None:
            await self.handle_invalid_message(complaint)
            return
        if message.get("payload", ...) is None:
            # Null is as good as nothing; the stock handler wants an object or nothing.
            del message["payload"]
        await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        """A socket whose credentials can end is closed when they do."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and can_end(self.context.caller):
            self._lease = asyncio.create_task(self._close_when_ended())

    async def shutdown(self) -> None:
        """Stop looking at the credentials."""
        if self._lease is not None:
            self._lease.cancel()
            await asyncio.wait([self._lease])
        await super().shutdown()

    async def _close_when_ended(self) -> None:
        await self.context.services.access.ended(self.context.caller)
        await self.websocket.close(code=_FORBIDDEN, reason=ENDED)

    async def send_message(self, message: Any) -> None:
        """Nothing is sent after the close; the stock handler logs a traceback then."""
        with suppress(WebSocketDisconnected):
            await super().send_message(message)

    async def handle_ping(self, message: Any) -> None:
        """Send the payload back, as the protocol allows and clients expect."""
        payload = message.get("payload")
        pong: Any = {"type": "pong"} | ({} if payload is None else {"payload": payload})
        await self.send_message(pong)

    async def handle_subscribe(self, message: Any) -> None:
        """One operation too many is refused with a code; the stock error has none."""
        if self._is_full() and message["id"] not in self.operations:
            refused = {"id": message["id"], "type": "error", "payload": [_TOO_MANY]}
            await self.send_message(cast("Any", refused))
            return
        await super().handle_subscribe(message)

    def _is_full(self) -> bool:
        limit = self.max_subscriptions_per_connection
        full = limit is not None and len(self.operations) >= limit
        return self.connection_acknowledged and full

    async def _send_result_stream(
        self, operation: Operation[Context, None], result_source: Any
    ) -> None:
        """A failed source ends with `error`: clients drop a `next` without data."""
        async with aclosing(_without_failures(operation, result_source)) as results:
            await super()._send_result_stream(operation, results)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """A bad document ends its own operation, not the other ones on the socket."""
        del error
        return None


async def _without_failures(
    operation: Operation[Context, None], result_source: AsyncGenerator[Any, None]
) -> AsyncGenerator[Any, None]:
    async for result in result_source:
        if result.errors and result.data is None:
            await operation.send_initial_errors(result.errors)
            return
        yield result


def complaint_about(received: object) -> str | None:
    """What is wrong with a client's message; None when nothing is."""
    message = json_object(received)
    if message is None:
        return "A message must be an object."
    kind, payload = message.get("type"), message.get("payload")
    if not isinstance(kind, str) or kind not in _TYPES:
        return "Unknown message type."
    if kind in {"subscribe", "complete"}:
        identifier = message.get("id")
        if not isinstance(identifier, str) or not 0 < len(identifier) <= _MAX_ID_CHARS:
            return "id must be a non-empty string."
    if kind == "subscribe":
        return complaint_about_operation(json_object(payload) or {})
    if kind != "complete" and not isinstance(payload, dict | None):
        return "payload must be an object."
    return None
