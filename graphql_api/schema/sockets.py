"""graphql-transport-ws to the letter of its protocol document."""

from contextlib import aclosing
from typing import Any, Final

from graphql import GraphQLError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)

from graphql_api.schema.context import Context

_TYPES: Final = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})
_MAX_ID_CHARS: Final = 128


class StrictSocket(BaseGraphQLTransportWSHandler[Context, None]):
    """Bad messages close with 4400, and a failed operation ends with `error`."""

    async def handle_message(self, message: Any) -> None:
        """Refuse a message of a wrong shape; the stock handler crashes on some."""
        complaint = complaint_about(message)
        if complaint is not None:
            await self.handle_invalid_message(complaint)
            return
        if message["type"] == "connection_init" and message.get("payload") is None:
            message = {"type": "connection_init"}
        await super().handle_message(message)

    async def handle_ping(self, message: Any) -> None:
        """Send the payload back, as the protocol allows and clients expect."""
        payload = message.get("payload")
        pong: Any = {"type": "pong"} | ({} if payload is None else {"payload": payload})
        await self.send_message(pong)

    async def _send_result_stream(
        self, operation: Operation[Context, None], result_source: Any
    ) -> None:
        """A failed source ends with `error`: clients drop a `next` without data."""

        async def results() -> Any:
            async for result in result_source:
                if result.errors and result.data is None:
                    await operation.send_initial_errors(result.errors)
                    return
                yield result

        async with aclosing(results()) as source:
            await super()._send_result_stream(operation, source)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        """A bad document ends its own operation, not the other ones on the socket."""
        del error
        return None


def complaint_about(message: Any) -> str | None:
    """What is wrong with a client's message; None when nothing is."""
    if not isinstance(message, dict):
        return "A message must be an object."
    kind, payload = message.get("type"), message.get("payload")
    if kind not in _TYPES:
        return "Unknown message type."
    if kind in {"subscribe", "complete"}:
        identifier = message.get("id")
        if not isinstance(identifier, str) or not 0 < len(identifier) <= _MAX_ID_CHARS:
            return "id must be a non-empty string."
    if kind == "subscribe":
        return _complaint_about_operation(payload)
    if kind != "complete" and not isinstance(payload, dict | None):
        return "payload must be an object."
    return None


def _complaint_about_operation(payload: Any) -> str | None:
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        return "payload.query must be a string."
    if not isinstance(payload.get("operationName"), str | None):
        return "payload.operationName must be a string."
    for name in ("variables", "extensions"):
        if not isinstance(payload.get(name), dict | None):
            return f"payload.{name} must be an object."
    return None
