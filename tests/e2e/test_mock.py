"""The mock as client teams use it: a process with faults that leaves nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services import ROOT, Service, running

CHAT = """mutation ($text: String!) { chat(history: [{role: USER, content: $text}])
  { finishReason cost { priceSource items { kind } } } }"""
CREATE = """mutation { createConversation(input: {}) { conversation { id } } }"""
SEND = """mutation ($id: ID!, $text: String!) {
  sendMessage(input: {conversationId: $id, content: $text}) { generation { id } } }"""
FOLLOW = """subscription ($text: String!) {
  chatStream(history: [{role: USER, content: $text}]) {
    ... on GenerationEnded { status message { content } problem { code } } } }"""


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def mock(
    temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    # What must not be heeded: no provider is asked, and nothing is stored.
    environ = {
        "TMPDIR": str(temporary),
        "SIDEKICK_MOCK_TOKENS_PER_S": "0",
        "SIDEKICK_IDLE_TIMEOUT_S": "0.2",
        "OPENAI_API_KEY": "sk-unused",
        "DATABASE_URL": "postgresql://nowhere.invalid/x",
        "SIDEKICK_MODEL": "gpt-6-luna",
    }
    log = tmp_path_factory.mktemp("mock") / "mock.log"
    with running(
        "graphql_api", "mock", log=log, port_variable="SIDEKICK_API_PORT", **environ
    ) as service:
        yield service


def post(mock: Service, query: str, **variables: str) -> Any:
    body = {"query": query, "variables": variables}
    return httpx.post(f"{mock.url}/graphql", json=body, timeout=10).json()


def test_an_answer_has_an_invented_price(mock: Service) -> None:
    answer = post(mock, CHAT, text="Who is Robin?")["data"]["chat"]
    assert answer["finishReason"] == "STOP"
    assert answer["cost"]["priceSource"] == "mock"
    assert [item["kind"] for item in answer["cost"]["items"]] == [
        "PROMPT",
        "COMPLETION",
    ]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("cut", "INTERRUPTED", "INTERRUPTED"),
        ("stall", "INTERRUPTED", "TIMEOUT"),
        ("overloaded", "FAILED", "MODEL_UNAVAILABLE"),
        ("budget", "FAILED", "BUDGET_EXCEEDED"),
        ("filter", "COMPLETED", None),
    ],
)
def test_a_stream_ends_as_its_fault_says(
    mock: Service, fault: str, status: str, code: str | None
) -> None:
    body = {"query": FOLLOW, "variables": {"text": f"[fault: {fault}]"}}
    headers = {"accept": "text/event-stream"}
    text = httpx.post(f"{mock.url}/graphql", json=body, headers=headers, timeout=10)
    assert f'"status": "{status}"' in text.text or f'"status":"{status}"' in text.text
    assert code is None or f'"{code}"' in text.text


def test_a_stored_turn_without_budget_is_refused_at_once(mock: Service) -> None:
    made = post(mock, CREATE)["data"]["createConversation"]["conversation"]["id"]
    refused = post(mock, SEND, id=made, text="[fault: budget]")
    assert refused["errors"][0]["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert "errors" not in post(mock, SEND, id=made, text="Who is Robin?")


def test_an_unknown_fault_stops_the_start_and_is_named() -> None:
    command = [sys.executable, "-m", "graphql_api", "mock", "--port", "0"]
    done = subprocess.run(
        [*command, "--fault", "nope"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "SIDEKICK_MOCK_FAULT is 'nope'; it must be one of cut," in done.stderr
    assert "Starting a mock of the Sidekick API: http://localhost:" in done.stdout


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with running(
        "graphql_api",
        "mock",
        log=tmp_path / "mock.log",
        port_variable="SIDEKICK_API_PORT",
        TMPDIR=str(temporary),
    ) as mock:
        assert list(temporary.iterdir())
        mock.stop(signal.SIGTERM)
    assert not list(temporary.iterdir())
