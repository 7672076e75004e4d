"""The SDK's client for the endpoint of the moment, and the errors of its transport."""

from typing import Final

import aiohttp
import httpx2
from openai import APIConnectionError, AsyncOpenAI, DefaultAioHttpClient

from graphql_api.adapters.openai.failures import broke_off, silent, unreachable
from graphql_api.errors import ProviderError
from graphql_api.ports.model import ModelEndpoint

CONNECT_TIMEOUT_S: Final = 5.0
# With the aiohttp transport None would silently mean 100.
_MAX_CONNECTIONS: Final = 10_000
_MAX_IDLE: Final = 100

# Our own child reads four full contexts one after another on a slow machine.
_LOCAL_SILENCE_S: Final = 300.0

STREAMED: Final = {
    # The SDK then hands out the response unread, as its own streams get it.
    "X-Stainless-Raw-Response": "stream",
    "Accept-Encoding": "identity",
}
"""Headers of a request whose response is read piece by piece."""

TRANSPORT_ERRORS: Final = (httpx2.HTTPError, aiohttp.ClientError, OSError)
"""What reading a response may raise, timeouts included."""


class Connection:
    """Keeps one pool of connections, and a client that fits the endpoint."""

    def __init__(self, *, idle_timeout_s: float) -> None:
        """Make nothing yet; connections are opened when they are needed."""
        self._idle_timeout_s = idle_timeout_s
        self._endpoint: ModelEndpoint | None = None
        self._client: AsyncOpenAI | None = None

    async def client(self, endpoint: ModelEndpoint) -> AsyncOpenAI:
        """A client for the endpoint; a change of it drops idle connections."""
        if self._client is None or endpoint != self._endpoint:
            self._endpoint = endpoint
            old, self._client = self._client, self._open(endpoint)
            if old is not None:
                await old.close()
        return self._client

    @property
    def silence_s(self) -> float:
        """Longest silence to bear from the endpoint of the moment, in seconds."""
        if self._endpoint is not None and self._endpoint.local:
            return max(self._idle_timeout_s, _LOCAL_SILENCE_S)
        return self._idle_timeout_s

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _open(self, endpoint: ModelEndpoint) -> AsyncOpenAI:
        timeout = httpx2.Timeout(
            self.silence_s,
            connect=min(CONNECT_TIMEOUT_S, self._idle_timeout_s),
            pool=None,
        )
        return AsyncOpenAI(
            # The SDK insists on a key; a server that wants none does not look at it.
            api_key=endpoint.api_key or "none",
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=timeout,
            # llama.cpp closes a connection behind a stream without saying so, and the
            # next request on it would fail and have to be tried again.
            default_headers={"Connection": "close"} if endpoint.local else None,
            http_client=DefaultAioHttpClient(
                limits=httpx2.Limits(
                    max_connections=_MAX_CONNECTIONS,
                    max_keepalive_connections=_MAX_IDLE,
                ),
                timeout=timeout,
                follow_redirects=False,
                # A proxy from the environment cannot reach our own child.
                trust_env=not endpoint.local,
            ),
        )


def failed_to_open(error: Exception, timeout_s: float) -> ProviderError:
    """The error for a request that got no response."""
    if _is_timeout(error):
        return silent(timeout_s)
    return unreachable()


def failed_to_read(error: Exception, timeout_s: float, *, began: bool) -> ProviderError:
    """The error for a response that broke off."""
    if _is_timeout(error):
        return silent(timeout_s)
    return broke_off(began=began)


def _is_timeout(error: BaseException | None) -> bool:
    # The transport reports a lost connection as a ConnectTimeout, which is therefore
    # no proof of silence; a ReadTimeout is.
    while isinstance(error, APIConnectionError):
        error = error.__cause__
    return isinstance(error, httpx2.ReadTimeout)
