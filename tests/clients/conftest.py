"""The real API, and the environments in which third-party clients call it."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.clients.installing import Installation, node_packages, python_packages
from tests.services import Service, running_api

FOLDER = Path(__file__).parent
GENERATED = FOLDER / "generated"
GENERATED_FOR = {"relay.mjs": "relay", "python/ariadne_client.py": "ariadne"}
Outcomes = Callable[[str, str], dict[str, str | None]]


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One API with the echo model, in whose log no client may leave a traceback."""
    log = tmp_path_factory.mktemp("clients") / "api.log"
    with running_api(log) as service:
        yield service
    assert "Traceback" not in service.output(), service.output()


@pytest.fixture(scope="session")
def node() -> Installation:
    """Node.js with the packages of `package-lock.json`."""
    return node_packages(FOLDER)


@pytest.fixture(scope="session")
def python() -> Installation:
    """A Python of its own with the packages of `requirements.lock`."""
    return python_packages(FOLDER)


@pytest.fixture(scope="session")
def relay(node: Installation) -> Path:
    """What Relay's compiler makes of our operations and the printed schema."""
    folder = GENERATED / "relay"
    folder.mkdir(parents=True, exist_ok=True)
    node.run("node_modules/relay-compiler/cli.js", "relay.config.json")
    return folder


@pytest.fixture(scope="session")
def ariadne(python: Installation) -> Path:
    """The package that ariadne-codegen makes of our operations and the schema."""
    GENERATED.mkdir(exist_ok=True)
    python.run("-m", "ariadne_codegen", "--config", "python/ariadne.toml")
    return GENERATED / "sidekick_client"


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest, api: Service) -> Outcomes:
    """Checks of a script with the problem that each has; a script runs once."""

    @cache
    def run(environment: str, script: str) -> dict[str, str | None]:
        if script in GENERATED_FOR:
            request.getfixturevalue(GENERATED_FOR[script])
        installation: Installation = request.getfixturevalue(environment)
        lines = installation.run(script, api.url).splitlines()
        outcomes = [json.loads(line) for line in lines]
        return {outcome["name"]: outcome["problem"] for outcome in outcomes}

    return run
