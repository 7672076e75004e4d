"""Real processes and real sockets."""

from collections.abc import Iterator

import pytest

from tests.services import Service, running_api


@pytest.fixture(scope="session")
def echo_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One API with the echo model for all tests that only talk to it."""
    log = tmp_path_factory.mktemp("api") / "api.log"
    with running_api(log) as service:
        yield service
