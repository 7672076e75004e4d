"""The `LanguageModel` behind OpenAI's API."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Final

import httpx2
import stamina
from openai import APIError, APIStatusError

from graphql_api.adapters.openai.connection import (
    STREAMED,
    TRANSPORT_ERRORS,
    Connection,
    failed_to_open,
    failed_to_read,
)
from graphql_api.adapters.openai.dialect import Dialects
from graphql_api.adapters.openai.failures import (
    not_a_stream,
    parse_refusal,
    refused,
    silent,
)
from graphql_api.adapters.openai.probe import Probe
from graphql_api.adapters.openai.reader import AnswerReader
from graphql_api.domain.models import Health, ModelEvent, ModelRequest
from graphql_api.errors import ModelUnavailable, SidekickError
from graphql_api.ports.model import EndpointSource

_ATTEMPTS: Final = 3
_MAX_RETRY_AFTER_S: Final = 5.0
# Behind the finish reason come the usage and the end, within one round trip.
_TAIL_S: Final = 5.0
_DRAIN_S: Final = 0.2
_BAD_REQUEST: Final = (400, 422)


class _Retry(Exception):
    def __init__(self, error: ModelUnavailable) -> None:
        super().__init__(error.message)
        self.error = error


class OpenAIModel:
    """Asks a server that speaks OpenAI's chat completions."""

    def __init__(self, source: EndpointSource, *, idle_timeout_s: float) -> None:
        """Take where to ask, and the longest silence to bear in seconds."""
        self._source = source
        self._connection = Connection(idle_timeout_s=idle_timeout_s)
        self._dialects = Dialects()
        self._probe = Probe(source, self._connection)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connection.aclose()

    async def health(self) -> Health:
        """Whether the model answers; asked at most every ten seconds."""
        return await self._probe.health()

    async def answer(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Stream an answer; closing the generator closes the connection at once.

        Only the request is tried again, never a stream that has begun. A stream that
        ends without a finish reason ends here without `ModelFinished`.
        """
        response = await self._request(request)
        reader = AnswerReader()
        heard_s = asyncio.get_running_loop().time()
        try:
            async with aclosing(_pieces(response)) as pieces:
                while not (reader.finished or reader.done):
                    piece = await self._next(pieces, reader, heard_s=heard_s)
                    if not piece:
                        return
                    for event in reader.feed(piece):
                        heard_s = asyncio.get_running_loop().time()
                        yield event
                    self._probe.answered()
                for event in await _tail(pieces, reader):
                    yield event
        finally:
            await response.aclose()

    async def _next(
        self,
        pieces: AsyncGenerator[bytes, None],
        reader: AnswerReader,
        *,
        heard_s: float,
    ) -> bytes:
        """The next bytes; comments alone do not count as being heard."""
        limit_s = self._connection.silence_s
        try:
            async with asyncio.timeout_at(heard_s + limit_s):
                return await anext(pieces, b"")
        except TimeoutError as error:
            raise silent(limit_s) from error
        except TRANSPORT_ERRORS as error:
            raise failed_to_read(error, limit_s, began=reader.began) from error

    async def _request(self, request: ModelRequest) -> httpx2.Response:
        attempts = stamina.retry_context(
            on=_retry_in,
            attempts=_ATTEMPTS,
            timeout=None,
            wait_initial=0.2,
            wait_jitter=0.5,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    return await self._attempt(request)
        except _Retry as last:
            raise last.error from last.__cause__
        raise AssertionError

    async def _attempt(self, request: ModelRequest) -> httpx2.Response:
        endpoint = await self._source.endpoint()
        client = await self._connection.client(endpoint)
        # Each turn but the last leaves one more parameter out, so it ends.
        while True:
            body = self._dialects.body(request, endpoint)
            try:
                response = await client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=body,
                    options={"headers": STREAMED},
                )
            except APIStatusError as error:
                refusal = parse_refusal(error.response.content)
                status, headers = error.status_code, error.response.headers
                if status in _BAD_REQUEST and self._dialects.learn(
                    body, endpoint, refusal
                ):
                    continue
                raise _wish(refused(status, refusal, headers)) from error
            except (APIError, *TRANSPORT_ERRORS) as error:
                raise _wish(
                    failed_to_open(error, self._connection.silence_s)
                ) from error
            return await _checked(response)


async def _checked(response: httpx2.Response) -> httpx2.Response:
    kind = response.headers.get("content-type", "")
    if kind.startswith(("application/json", "text/html")):
        await response.aclose()
        raise not_a_stream()
    return response


async def _pieces(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    async for piece in response.aiter_bytes():
        yield piece


async def _tail(
    pieces: AsyncGenerator[bytes, None], reader: AnswerReader
) -> list[ModelEvent]:
    # The answer is whole: what breaks now takes nothing from it. Reading to the very
    # end lets the connection be used again.
    events: list[ModelEvent] = []
    with suppress(TimeoutError, SidekickError, *TRANSPORT_ERRORS):
        async with asyncio.timeout(_DRAIN_S if reader.done else _TAIL_S) as limit:
            async for piece in pieces:
                events.extend(reader.feed(piece))
                if reader.done:
                    limit.reschedule(asyncio.get_running_loop().time() + _DRAIN_S)
    return events


def _wish(error: SidekickError) -> Exception:
    if isinstance(error, ModelUnavailable) and error.retryable:
        return _Retry(error)
    return error


def _retry_in(error: Exception) -> bool | float:
    if not isinstance(error, _Retry):
        return False
    if error.error.retry_after_ms is None:
        return True
    wait_s = error.error.retry_after_ms / 1000
    return wait_s if wait_s <= _MAX_RETRY_AFTER_S else False
