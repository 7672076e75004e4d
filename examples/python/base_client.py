"""What the generated client stands on: httpx, subscriptions as server-sent events."""

from collections.abc import AsyncIterator
from typing import Any, Self

import httpx
from pydantic_core import to_jsonable_python

from .base_model import UNSET

BROKE_OFF = "BROKE_OFF"
"""Code of our own: the network failed, or a stream ended before it was complete."""


class SidekickError(Exception):
    """The API said no; `code` is one of the contract's `ErrorCode` or BROKE_OFF."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        extensions = error.get("extensions") or {}
        self.code: str = extensions.get("code", BROKE_OFF)
        self.retry_after_ms: int | None = extensions.get("retryAfterMs")


class BaseClient:
    """Queries and mutations as JSON; subscriptions by POST as GraphQL over SSE."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        timeout = httpx.Timeout(120, connect=5)
        self._url = url
        self._http = httpx.AsyncClient(headers=headers, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    def _request(self, accept: str, body: dict[str, Any]) -> httpx.Request:
        given = {k: v for k, v in body["variables"].items() if v is not UNSET}
        body = {**body, "variables": to_jsonable_python(given, by_alias=True)}
        headers = {"accept": accept}
        return self._http.build_request("POST", self._url, json=body, headers=headers)

    async def execute(
        self, query: str, operation_name: str, variables: dict[str, Any]
    ) -> httpx.Response:
        """Send a query or a mutation."""
        body = {"query": query, "operationName": operation_name, "variables": variables}
        try:
            return await self._http.send(self._request("application/json", body))
        except httpx.TransportError as error:
            raise SidekickError({"message": repr(error)}) from error

    def get_data(self, response: httpx.Response) -> dict[str, Any]:
        """The data of an answer; its first error is raised."""
        body: dict[str, Any]
        try:
            body = response.json()
        except ValueError:
            message = f"HTTP {response.status_code}, and no JSON"
            raise SidekickError({"message": message}) from None
        if body.get("errors"):
            raise SidekickError(body["errors"][0])
        return body["data"]

    async def execute_ws(
        self, query: str, operation_name: str, variables: dict[str, Any]
    ) -> AsyncIterator[dict[str, Any]]:
        """Send a subscription; give the data of its events up to the last one."""
        body = {"query": query, "operationName": operation_name, "variables": variables}
        request = self._request("text/event-stream", body)
        try:
            response = await self._http.send(request, stream=True)
            async for data in self._events(response):
                yield data
        except httpx.TransportError as error:
            raise SidekickError({"message": repr(error)}) from error

    async def _events(self, response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
        try:
            if not response.headers["content-type"].startswith("text/event-stream"):
                await response.aread()
                self.get_data(response)
            event = ""
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == "next":
                    yield self.get_data(httpx.Response(200, content=value))
                if event == "complete":
                    return
        finally:
            await response.aclose()
        raise SidekickError({"message": "The stream ended before it was complete."})
