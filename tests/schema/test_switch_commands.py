"""The kill switch on the command line, beside a running server."""

from pathlib import Path

import pytest

from graphql_api.__main__ import main
from tests.schema.conftest import open_api
from tests.schema.test_administration import CHAT, LOG

OVER = """{ admin { killSwitch { on reason by { principalId } } } }"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("SIDEKICK_PROVIDER", "echo")
    monkeypatch.setenv("SIDEKICK_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def stopped(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["stop-answers", "--reason", "The bill."]) == 0
    assert capsys.readouterr().err == "New answers are refused.\n"
    return folder


@pytest.mark.anyio
async def test_a_server_refuses_answers_that_a_command_stopped(stopped: Path) -> None:
    async for api in open_api(SIDEKICK_DATA_DIR=str(stopped)):
        assert (await api.error(CHAT))["message"].endswith("The bill.")
        switch = (await api.data(OVER))["admin"]["killSwitch"]
        by = {"principalId": None}
        assert switch == {"on": True, "reason": "The bill", "by": by}


def test_a_command_that_makes_no_sense_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stop-answers", "--reason", "x" * 201]) == 1
    assert "200 characters" in capsys.readouterr().err


@pytest.fixture
def allowed(stopped: Path) -> Path:
    assert main(["allow-answers"]) == 0
    return stopped


@pytest.mark.anyio
async def test_a_command_lets_answers_begin_again(allowed: Path) -> None:
    async for api in open_api(SIDEKICK_DATA_DIR=str(allowed)):
        assert (await api.data(CHAT))["chat"]["finishReason"] == "STOP"
        entries = (await api.data(LOG))["admin"]["auditLog"]["nodes"]
        assert [entry["action"] for entry in entries] == ["SET_KILL_SWITCH"] * 2
