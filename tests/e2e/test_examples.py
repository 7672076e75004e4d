"""The examples for clients in other languages, run as they are against the mock."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.scissors import Scissors
from tests.services import ROOT, Service

BIN = Path(sys.executable).parent
CACHE = ROOT / ".sidekick" / "examples"
RUN_LIMIT_S = 60
INSTALL_LIMIT_S = 300
PANEL_ONE, LAST = "Panel 1: the hero leaps", "Panel 222: the hero leaps"


@pytest.fixture
def breaking(mock_api: Service) -> Iterator[Scissors]:
    scissors = Scissors(mock_api.port, cuts=2, after_bytes=3_000)
    yield scissors
    scissors.close()


def run(*command: object, url: str = "", cwd: Path = ROOT) -> str:
    environ = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**environ, "SIDEKICK_URL": f"{url}/graphql"},
        capture_output=True,
        text=True,
        timeout=RUN_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def installed(lock: Path, *commands: str) -> Path:
    """A copy of the examples where the commands have installed the lock, once."""
    folder = CACHE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    ignored = shutil.ignore_patterns("node_modules", "gql", "sidekick_client")
    copy = folder / "examples"
    shutil.copytree(ROOT / "examples", copy, ignore=ignored, dirs_exist_ok=True)
    shutil.copy(ROOT / "schema.graphql", folder)
    copied = copy / lock.parent.name
    if not (folder / "installed").is_file():
        failure = install(copied, *commands)
        if failure and "CI" not in os.environ:
            pytest.skip(f"packages cannot be installed: {failure}")
        assert not failure
        (folder / "installed").touch()
    return copied


def install(folder: Path, *commands: str) -> str:
    """Run the commands in the folder; say what the first one to fail said."""
    for command in commands:
        program, *arguments = command.split()
        done = subprocess.run(
            [str(BIN / program), *arguments],
            cwd=folder,
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=INSTALL_LIMIT_S,
            check=False,
        )
        if done.returncode:
            return f"{command}: {done.stderr}"
    return ""


@pytest.fixture(scope="module")
def python_example() -> Path:
    folder = installed(
        ROOT / "examples/python/codegen.lock",
        f"uv venv --quiet --clear --python {sys.executable} env",
        "uv pip install --quiet --python env --require-hashes -r codegen.lock",
    )
    run(folder / "env/bin/ariadne-codegen", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def typescript_example() -> Path:
    folder = installed(
        ROOT / "examples/typescript/package-lock.json",
        "npm ci --ignore-scripts --no-audit --no-fund --prefer-offline",
    )
    run("npx", "graphql-codegen", cwd=folder)
    return folder


def test_curl_asks_streams_writes_and_resumes(mock_api: Service) -> None:
    said = run(
        ROOT / "examples/curl.sh", 'Who is "Robin"? [reply: short]', url=mock_api.url
    )
    parts = said.split("# ")
    assert '"content":"Robin, the Boy Wonder."' in parts[1]
    assert parts[2].count("event: next") == 4
    assert parts[3].count("data: ") == 3
    assert '"COMPLETED"' not in parts[3]
    assert parts[4].count("event: next") == 1
    assert '"COMPLETED"' in parts[4]


def test_python_is_typed_and_asks_streams_and_writes(
    python_example: Path, mock_api: Service
) -> None:
    run(
        BIN / "basedpyright",
        "--pythonpath",
        sys.executable,
        "main.py",
        cwd=python_example,
    )
    said = run(
        sys.executable,
        "main.py",
        "[reply: short]",
        url=mock_api.url,
        cwd=python_example,
    )
    assert said.count("Robin, the Boy Wonder.") == 3
    assert said.count("[COMPLETED, 64 tokens, 0.0000168 USD]") == 2


def test_python_goes_on_where_a_stream_broke_off(
    python_example: Path, breaking: Scissors
) -> None:
    arguments = (sys.executable, "main.py", "[reply: long]")
    said = run(*arguments, url=breaking.url, cwd=python_example)
    assert breaking.left == 0
    assert said.count(PANEL_ONE) == said.count(LAST) == 3


def test_typescript_is_typed_and_asks_streams_and_writes(
    typescript_example: Path, mock_api: Service
) -> None:
    run("npx", "tsc", cwd=typescript_example)
    arguments = ("node", "src/main.ts", "[reply: short]")
    said = run(*arguments, url=mock_api.url, cwd=typescript_example)
    assert said.count("Robin, the Boy Wonder.") == 3
    assert said.count("[COMPLETED, 64 tokens, 0.0000168 USD]") == 2


def test_typescript_goes_on_where_a_stream_broke_off(
    typescript_example: Path, breaking: Scissors
) -> None:
    arguments = ("node", "src/main.ts", "[reply: long]")
    said = run(*arguments, url=breaking.url, cwd=typescript_example)
    assert breaking.left == 0
    assert said.count(PANEL_ONE) == said.count(LAST) == 3
