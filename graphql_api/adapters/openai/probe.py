"""Finds out whether the model really answers."""

import asyncio
import logging
from typing import Final

import httpx2
from openai import APIError, APIStatusError, AsyncOpenAI

from graphql_api.adapters.openai.connection import (
    STREAMED,
    TRANSPORT_ERRORS,
    Connection,
    failed_to_open,
)
from graphql_api.adapters.openai.failures import parse_refusal, refused
from graphql_api.domain.models import Health
from graphql_api.errors import SidekickError, report_bug
from graphql_api.ports.model import EndpointSource

_LIMIT_S: Final = 5.0
_log = logging.getLogger(__name__)
_FRESH_S: Final = 10.0
# A server without a list of models is there all the same.
_NO_LIST: Final = (404, 405, 501)
_WELL: Final = Health("model", ok=True)
_ONE_TOKEN: Final = {
    "model": "any",
    "messages": [{"role": "user", "content": "Hi"}],
    "max_tokens": 1,
}


class Probe:
    """Asks a provider for something free of charge and remembers what came of it.

    Our own child is asked for one token; a provider that takes money for tokens is
    asked for its list of models, which proves the way there and the key. An answer
    that is being streamed proves more than both, and so counts as well.
    """

    def __init__(self, source: EndpointSource, connection: Connection) -> None:
        """Take where to ask."""
        self._source = source
        self._connection = connection
        self._lock = asyncio.Lock()
        self._known = Health("model", ok=False)
        self._known_until_s = 0.0

    def answered(self) -> None:
        """Note that the model is answering just now."""
        self._remember(_WELL)

    async def health(self) -> Health:
        """What is known since at most ten seconds, else found out within five."""
        async with self._lock:
            if asyncio.get_running_loop().time() >= self._known_until_s:
                self._remember(await self._find_out())
            return self._known

    def _remember(self, health: Health) -> None:
        self._known = health
        self._known_until_s = asyncio.get_running_loop().time() + _FRESH_S

    async def _find_out(self) -> Health:
        try:
            async with asyncio.timeout(_LIMIT_S):
                await self._ask()
        except TimeoutError:
            detail = f"The model did not answer within {_LIMIT_S:g} seconds."
            return Health("model", ok=False, detail=detail)
        except SidekickError as error:
            return Health("model", ok=False, detail=error.message)
        except Exception as bug:  # noqa: BLE001 a probe says how it is, whatever happens
            masked = report_bug(_log, "probe.crashed", bug)
            return Health("model", ok=False, detail=masked.message)
        return _WELL

    async def _ask(self) -> None:
        endpoint = await self._source.endpoint()
        client = await self._connection.client(endpoint)
        try:
            response = await _send(client, local=endpoint.local)
        except APIStatusError as error:
            if error.status_code not in _NO_LIST:
                refusal = parse_refusal(error.response.content)
                raise refused(
                    error.status_code, refusal, error.response.headers
                ) from error
        except (APIError, *TRANSPORT_ERRORS) as error:
            raise failed_to_open(error, _LIMIT_S) from error
        else:
            await response.aclose()


async def _send(client: AsyncOpenAI, *, local: bool) -> httpx2.Response:
    if local:
        return await client.post(
            "/chat/completions", cast_to=httpx2.Response, body=_ONE_TOKEN
        )
    return await client.get(
        "/models", cast_to=httpx2.Response, options={"headers": STREAMED}
    )
