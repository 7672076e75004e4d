"""Documents sent to the GraphQL API over HTTP, and the data that comes back."""

from asyncio import Future, Timeout, gather, get_running_loop, timeout
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from reflex_app import readers, replies
from reflex_app.replies import ApiError

TIMEOUT_S = 7.5
"""Longest wait for one call; under the 8 s after which a page feels stuck."""


class Calls:
    """Calls the API; every wait is shorter than `TIMEOUT_S`."""

    def __init__(
        self, url: str, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Prepare calls to `url`; `transport` lets tests stay in process."""
        self._url = url
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(TIMEOUT_S, connect=2.0),
            transport=transport,
            # The API is a service of ours, never behind the machine's web proxy.
            trust_env=False,
        )
        self._open: dict[Timeout, Future[None]] = {}
        self._closed = False

    async def aclose(self) -> None:
        """End all calls, which then fail, and close all connections."""
        self._closed = True
        for limit in self._open:
            if not limit.expired():
                limit.reschedule(0)
        # A connection that httpx is still opening would outlive its client.
        await gather(*self._open.values())
        await self._http.aclose()

    async def query(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Return the data of one operation.

        Raises:
            ApiError: the API refused or is not there.
        """
        if self._closed:  # the server ends, and a handler still waits
            raise ApiError(replies.unreachable())
        body = {"query": document, "variables": variables}
        headers = {"accept": "application/json"}
        try:
            async with self._limited():
                response = await self._http.post(self._url, json=body, headers=headers)
        except (httpx.HTTPError, TimeoutError) as error:
            raise ApiError(replies.unreachable()) from error
        return _data(response)

    async def change(self, document: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Return the payload of the one mutation in a document.

        Raises:
            ApiError: the API refused or is not there.
        """
        (payload,) = (await self.query(document, {"input": arguments})).values()
        return payload

    @asynccontextmanager
    async def _limited(self) -> AsyncGenerator[None]:
        ended = get_running_loop().create_future()
        async with timeout(TIMEOUT_S) as limit:
            self._open[limit] = ended
            try:
                yield
            finally:
                del self._open[limit]
                ended.set_result(None)


def _data(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError as error:
        raise ApiError(replies.unreachable()) from error
    return readers.checked(body)
