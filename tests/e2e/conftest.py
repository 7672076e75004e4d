"""Real processes and real sockets."""

from collections.abc import Iterator

import pytest

from tests.services import Service, running, running_api


@pytest.fixture(scope="session")
def echo_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One API with the echo model for all tests that only talk to it."""
    log = tmp_path_factory.mktemp("api") / "api.log"
    with running_api(log) as service:
        yield service


@pytest.fixture(scope="session")
def mock_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One mock, as fast as it goes, for all tests of its clients."""
    log = tmp_path_factory.mktemp("mock") / "mock.log"
    with running(
        "graphql_api",
        "mock",
        log=log,
        port_variable="SIDEKICK_API_PORT",
        SIDEKICK_MOCK_TOKENS_PER_S="0",
    ) as service:
        yield service
