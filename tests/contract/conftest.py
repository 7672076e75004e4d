"""Fixtures of the contract tests: a fake provider, and our adapter in front of it."""

from collections.abc import AsyncGenerator, Iterator

import pytest

from graphql_api.adapters.openai.model import OpenAIModel
from graphql_api.ports import ModelEndpoint
from tests.contract.asking import Fixed
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
