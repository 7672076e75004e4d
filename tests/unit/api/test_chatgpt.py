"""ChatGPT's conversations as ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.domain import chatgpt
from graphql_api.domain.archive import (
    ConversationRecord,
    Found,
    MessageRecord,
    PrincipalRecord,
)
from graphql_api.domain.archive_checks import checked
from graphql_api.domain.conversations import TitledBy
from graphql_api.domain.messages import Role
from graphql_api.errors import BadFile
from tests.chatgpt_data import BEGAN, message, plain, tree

AT = datetime(2023, 11, 14, 22, 13, 20, 250_000, tzinfo=UTC)
DEEP = 20_000


def told(talk: object) -> tuple[ConversationRecord, list[MessageRecord]]:
    """Convert a conversation; every result must pass the checks of our own files."""
    records = list(chatgpt.records(talk, principal_id="usr", assistant_key="comics"))
    known = Found("", PrincipalRecord(id="usr"))
    assert list(checked([known, *(Found("", record) for record in records)]))
    head, *said = records
    assert isinstance(head, ConversationRecord)
    return head, [one for one in said if isinstance(one, MessageRecord)]


def texts(talk: object) -> list[str]:
    return [one.content for one in told(talk)[1]]


def shown(*nodes: tuple[str, str | None, Any], **fields: Any) -> dict[str, str | None]:
    """Return what each message says, with what its parent says."""
    _, said = told(tree(list(nodes), **fields))
    by_id: dict[str | None, str] = {one.id: one.content for one in said}
    return {one.content: by_id.get(one.parent_id) for one in said}


def test_a_question_and_its_answer_are_taken_over() -> None:
    head, (question, answer) = told(plain())
    assert (head.title, head.titled_by) == ("Sidekicks", TitledBy.MODEL)
    assert (head.created_at, head.updated_at) == (AT, AT + timedelta(seconds=60))
    assert (question.role, question.parent_id) == (Role.USER, None)
    assert (answer.role, answer.parent_id) == (Role.ASSISTANT, question.id)
    assert (answer.content, head.leaf_id) == ("Batman's sidekick.", answer.id)
    assert answer.created_at == AT + timedelta(seconds=2)


def test_nothing_is_known_of_an_imported_answer_but_its_model() -> None:
    answer = told(plain())[1][1]
    assert answer.model_name == "gpt-4o"
    assert (answer.generation_id, answer.usage, answer.cost) == (None, None, None)


def test_identifiers_are_the_same_every_time_and_in_the_order_of_time() -> None:
    assert told(plain()) == told(plain())
    early, late = told(plain())[0].id, told(plain(create_time=BEGAN + 9))[0].id
    assert early < late
    assert told(plain(conversation_id="other"))[0].id != early


def test_edited_questions_and_other_answers_are_versions() -> None:
    question, answer = message("user", "Who?"), message("assistant", "He.")
    nodes = [("r", None, None), ("q1", "r", question), ("a1", "q1", answer)]
    nodes += [("a2", "q1", message("assistant", "She."))]
    nodes += [("q2", "r", message("user", "Why?"))]
    assert shown(*nodes) == {"Who?": None, "He.": "Who?", "She.": "Who?", "Why?": None}


def test_the_active_branch_is_the_current_one() -> None:
    nodes = [("q", None, message("user", "Who?"))]
    nodes += [(name, "q", message("assistant", name)) for name in ("a", "b", "c")]
    head, said = told(tree(nodes, current_node="b"))
    assert {one.id: one.content for one in said}[head.leaf_id or ""] == "b"


@pytest.mark.parametrize("current", ["gone", None, 7, "hidden"])
def test_without_a_current_message_the_newest_one_is_active(current: Any) -> None:
    hidden = ("hidden", "q", message("tool", "hm"))
    nodes = [("q", None, message("user", "Who?")), hidden]
    nodes += [(name, "q", message("assistant", name)) for name in ("a", "b")]
    head, said = told(tree(nodes, current_node=current))
    assert said[-1].content == "b"
    assert head.leaf_id == said[-1].id


def test_a_call_of_a_tool_is_left_out_and_the_answer_is_one() -> None:
    call = message("assistant", kind="code") | {"recipient": "python"}
    thought = message("assistant", "Hm", kind="thoughts")
    assert shown(
        ("q", None, message("user", "Who?")),
        ("say", "q", message("assistant", "I look it up.")),
        ("think", "say", thought),
        ("call", "think", call),
        ("tool", "call", message("tool", "42", kind="execution_output")),
        ("a", "tool", message("assistant", "Robin.")),
        ("q2", "a", message("user", "Sure?")),
    ) == {
        "Who?": None,
        "I look it up.\n\nRobin.": "Who?",
        "Sure?": "I look it up.\n\nRobin.",
    }


def test_answers_that_fork_are_versions_with_the_same_beginning() -> None:
    assert shown(
        ("q", None, message("user", "Who?")),
        ("say", "q", message("assistant", "Well:")),
        ("a", "say", message("assistant", "A.")),
        ("b", "say", message("assistant", "B.")),
        ("q2", "say", message("user", "What?")),
    ) == {
        "Who?": None,
        "Well:": "Who?",
        "Well:\n\nA.": "Who?",
        "Well:\n\nB.": "Who?",
        "What?": "Well:",
    }


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (message("user", "a", "b"), "a\n\nb"),
        (message("user", {"content_type": "image_asset_pointer"}, "?"), "[image]\n\n?"),
        (message("user", {"content_type": "audio_transcription", "text": "Hi"}), "Hi"),
        (message("user", {"content_type": "new_thing"}), "[new_thing]"),
        (message("user", "a\0b\ud800"), "a\ufffdb\ufffd"),
        (message("tool", {"content_type": "image_asset_pointer"}), "[image]"),
        (
            message("user", "See")
            | {"metadata": {"attachments": [{"name": "a.pdf"}, {"mime_type": 1}, 2]}},
            "See\n\n[file: a.pdf]",
        ),
        (
            message("assistant")
            | {
                "content": {"content_type": "code", "text": "x=1", "language": "python"}
            },
            "```python\nx=1\n```",
        ),
    ],
)
def test_what_a_message_shows_becomes_text(said: dict[str, Any], text: str) -> None:
    assert texts(tree([("m", None, said)])) == [text]


@pytest.mark.parametrize(
    "said",
    [
        message("user", "Me", kind="user_editable_context"),
        message("user", "x") | {"metadata": {"is_visually_hidden_from_user": True}},
        message("user", "x") | {"weight": 0.0},
        message("system", "You are"),
        message("user", " \n"),
        message("tool", "x", kind="multimodal_text"),
        {"author": None, "content": []},
        {},
        None,
        "text",
    ],
)
def test_what_nobody_saw_is_left_out(said: Any) -> None:
    nodes = [("q", None, message("user", "Who?")), ("m", "q", said)]
    assert texts(tree(nodes)) == ["Who?"]


def test_a_conversation_that_shows_nothing_is_none() -> None:
    talk = tree([("r", None, None)])
    assert not list(chatgpt.records(talk, principal_id="usr", assistant_key="comics"))


@pytest.mark.parametrize("nonsense", [None, "2023", True, float("nan"), -1, 1e30])
def test_a_time_that_is_none_is_taken_from_what_is_near(nonsense: Any) -> None:
    head, said = told(plain(create_time=nonsense, update_time=nonsense))
    assert head.created_at == said[0].created_at
    assert head.updated_at == said[-1].created_at


def test_without_a_title_the_question_is_it() -> None:
    assert told(plain(title=None))[0].title == "Who is Robin?"
    assert told(plain(title="a\n" * 999))[0].title == "a " * 99 + "a"


def test_a_chain_of_any_length_is_taken_over() -> None:
    roles = ("user", "assistant")
    nodes: list[Any] = [("0", None, message("user", "0"))]
    for number in range(1, DEEP):
        said = message(roles[number % 2], str(number))
        nodes.append((str(number), str(number - 1), said))
    mapping = {key: {"parent": above, "message": said} for key, above, said in nodes}
    assert len(texts(plain() | {"mapping": mapping, "current_node": "0"})) == DEEP


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (7, "`mapping`"),
        ({}, "`mapping`"),
        ({"mapping": []}, "`mapping`"),
        (tree([("a", "b", message()), ("b", "a", message())]), "own ancestors"),
        (tree([("a", "a", message())]), "own ancestors"),
    ],
)
def test_what_is_no_conversation_is_refused(talk: Any, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        told(talk)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
NODES = st.fixed_dictionaries(
    {
        "parent": st.sampled_from([None, "0", "1", "2", "3", []]),
        "message": JSON
        | st.fixed_dictionaries(
            {
                "author": JSON | st.sampled_from([{"role": "user"}, {"role": "tool"}]),
                "content": JSON | st.just({"content_type": "text", "parts": ["x"]}),
                "create_time": JSON,
                "metadata": JSON,
            }
        ),
    }
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from("0123"), NODES), JSON)
def test_whatever_comes_is_taken_over_or_refused(mapping: Any, other: Any) -> None:
    talk = plain(title=other, current_node=other) | {"mapping": mapping}
    try:
        records = list(chatgpt.records(talk, principal_id="u", assistant_key="c"))
    except BadFile:
        return
    known = Found("", PrincipalRecord(id="u"))
    assert list(checked([known, *(Found("", record) for record in records)]))
