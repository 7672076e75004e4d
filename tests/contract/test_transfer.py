"""`export` and `import` as commands: what they say, and with which code they end."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphql_api.__main__ import main
from graphql_api.adapters.data_folder import locked
from tests.archive_data import ME, answer, conversation, file_of, question
from tests.chatgpt_data import plain
from tests.contract.store_places import postgresql

MANY = 2_000


@dataclass
class Done:
    """How a command ended, and what it said."""

    code: int | str | None
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.jsonl"
    path.write_bytes(file_of([ME, conversation(leaf="msg_2"), question(), answer()]))
    return path


@pytest.fixture
def sidekick(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Command:
    """Give a function that runs a command over a data folder."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("SIDEKICK_PROVIDER", "echo")
    monkeypatch.setenv("SIDEKICK_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: object) -> Done:
        capfdbinary.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
        said = capfdbinary.readouterr()
        return Done(code, said.out.decode(), said.err.decode())

    return run


def test_the_data_folder_moves_to_another_one_byte_for_byte(
    tmp_path: Path, sidekick: Command, file: Path
) -> None:
    out = tmp_path / "out.jsonl"
    first = sidekick("import", file)
    again = sidekick("import", file, "--format", "sidekick")
    assert "Imported 1 conversation with 2 messages in" in first.err
    assert "1 conversation skipped: here already." in again.err
    told = sidekick("export", out)
    assert (told.code, told.out) == (0, "")
    assert "Exported 1 conversation (" in told.err
    assert out.read_bytes() == file.read_bytes()
    assert out.stat().st_mode & 0o777 == 0o600


def test_importing_chatgpt_s_file_again_doubles_nothing(
    tmp_path: Path, sidekick: Command
) -> None:
    chats = tmp_path / "conversations.json"
    chats.write_text(json.dumps([plain()]))
    sidekick("import", chats)
    before = sidekick("export").out
    chats.write_text(json.dumps([plain(), plain(title="B", conversation_id="new")]))
    again = sidekick("import", chats)
    chats.write_text(json.dumps([plain(title="Renamed")]))
    kept = sidekick("import", chats)
    assert "1 conversation skipped" in again.err
    assert "1 conversation kept as here" in kept.err
    after = sidekick("export").out
    assert before.splitlines()[1:4] == after.splitlines()[1:4]
    assert after.count('"kind":"conversation"') == 2


def test_a_bad_file_leaves_nothing_behind(sidekick: Command, file: Path) -> None:
    names = [f"msg_{number}" for number in range(MANY)]
    chain = map(question, names, [None, *names])
    many = file_of([ME, conversation(leaf=names[-1]), *chain])
    file.write_bytes(many[:-100])
    refused = sidekick("import", file)
    assert refused.code == 1
    assert f"{file}: Line 2,004 breaks off: the file was cut." in refused.err
    assert refused.err.endswith("Nothing was imported.\n")
    assert sidekick("export").out.count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "more", "code", "reason"),
    [
        (["export"], {}, 2, "There is no database"),
        (["export"], {"DATABASE_URL": "mysql://x"}, 2, "DATABASE_URL must be"),
        (["export"], {"SIDEKICK_API_PORT": "x"}, 2, "SIDEKICK_API_PORT"),
        (["import"], {}, 2, "required: file"),
        (["import", "x", "--format", "y"], {}, 2, "invalid choice: 'y'"),
        (["import", "/"], {}, 1, "/: It cannot be read: Is a directory."),
        (["import", "--help"], {}, 0, ""),
    ],
)
def test_a_wrong_call_is_refused_with_what_to_do(
    *,
    sidekick: Command,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    more: dict[str, str],
    code: int,
    reason: str,
) -> None:
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    done = sidekick(*arguments)
    assert done.code == code
    assert reason in done.err
    assert "Traceback" not in done.err


def test_an_export_that_cannot_be_written_is_told(
    tmp_path: Path, sidekick: Command, file: Path
) -> None:
    sidekick("import", file)
    for place in (tmp_path / "none" / "x", tmp_path):
        told = sidekick("export", place)
        assert told.code == 1
        assert "cannot be written" in told.err
    assert not list(tmp_path.glob(".*.part"))


def test_a_folder_that_a_server_uses_is_exported_but_nothing_is_imported(
    tmp_path: Path, sidekick: Command, file: Path
) -> None:
    sidekick("import", file)
    with locked(tmp_path / "data"):
        refused = sidekick("import", file)
        exported = sidekick("export")
    assert refused.code == 2
    assert "Another Sidekick uses the folder" in refused.err
    assert exported.out == file.read_text("utf-8")


def test_an_import_obeys_database_url(
    sidekick: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql() as url:
        monkeypatch.setenv("DATABASE_URL", url)
        assert sidekick("import", file).code == 0
        assert '"id":"cnv_1"' in sidekick("export").out
