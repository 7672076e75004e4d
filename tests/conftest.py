"""Fixtures for every kind of test."""

import pytest
from hypothesis import settings

# A test may be slow because the machine is busy; that says nothing about the code.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
