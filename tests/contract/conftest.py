"""Fixtures of the contract tests.

Fake hosts and our adapters in front of them; the store over every database there is.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from graphql_api.adapters.clock import SystemClock
from graphql_api.adapters.oidc.provider import OidcProvider
from graphql_api.adapters.openai.model import OpenAIModel
from graphql_api.adapters.sql.database import parse
from graphql_api.adapters.sql.migrate import migrate
from graphql_api.ports.model import ModelEndpoint
from tests.contract.asking import Fixed
from tests.contract.store_places import SqlStore, empty, open_store, postgresql
from tests.fake_issuer import CLIENT_ID, CLIENT_SECRET, FakeIssuer
from tests.fake_openai import FakeOpenAI
from tests.fake_openai_wire import KEY


@pytest.fixture
def host() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as host:
        yield host


@pytest.fixture
async def model(
    host: FakeOpenAI, anyio_backend: str
) -> AsyncGenerator[OpenAIModel, None]:
    endpoint = ModelEndpoint(base_url=host.base_url, api_key=KEY)
    model = OpenAIModel(Fixed(endpoint), idle_timeout_s=1)
    yield model
    await model.aclose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(migrate(parse(path)))
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'sidekick.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def store(
    database_url: str, anyio_backend: str
) -> AsyncGenerator[SqlStore, None]:
    async with open_store(database_url) as store:
        await empty(store)
        yield store


@pytest.fixture
async def issuer(anyio_backend: str) -> AsyncGenerator[FakeIssuer]:
    async with FakeIssuer() as issuer:
        yield issuer


def provider_of(
    fake: FakeIssuer, *, secret: str | None = CLIENT_SECRET, **changed: str
) -> OidcProvider:
    settings = {"issuer": fake.url, "client_id": CLIENT_ID, "audience": CLIENT_ID}
    return OidcProvider(
        **{**settings, **changed},
        client_secret=secret,
        public_url="http://localhost:8000",
        clock=SystemClock(),
    )


@pytest.fixture
async def provider(issuer: FakeIssuer) -> AsyncGenerator[OidcProvider]:
    provider = provider_of(issuer)
    yield provider
    await provider.aclose()
