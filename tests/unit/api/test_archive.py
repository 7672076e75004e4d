"""What an export file must be to be imported; nothing of a bad one is believed."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from graphql_api.domain.archive import Record
from graphql_api.domain.generations import Status
from graphql_api.errors import BadFile
from tests.archive_data import (
    ME,
    SMALL,
    answer,
    budget,
    conversation,
    entry,
    exports,
    file_of,
    question,
    read,
)

GOOD = file_of()
DEEP = 50_000


def with_line(number: int, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Return the good file with one line changed, whose checksum is right."""
    lines = GOOD.splitlines(keepends=True)
    fields = json.loads(lines[number - 1])
    change(fields)
    lines[number - 1] = json.dumps(fields).encode() + b"\n"
    return b"".join(lines)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exports())
def test_what_was_written_is_read_as_it_was(file: bytes) -> None:
    assert file_of(record for _, record, _ in read(file)) == file


def test_an_export_from_before_the_pins_is_read() -> None:
    *lines, _ = GOOD.replace(b',"pinned_at":null', b"").splitlines(keepends=True)
    digest = sha256(b"".join(lines)).hexdigest()
    end = json.dumps({"kind": "end", "lines": len(lines), "sha256": digest})
    records = [record for _, record, _ in read(b"".join(lines) + f"{end}\n".encode())]
    assert records == [record for _, record, _ in read(GOOD)]


def test_a_branch_of_any_depth_is_read() -> None:
    names = [f"msg_{number}" for number in range(DEEP)]
    parents = [None, *names]
    chain = map(question, names, parents)
    last = read(file_of([ME, conversation(leaf=names[-1]), *chain]))[-1]
    assert last.depth == DEEP - 1


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "The file is empty"),
        (GOOD[:-1], "Line 8 breaks off: the file was cut"),
        (GOOD[:300], "breaks off: the file was cut"),
        (b"".join(GOOD.splitlines(keepends=True)[:-1]), "cut after line 7"),
        (b"\xef\xbb\xbf" + GOOD, "Line 1 starts with a byte order mark"),
        (GOOD.replace(b"\n", b"\r\n"), "Line 1 ends with CR LF"),
        (GOOD.decode().encode("utf-16"), "Line 1 is no"),
        (GOOD.replace(b"Robin", b"R\xf6bin"), "Line 4 is not UTF-8"),
        (GOOD.replace(b'"role":"USER"', b'"role":USER'), "Line 4 is no JSON"),
        (b'{"a":' * 100_000 + b"\n", "Line 1 is no"),
        (GOOD.replace(b"Robin?", rb"\u0000"), "Line 4 holds a NUL"),
        (GOOD.replace(b"Robin?", rb"\ud800?"), "Line 4 is no"),
        (GOOD.replace(b"Robin?", b"Roban?"), "Line 8: the checksum is wrong"),
        (GOOD + GOOD, "Line 9 stands behind the end"),
        (GOOD + b"\n", "Line 9 is no"),
        (GOOD.split(b"\n", 1)[1], "Line 1 is not where it belongs"),
        (with_line(1, lambda it: it.update(format="other")), "names the format"),
        (with_line(1, lambda it: it.update(version=2)), "names version 2"),
        (with_line(3, lambda it: it.pop("title")), "Line 3 .* field `title`"),
        (with_line(3, lambda it: it.update(more=1)), "Line 3 .* field `more`"),
        (with_line(3, lambda it: it.update(archived="no")), "Line 3 .* `bool`"),
        (with_line(4, lambda it: it.update(role="ROBOT")), "Line 4 .*'ROBOT'"),
        (with_line(4, lambda it: it.update(kind="song")), "Line 4 .*'song'"),
        (with_line(4, lambda it: it.update(id="")), "Line 4 .*length"),
        (with_line(4, lambda it: it.update(id="a\n")), "Line 4 .*regex"),
        (with_line(4, lambda it: it.update(created_at="now")), "Line 4 .*RFC3339"),
        (with_line(6, lambda it: it.pop("model_name")), "Line 6 .*`model_name`"),
        (with_line(6, lambda it: it.update(cost_pusd=-1)), "Line 6 .*>= 0"),
        (
            with_line(6, lambda it: it.update(cost_pusd=2**63)),
            "Line 6 .*out of range|<=",
        ),
        (with_line(8, lambda it: it.update(lines=6)), "Line 8 counts 6 lines"),
    ],
)
def test_a_bad_file_is_refused_with_the_line_and_the_reason(
    file: bytes, reason: str
) -> None:
    with pytest.raises(BadFile, match=reason):
        read(file)


def test_an_escaped_backslash_is_no_nul() -> None:
    file = file_of([ME, conversation(leaf="msg_1"), question(content="\\u0000 \\")])
    assert file_of(record for _, record, _ in read(file)) == file


def bad_number(amount: int) -> Record:
    usage = answer().usage
    assert usage is not None
    return replace(
        answer(), usage=type(usage)(prompt_tokens=amount, completion_tokens=1)
    )


TALK = conversation(leaf="msg_2")
RUNNING = replace(answer("msg_3"), status=Status.STREAMING)


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([TALK], "Line 2: the principal 'usr_local' does not stand above"),
        ([ME, question()], "Line 3: the message stands below no conversation"),
        ([ME, ME], "Line 3: the principal stands twice"),
        ([ME, entry(), TALK], "Line 4: the conversation stands too far below"),
        (
            [ME, TALK, question(), question()],
            "Line 5: the message 'msg_1' stands twice",
        ),
        ([ME, TALK, answer()], "Line 4: the parent 'msg_1' does not stand above"),
        ([ME, TALK, answer("msg_1", "msg_1")], "Line 4: the parent 'msg_1' does not"),
        ([ME, conversation("cnv_2"), question()], "Line 4: .* another conversation"),
        ([ME, TALK, question()], "Line 3: the leaf 'msg_2' is no message"),
        ([ME, conversation(), question()], "Line 3: no branch .* is active"),
        (
            [ME, conversation(leaf="msg_1"), question(), answer()],
            "Line 3: the leaf 'msg_1' has messages below it",
        ),
        ([ME, TALK, question(), bad_number(-1)], "Line 5: -1 tokens are out of range"),
        ([ME, TALK, question(), bad_number(2**63)], "Line 5: 9223372036854775808 tok"),
        (
            [ME, TALK, question(), replace(RUNNING, id="msg_2"), RUNNING],
            "Line 6: two answers are being written",
        ),
        (
            [ME, TALK, replace(question(), status=Status.QUEUED)],
            "Line 4: only an answer of a generation can be unfinished",
        ),
        ([ME, entry(), entry()], "Line 4: the ledger row stands twice"),
        ([ME, entry("gen_2"), entry("gen_1")], "Line 4: .* in the wrong order"),
        ([ME, budget(), budget()], "Line 4: the budget stands twice"),
    ],
)
def test_records_that_contradict_each_other_are_refused(
    records: list[Record], reason: str
) -> None:
    with pytest.raises(BadFile, match=reason):
        read(file_of(records))


def test_every_cut_is_noticed() -> None:
    assert read(GOOD)
    for length in range(len(GOOD)):
        with pytest.raises(BadFile):
            read(GOOD[:length])


def test_the_small_export_holds_one_of_each_kind() -> None:
    assert len({type(record) for record in SMALL}) == 5
