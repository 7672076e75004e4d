"""The API in process: the real ASGI application with the scripted echo model."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from graphql_api.app import create_app
from graphql_api.settings import read_settings

JSON = "application/json"


@dataclass
class Api:
    """A client of the API that speaks its HTTP forms."""

    http: httpx.AsyncClient
    app: FastAPI

    async def post(
        self, query: str, variables: Mapping[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=headers)

    async def data(self, query: str, **variables: object) -> Any:
        answer = (await self.post(query, variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def error(self, query: str, **variables: object) -> Any:
        answer = (await self.post(query, variables)).json()
        return answer["errors"][0]


async def open_api(**environ: str) -> AsyncGenerator[Api]:
    """The API with settings of its own; close the generator to shut it down."""
    with TemporaryDirectory() as folder:
        defaults = {"SIDEKICK_PROVIDER": "echo", "SIDEKICK_DATA_DIR": folder}
        async with running(create_app(read_settings({**defaults, **environ}))) as api:
            yield api


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[Api]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as http,
    ):
        yield Api(http, app)


@pytest.fixture
async def api(anyio_backend: str) -> AsyncGenerator[Api]:
    async for opened in open_api(SIDEKICK_DRAIN_S="0"):
        yield opened
