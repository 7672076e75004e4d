import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflex_app.export import Format, cell, export, file_name
from reflex_app.replies import Cost, CostItem, Message, Version

HOSTILE = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\n=1"]
HOSTILE += ["\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\u200b=1", "\ufeff=1"]


def conversation(question: str = "Who?", answer: str = "Alfred") -> tuple[Message, ...]:
    item = CostItem(
        kind="COMPLETION",
        tokens=7,
        rate_per_million=Decimal("57.5"),
        amount=Decimal("0.000402"),
    )
    cost = Cost(
        amount=Decimal("0.000402"), currency="USD", estimated=False, items=(item,)
    )
    return (
        Message(message_id="q1", role="USER", content=question, status="COMPLETED"),
        Message(
            message_id="a2",
            role="ASSISTANT",
            content=answer,
            status="COMPLETED",
            model="echo",
            tokens=7,
            cost=cost,
            versions=(
                Version(message_id="a1", content="Robin", status="STOPPED"),
                Version(message_id="a2", content=answer, status="COMPLETED"),
            ),
        ),
    )


def text_of(kind: Format, *texts: str) -> str:
    return export("The butler", conversation(*texts), kind)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("kind", ["csv", "json", "md"])
def test_a_file_is_named_after_the_moment_and_the_format(kind: str) -> None:
    moment = datetime(2026, 11, 22, 17, 45, 3, tzinfo=UTC)

    assert file_name(kind, moment) == f"conversation_20261122174503.{kind}"


def test_csv_has_the_five_columns_and_one_row_a_message() -> None:
    text = text_of("csv")

    assert text.startswith("\ufeffrole,content,model,tokens,cost\r\n")
    assert table(text) == [
        {"role": "user", "content": "Who?", "model": "", "tokens": "", "cost": ""},
        {
            "role": "assistant",
            "content": "Alfred",
            "model": "echo",
            "tokens": "7",
            "cost": "0.000402",
        },
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert table(text_of("csv", text))[0]["content"] == f"'{text}"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_csv_gives_every_text_back_but_for_the_apostrophe(text: str) -> None:
    content = table(text_of("csv", "Who?", text))[1]["content"]

    assert content in {text, f"'{text}"}
    assert not content.lstrip().startswith(("=", "+", "-", "@"))


@given(st.text(st.characters(codec="utf-8")))
def test_json_gives_every_text_back_exactly(text: str) -> None:
    messages = json.loads(text_of("json", text))["messages"]

    assert messages[0]["content"] == text
    assert (messages[1]["tokens"], messages[1]["cost"]) == (7, "0.000402")


def test_json_holds_the_receipt_and_the_other_versions() -> None:
    document = json.loads(text_of("json"))

    answer = document["messages"][1]
    assert document["title"] == "The butler"
    assert answer["receipt"] == [
        {
            "kind": "COMPLETION",
            "tokens": 7,
            "rate_per_million": "57.5",
            "amount": "0.000402",
        }
    ]
    assert answer["other_versions"] == [{"content": "Robin", "status": "STOPPED"}]


def test_a_title_of_several_lines_stays_one_heading() -> None:
    text = export("One\n# Two", conversation(), "md")

    assert text.startswith("# One # Two\n\n## You")


def test_markdown_keeps_the_text_and_says_who_wrote_it() -> None:
    text = text_of("md", "Who?", "**Alfred**")

    assert text.startswith("# The butler\n")
    assert "## You\n\nWho?" in text
    assert "## Sidekick\n\n**Alfred**\n\n*echo · 7 tokens · 0.000402 USD*" in text
