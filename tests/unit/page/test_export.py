import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflex_app import session
from reflex_app.export import cell, export, file_name
from reflex_app.replies import Cost, Outcome
from reflex_app.session import Conversation

HOSTILE = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\n=1"]
HOSTILE += ["\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\u200b=1", "\ufeff=1"]


def conversation(question: str = "Who?", answer: str = "Alfred") -> Conversation:
    cost = Cost(amount=Decimal("0.000402"), currency="USD", estimated=False)
    outcome = Outcome(status="COMPLETED", content=answer, total_tokens=7, cost=cost)
    following = session.accept(session.ask(Conversation(), question), "gen_1", "echo")
    return session.finish(following, outcome)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("kind", ["csv", "json", "md"])
def test_a_file_is_named_after_the_moment_and_the_format(kind: str) -> None:
    moment = datetime(2026, 11, 22, 17, 45, 3, tzinfo=UTC)

    assert file_name(kind, moment) == f"conversation_20261122174503.{kind}"


def test_csv_has_the_five_columns_and_one_row_a_message() -> None:
    text = export(conversation(), "csv")

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
    assert table(export(conversation(text), "csv"))[0]["content"] == f"'{text}"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_csv_gives_every_text_back_but_for_the_apostrophe(text: str) -> None:
    content = table(export(conversation(answer=text), "csv"))[1]["content"]

    assert content in {text, f"'{text}"}
    assert not content.lstrip().startswith(("=", "+", "-", "@"))


@given(st.text(st.characters(codec="utf-8")))
def test_json_gives_every_text_back_exactly(text: str) -> None:
    messages = json.loads(export(conversation(text), "json"))["messages"]

    assert messages[0]["content"] == text
    assert (messages[1]["tokens"], messages[1]["cost"]) == (7, "0.000402")


def test_markdown_keeps_the_text_and_says_who_wrote_it() -> None:
    text = export(conversation("Who?", "**Alfred**"), "md")

    assert "## You\n\nWho?" in text
    assert "## Sidekick\n\n**Alfred**\n\n*echo · 7 tokens · 0.000402 USD*" in text
