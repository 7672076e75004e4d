"""Calls of an ASGI application without a network."""

from collections.abc import Mapping
from typing import Any

import httpx


class InProcess:
    """Posts to an application of this process."""

    def __init__(self, asgi: Any) -> None:
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(asgi))

    async def post(self, url: str, body: bytes, shown: Mapping[str, str]) -> bytes:
        headers = {"content-type": "application/json", **shown}
        return (await self._http.post(url, content=body, headers=headers)).content

    async def aclose(self) -> None:
        await self._http.aclose()
