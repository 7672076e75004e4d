"""Fixtures for every kind of test."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
