"""`export` and `import` as commands: beside a running API, and instead of it."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.archive_data import ME, TALK, answer, conversation, file_of, question
from tests.chatgpt_data import plain
from tests.services import ROOT, Service, running_api

LIMIT_S = 60
MANY = 20_000
CREATE = """mutation { createConversation(input: {history: [
  {role: USER, content: "Who is Robin?"}]}) { conversation { id } } }"""
LIST = """query ($search: String) { conversations(first: 10, search: $search) { nodes {
  id title messages(first: 10) { nodes { role content cost { amount }
    model { name } } } } } }"""


def environ(folder: Path, **more: str) -> Mapping[str, str]:
    known = {"PATH": os.environ["PATH"], "SIDEKICK_PROVIDER": "echo"}
    return {**known, "SIDEKICK_DATA_DIR": str(folder), **more}


def sidekick(
    folder: Path, *arguments: str | Path, **more: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "graphql_api", *arguments],
        cwd=ROOT,
        env=environ(folder, **more),
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )


def post(api: Service, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    reply = httpx.post(f"{api.url}/graphql", json=body, timeout=10).json()
    assert "errors" not in reply, reply
    return reply["data"]


def many() -> bytes:
    names = [f"msg_{number}" for number in range(MANY)]
    chain = map(question, names, [None, *names])
    return file_of([ME, conversation(leaf=names[-1]), *chain])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.jsonl"
    path.write_bytes(file_of([ME, conversation(leaf="msg_2"), question(), answer()]))
    return path


def test_a_running_api_is_exported_but_nothing_is_imported_into_it(
    tmp_path: Path, file: Path
) -> None:
    with running_api(tmp_path / "log", SIDEKICK_DATA_DIR=str(tmp_path / "data")) as api:
        made = post(api, CREATE)["createConversation"]["conversation"]["id"]
        copied = sidekick(tmp_path / "data", "export")
        refused = sidekick(tmp_path / "data", "import", file)
        assert len(post(api, LIST)["conversations"]["nodes"]) == 1
    assert (copied.returncode, refused.returncode) == (0, 2)
    assert made.encode() in copied.stdout
    assert b"Another Sidekick uses the folder" in refused.stderr
    assert b"Stop it" in refused.stderr


def test_what_was_imported_is_served(tmp_path: Path, file: Path) -> None:
    chats = tmp_path / "conversations.json"
    chats.write_text(json.dumps([plain(title="From there")]))
    data = tmp_path / "data"
    for name in (file, chats):
        assert sidekick(data, "import", name).returncode == 0
    with running_api(tmp_path / "log", SIDEKICK_DATA_DIR=str(data)) as api:
        ours, theirs = post(api, LIST, search="sidekick")["conversations"]["nodes"]
    assert [ours["id"], theirs["title"]] == [TALK, "From there"]
    said = [one["messages"]["nodes"][-1] for one in (ours, theirs)]
    assert [one["content"][:6] for one in said] == ["Robin ", "Batman"]
    assert [one["cost"] for one in said] == [{"amount": "0.0021"}, None]
    assert [one["model"]["name"] for one in said] == ["gpt-6-luna", "gpt-4o"]


@contextmanager
def importing(pipe: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Import from a pipe; killed when that takes too long."""
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, "-m", "graphql_api", "import", pipe, "--format", "sidekick"],
        cwd=ROOT,
        env=environ(folder),
        stderr=subprocess.PIPE,
    ) as run:
        give_up = threading.Timer(LIMIT_S, run.kill)
        give_up.start()
        yield run
        give_up.cancel()


def test_ctrl_c_in_the_middle_imports_nothing(tmp_path: Path) -> None:
    lines = many().splitlines(keepends=True)
    pipe = tmp_path / "pipe"
    with importing(pipe, tmp_path / "data") as run, pipe.open("wb") as slow:
        # More than a pipe holds, so that most of it has been read.
        slow.writelines(lines[: len(lines) // 2])
        slow.flush()
        run.send_signal(signal.SIGINT)
        _, said = run.communicate()
    assert run.returncode == 130
    *progress, last = said.splitlines()
    assert last == b"Interrupted: nothing was imported."
    # A slow machine says in between how far it is; how much a pipe holds is unknown.
    assert all(line.endswith(b" bytes") and b" of " not in line for line in progress)
    assert sidekick(tmp_path / "data", "export").stdout.count(b"\n") == 2


def test_a_terminal_is_shown_how_far_it_is(tmp_path: Path, file: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "graphql_api", "import", file],
        cwd=ROOT,
        env=environ(tmp_path / "data", TERM="xterm", COLUMNS="100"),
        stderr=theirs,
        timeout=LIMIT_S,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000)
    os.close(ours)
    assert done.returncode == 0
    assert "━".encode() in shown
    assert b"100%" in shown
    assert b"Imported 1 conversation" in shown
