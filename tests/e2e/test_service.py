"""The API's process: how it starts, ends, and logs."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.services import ROOT, Service, free_port, running_api

CHAT = """mutation ($text: String!) {
  chat(history: [{role: USER, content: $text}]) { message { content } } }"""
STREAM = """subscription { chatStream(history: [
  {role: USER, content: "__slow__ one two three four five six seven eight nine ten"}
]) { __typename } }"""


def post(api: Service, query: str, **variables: str) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return httpx.post(f"{api.url}/graphql", json=body, timeout=10)


def serve(**environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "graphql_api", "serve"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SIDEKICK_PROVIDER": "echo", **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_soon_on_a_signal_even_while_it_streams(
    tmp_path: Path, sign: signal.Signals
) -> None:
    with running_api(tmp_path / "api.log") as api:
        headers = {"accept": "text/event-stream"}
        with httpx.stream(
            "POST", f"{api.url}/graphql", json={"query": STREAM}, headers=headers
        ) as answer:
            assert "event: next" in answer.iter_lines()
            assert api.stop(sign) < 5
        assert "Traceback" not in api.output()


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = serve(SIDEKICK_API_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "Set SIDEKICK_API_PORT to another one." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIDEKICK_API_PORT", "many"),
        ("SIDEKICK_API_PORT", "65536"),
        ("SIDEKICK_PROVIDER", "nobody"),
        ("SIDEKICK_PROVIDER", "openai"),
        ("SIDEKICK_MODEL", "gpt-6-luna"),
        ("SIDEKICK_API_HOST", "0.0.0.0"),
        ("SIDEKICK_MAX_MESSAGE_CHARS", "0"),
        ("SIDEKICK_DRAIN_S", "nan"),
        ("SIDEKICK_ASSISTANTS_FILE", "/nowhere.toml"),
        ("SIDEKICK_MODELS_FILE", "/nowhere.toml"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name: str, value: str) -> None:
    done = serve(**{"SIDEKICK_API_PORT": str(free_port()), name: value})
    assert done.returncode == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_no_text_and_no_key_is_ever_logged(tmp_path: Path) -> None:
    with running_api(tmp_path / "api.log") as api:
        post(api, CHAT, text="canary-of-the-user")
        post(api, CHAT, text="__crash__ canary-of-the-user")
        post(api, "{ nope(text: " + '"canary-of-the-user") }')
        api.stop()
        assert "model.crashed" in api.output()
        assert "canary-of-the-user" not in api.output()
        assert "sk-12345" not in api.output()
