"""The page's server as a process: what it answers, refuses, and how it ends."""

import json
import signal
import subprocess
import sys

import httpx
import pytest

from tests.e2e.page.conftest import Stack
from tests.services import ROOT, STOP_LIMIT_S, Service

START = """subscription Start($history: [MessageInput!]!) {
  chatStream(history: $history) {
    __typename
    generationId
    cursor
  }
}"""
QUESTION = [{"role": "USER", "content": "__slow__ " + "word " * 400}]
ASKED = {"query": START, "variables": {"history": QUESTION}}
STREAM = {"accept": "text/event-stream"}


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reflex_app", *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_probe_says_that_the_page_is_served(page_server: Service) -> None:
    reply = httpx.get(f"{page_server.url}/healthz")

    assert (reply.status_code, reply.json()) == (200, {"status": "OK"})


def test_a_rebound_name_is_refused(page_server: Service) -> None:
    reply = httpx.get(page_server.url, headers={"host": "evil.example"})

    assert reply.status_code == 421


@pytest.mark.parametrize("path", ["/graphql", "/_event/"])
def test_a_foreign_page_is_refused(page_server: Service, path: str) -> None:
    headers = {"origin": "http://evil.example"}

    reply = httpx.post(f"{page_server.url}{path}", headers=headers, json=ASKED)

    assert reply.status_code == 403


def test_an_answer_can_be_streamed_through_the_page(page_server: Service) -> None:
    question = [{"role": "USER", "content": "Who is it?"}]
    asked = {"query": START, "variables": {"history": question}}

    reply = httpx.post(f"{page_server.url}/graphql", headers=STREAM, json=asked)

    frames = [line for line in reply.text.splitlines() if line.startswith("data: {")]
    first = json.loads(frames[0].removeprefix("data: "))
    assert first["data"]["chatStream"]["__typename"] == "GenerationStarted"
    assert "event: complete" in reply.text


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_open_streams_do_not_hold_up_the_end(
    stack: Stack, sign: signal.Signals
) -> None:
    with (
        stack.api(),
        stack.page() as page,
        httpx.stream(
            "POST", f"{page.url}/graphql", headers=STREAM, json=ASKED
        ) as stream,
    ):
        lines = stream.iter_lines()
        assert "event: next" in lines

        assert page.stop(sign) < STOP_LIMIT_S - 1
        assert not [line for line in lines if "complete" in line]


def test_a_wrong_setting_stops_the_start_and_is_named() -> None:
    ended = run(SIDEKICK_UI_PORT="http")

    assert ended.returncode == 1
    assert ended.stderr.startswith("SIDEKICK_UI_PORT must be")


def test_a_wrong_command_shows_the_right_ones() -> None:
    ended = run("fly")

    assert ended.returncode == 2
    assert "serve" in ended.stderr
