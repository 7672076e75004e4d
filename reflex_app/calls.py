"""Documents sent to the GraphQL API over HTTP, and the data that comes back."""

import json
from asyncio import Future, Timeout, gather, get_running_loop, timeout
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp

from reflex_app import readers, replies
from reflex_app.connections import Connections
from reflex_app.replies import ApiError

TIMEOUT_S = 7.5
"""Longest wait for one call; under the 8 s after which a page feels stuck."""


class Poster(Protocol):
    """Sends a body and returns that of the reply: `Connections`, or a test's own."""

    async def post(self, url: str, body: bytes, shown: Mapping[str, str]) -> bytes:
        """Send JSON with further headers."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class Calls:
    """Calls the API; every wait is shorter than `TIMEOUT_S`."""

    def __init__(
        self,
        url: str,
        *,
        credentials: Callable[[], Mapping[str, str]] = dict,
        poster: Poster | None = None,
    ) -> None:
        """Prepare calls to `url`; `poster` lets tests stay in process.

        Each call carries the headers that `credentials` gives for who asks just then.
        """
        self._url = url
        self._credentials = credentials
        self._http = poster or Connections(silence_s=TIMEOUT_S)
        self._open: dict[Timeout, Future[None]] = {}
        self._closed = False

    async def aclose(self) -> None:
        """End all calls, which then fail, and close all connections."""
        self._closed = True
        for limit in self._open:
            if not limit.expired():
                limit.reschedule(0)
        # A connection that is still being opened would outlive its client.
        await gather(*self._open.values())
        await self._http.aclose()

    async def query(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Return the data of one operation.

        Raises:
            ApiError: the API refused or is not there.
        """
        if self._closed:  # the server ends, and a handler still waits
            raise ApiError(replies.unreachable())
        body = json.dumps({"query": document, "variables": variables}).encode()
        try:
            async with self._limited():
                reply = await self._http.post(self._url, body, self._credentials())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ApiError(replies.unreachable()) from error
        return _data(reply)

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


def _data(reply: bytes) -> dict[str, Any]:
    try:
        body = json.loads(reply)
    except ValueError as error:
        raise ApiError(replies.unreachable()) from error
    return readers.checked(body)
