"""Files of any kind are read piece by piece, or refused with the reason."""

import gzip
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from graphql_api.adapters import import_files
from graphql_api.errors import BadFile
from tests.archive_data import file_of
from tests.chatgpt_data import plain

LONG = 'x🦇\\"' * 300_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def read(path: Path) -> list[object]:
    return list(import_files.conversations(path, lambda _: None))


def zipped(path: Path, members: Sequence[tuple[str, str]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("start", ["", "\ufeff", " \r\n\t"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_an_array_of_any_size_is_read_one_by_one(
    file: Path, indent: int | None, start: str, *, ascii_only: bool
) -> None:
    talks: list[Any] = [
        plain(),
        LONG,
        {},
        {"a": [LONG] * 3},
        *[plain()] * 2_000,
        [LONG],
    ]
    text = json.dumps(talks, indent=indent, ensure_ascii=ascii_only)
    file.write_text(start + text, "utf-8", newline="")
    assert read(file) == talks
    assert import_files.detect(file) == "chatgpt"


def test_the_bytes_that_are_read_are_told(file: Path) -> None:
    file.write_text(json.dumps([plain()] * 500))
    told: list[int] = []
    assert len(list(import_files.conversations(file, told.append))) == 500
    assert sum(told) == import_files.size(file) == file.stat().st_size


def test_an_archive_is_read_without_being_unpacked_to_disk(file: Path) -> None:
    one, two = json.dumps([plain()]), json.dumps([plain(), {}])
    zipped(file, [("chat.html", "<html>"), ("a/conversations.json", one)])
    assert (import_files.detect(file), read(file)) == ("chatgpt", [plain()])
    zipped(file, [("conversations-001.json", two), ("conversations-000.json", one)])
    assert read(file) == [plain(), plain(), {}]
    assert import_files.size(file) == len(one) + len(two)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[1, 2", "At character 6 a comma or a closing bracket is missing"),
        (b"[1, 2] 3", "At character 8 something stands behind the end"),
        (b"[1 2]", "At character 4 a comma"),
        (b"[1,", "no JSON, or the file was cut"),
        (b"[", "no JSON, or the file was cut"),
        (b'[{"a": "b', "no JSON, or the file was cut"),
        (b'[{"a": tru}]', "At character 8 it is no JSON"),
        (b'[{"a": "\xff"}]', "it is not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": 1}', "neither an export of Sidekick"),
        (b"", "neither an export of Sidekick"),
        (b"PK\x03\x04broken", "ZIP archive is damaged"),
    ],
)
def test_a_broken_file_is_refused_with_the_place(
    file: Path, data: bytes, reason: str
) -> None:
    file.write_bytes(data)
    with pytest.raises(BadFile, match=reason):
        read(file)


def test_a_mistake_in_the_middle_is_found_without_reading_on(file: Path) -> None:
    good = json.dumps([plain()] * 20_000)
    file.write_text(good.replace('"Sidekicks"', "Sidekicks", 1))
    told: list[int] = []
    with pytest.raises(BadFile, match="At character 12 it is no JSON"):
        list(import_files.conversations(file, told.append))
    assert sum(told) < file.stat().st_size / 4


def test_an_archive_without_conversations_is_refused(file: Path) -> None:
    zipped(file, [("chat.html", "<html>"), ("my_conversations.json", "[]")])
    with pytest.raises(BadFile, match=r"no conversations\.json"):
        read(file)


def test_a_damaged_archive_is_refused(file: Path) -> None:
    zipped(file, [("conversations.json", json.dumps([plain()] * 100))])
    data = bytearray(file.read_bytes())
    data[100:120] = bytes(20)
    file.write_bytes(data)
    with pytest.raises(BadFile, match="ZIP archive is damaged"):
        read(file)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"[]"), "gzip.* unpack it first"),
        (b"", "The file is empty"),
        (b"hello", "neither an export of Sidekick"),
        (b"\x00\x01", "neither an export of Sidekick"),
    ],
)
def test_a_file_of_nobody_is_refused(file: Path, data: bytes, reason: str) -> None:
    file.write_bytes(data)
    with pytest.raises(BadFile, match=reason):
        import_files.detect(file)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(BadFile, match=r"cannot be read: (Is a dir|No such)"):
            import_files.detect(path)


def test_an_export_of_ours_is_found_and_read_by_lines(file: Path) -> None:
    file.write_bytes(file_of())
    assert import_files.detect(file) == "sidekick"
    assert b"".join(import_files.lines(file, lambda _: None)) == file_of()


def test_a_line_out_of_proportion_is_refused(file: Path) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(100 * 2**20)
    with pytest.raises(BadFile, match="longer than 64 MiB"):
        list(import_files.lines(file, lambda _: None))
