"""What is fetched from the provider: bounded in bytes and in time, never elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx2
import msgspec

from graphql_api.errors import IdentityUnavailable

WAIT_S: Final = 5.0
"""Longest wait for a whole answer."""
_MAX_BYTES: Final = 256_000
_OK: Final = 200
_T = TypeVar("_T")


def is_loopback(address: str) -> bool:
    """Whether an address is on this machine."""
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(address: str, *, issuer: str) -> bool:
    """Whether secrets may be sent there: by https, or on this machine as the issuer."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    here = is_loopback(issuer) and is_loopback(address)
    allowed = {"https", "http"} if here else {"https"}
    return parts.scheme in allowed and bool(parts.hostname) and parts.username is None


def options(issuer: str) -> dict[str, Any]:
    """How every client of the provider is made."""
    return {
        "timeout": httpx2.Timeout(WAIT_S),
        "follow_redirects": False,
        # A proxy from the environment cannot reach our own machine.
        "trust_env": not is_loopback(issuer),
        # What is counted is what is read.
        "headers": {"accept-encoding": "identity"},
        "event_hooks": {"response": [_bound]},
    }


async def fetch(client: httpx2.AsyncClient, address: str, kind: type[_T]) -> _T:
    """What stands at an address as JSON.

    Raises:
        IdentityUnavailable: Something else stands there, or it took too long.
    """
    try:
        async with asyncio.timeout(WAIT_S):
            answer = await client.get(address)
    except (httpx2.HTTPError, OSError, TimeoutError) as error:
        raise unreachable() from error
    if answer.status_code != _OK:
        msg = f"The sign-in service answered with status {answer.status_code}."
        raise IdentityUnavailable(msg)
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except (ValueError, RecursionError) as error:
        msg = "The sign-in service announces itself in an unknown form."
        raise IdentityUnavailable(msg) from error


def unreachable() -> IdentityUnavailable:
    """The error for an answer that did not come."""
    return IdentityUnavailable("The sign-in service cannot be reached; try again soon.")


async def _bound(response: httpx2.Response) -> None:
    if "content-encoding" in response.headers:
        raise httpx2.DecodingError("The answer is packed.", request=response.request)
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _MAX_BYTES
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError("The answer is too long.")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
