"""Calls of an ASGI application without a network."""

from typing import Any

import httpx


class InProcess:
    """Posts to an application of this process."""

    def __init__(self, asgi: Any) -> None:
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(asgi))

    async def post(self, url: str, body: bytes) -> bytes:
        kind = {"content-type": "application/json"}
        return (await self._http.post(url, content=body, headers=kind)).content

    async def aclose(self) -> None:
        await self._http.aclose()
