"""curl, as a person at a terminal types it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.services import Service

LIMIT_S = 10
Curl = Callable[..., str]
BODY = json.dumps({"query": "{ health { status } }"})
HISTORY = '[{role: USER, content: "one two"}]'
STREAM = json.dumps(
    {"query": f"subscription {{ chatStream(history: {HISTORY}) {{ __typename }} }}"}
)
JSON = ("-H", "Content-Type: application/json")
EVENTS = ("-H", "Accept: text/event-stream")


@pytest.fixture
def curl(api: Service) -> Curl:
    program = shutil.which("curl")
    if program is None:
        assert not os.environ.get("CI"), "curl is not installed."
        pytest.skip("curl is not installed.")

    def run(*arguments: str) -> str:
        command = (program, "-sS", *arguments, f"{api.url}/graphql")
        return subprocess.check_output(command, text=True, timeout=LIMIT_S)

    return run


def test_a_query_by_post(curl: Curl) -> None:
    answer = json.loads(curl(*JSON, "-d", BODY))
    assert answer == {"data": {"health": {"status": "OK"}}}


def test_a_query_by_get(curl: Curl) -> None:
    answer = curl("-G", "--data-urlencode", "query={ health { status } }")
    assert json.loads(answer) == {"data": {"health": {"status": "OK"}}}


def test_a_stream_comes_line_by_line(curl: Curl) -> None:
    lines = curl("-N", *JSON, *EVENTS, "-d", STREAM).splitlines()
    assert lines[-3:-1] == ["event: complete", "data: "]
    assert [line for line in lines if '"GenerationEnded"' in line]


def test_a_forgotten_content_type_is_explained(curl: Curl) -> None:
    answer = json.loads(curl("-d", BODY))
    assert "application/json" in answer["errors"][0]["message"]


def test_a_stream_that_nobody_could_read_is_explained(curl: Curl) -> None:
    answer = json.loads(curl(*JSON, "-d", STREAM))
    assert "text/event-stream" in answer["errors"][0]["message"]


def test_the_headers_alone_can_be_asked_for(curl: Curl) -> None:
    assert curl("-I").startswith("HTTP/1.1 405")
