from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflex_app import session, view
from reflex_app.replies import (
    UNREACHABLE,
    Cost,
    CostItem,
    Message,
    Problem,
    Version,
)
from reflex_app.session import Conversation

RECEIPT = Cost(
    amount=Decimal("0.000402"),
    currency="USD",
    estimated=False,
    price_source="settings",
    items=(
        CostItem(
            kind="PROMPT",
            tokens=2,
            rate_per_million=Decimal(1),
            amount=Decimal("0.000002"),
        ),
        CostItem(
            kind="COMPLETION",
            tokens=200,
            rate_per_million=Decimal(2),
            amount=Decimal("0.0004"),
        ),
    ),
)
FREE = Cost(amount=Decimal(0), currency="USD", estimated=False)
GUESSED = Cost(amount=Decimal("0.25"), currency="USD", estimated=True)


def answer(cost: Cost | None = None, *, tokens: int = 402, **more: object) -> Message:
    plain = Message(
        message_id="a1",
        role="ASSISTANT",
        content="Alfred",
        status="COMPLETED",
        tokens=tokens,
        cost=cost,
    )
    return replace(plain, **more)


QUESTION = Message(message_id="q1", role="USER", content="Who?", status="COMPLETED")


def answer_row(cost: Cost | None = None, **more: object) -> view.Row:
    return view.rows(Conversation(messages=(QUESTION, answer(cost, **more))))[-1]


def refused(problem: Problem) -> list[view.Row]:
    asked = session.ask(Conversation(messages=(QUESTION,)), "Who else?", key="k1")
    return view.rows(session.refuse(asked, problem))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0.00"),
        ("0.000402", "$0.0004"),
        ("0.0002", "$0.0002"),
        ("0.00004567", "$0.000046"),
        ("0.000000000001", "$0.000000000001"),
        ("0.25", "$0.25"),
        ("0.99999", "$1.00"),
        ("1.5", "$1.50"),
        ("1234.567", "$1,234.57"),
    ],
)
def test_money_has_as_many_decimals_as_it_takes_to_see_it(
    amount: str, text: str
) -> None:
    assert view.money(Decimal(amount)) == text


def test_money_of_another_currency_names_it() -> None:
    assert view.money(Decimal("0.5"), "CHF") == "0.50 CHF"


@given(st.decimals("0.000000000001", "100000", places=12))
def test_money_that_was_spent_is_never_shown_as_nothing(amount: Decimal) -> None:
    assert view.money(amount) != "$0.00"


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (RECEIPT, "402 tokens · $0.0004"),
        (FREE, "402 tokens · $0.00"),
        (GUESSED, "≈ 402 tokens · ≈ $0.25"),
        (replace(FREE, estimated=True), "≈ 402 tokens · $0.00"),
        (None, "402 tokens · cost unknown"),
    ],
)
def test_an_answer_shows_its_tokens_and_cost(cost: Cost | None, text: str) -> None:
    assert answer_row(cost).meta == text


def test_one_token_is_singular_and_thousands_are_grouped() -> None:
    assert answer_row(FREE, tokens=1).meta.startswith("1 token ·")
    assert answer_row(FREE, tokens=12345).meta.startswith("12,345 tokens")


def test_the_receipt_shows_every_item_and_its_source() -> None:
    row = answer_row(RECEIPT)

    assert row.receipt == (
        ("Prompt", "2", "$1.00 / M", "$0.000002"),
        ("Answer", "200", "$2.00 / M", "$0.0004"),
    )
    assert row.receipt_note == "Total $0.000402, prices from settings."


def test_a_stopped_answer_says_so() -> None:
    assert answer_row(GUESSED, status="STOPPED").note == "Stopped by you"


def test_an_interrupted_answer_can_be_continued_and_written_anew() -> None:
    problem = Problem(code="INTERRUPTED", message="It broke off.", retryable=True)

    row = answer_row(GUESSED, status="INTERRUPTED", problem=problem)

    assert (row.note, row.failure.detail) == ("Interrupted", "It broke off.")
    assert (row.can_continue, row.can_retry) == (True, True)


def test_an_answer_without_a_word_cannot_be_continued() -> None:
    row = answer_row(GUESSED, status="INTERRUPTED", content=" ")

    assert (row.can_continue, row.can_retry) == (False, True)


def test_an_answer_cut_at_the_limit_can_be_continued() -> None:
    row = answer_row(FREE, finish_reason="LENGTH")

    assert (row.note, row.can_continue) == ("Cut at the length limit", True)


def test_the_total_marks_unknown_and_estimated_costs() -> None:
    assert view.total_label(GUESSED, unpriced=1) == "≈ $0.25 + ?"
    assert "1 answer is unknown" in view.total_title(GUESSED, unpriced=1)
    assert view.total_label(FREE, unpriced=0) == "$0.00"
    assert view.total_label(replace(FREE, estimated=True), unpriced=0) == "$0.00"


def test_an_unreachable_service_is_a_plain_sentence_and_nothing_is_lost() -> None:
    problem = Problem(code=UNREACHABLE, message="No service.", retryable=True)

    row = refused(problem)[-1]

    assert "Your message is safe" in row.failure.text
    assert row.content == "Who else?"
    assert (row.can_retry, row.can_discard, row.stored) == (True, True, False)


def test_versions_are_counted_and_lead_to_their_neighbours() -> None:
    versions = tuple(Version(message_id=name) for name in ("a0", "a1", "a2"))

    row = answer_row(FREE, versions=versions)

    assert (row.version, row.previous, row.next) == ("2 of 3", "a0", "a2")
    assert answer_row(FREE, versions=versions[1:2]).version == ""


def test_only_the_last_message_offers_a_retry() -> None:
    problem = Problem(code="X", message="Oops.", retryable=True)
    broken = answer(FREE, status="FAILED", problem=problem)
    again = replace(broken, message_id="a2")

    rows = view.rows(Conversation(messages=(QUESTION, broken, QUESTION, again)))

    assert [row.can_retry for row in rows] == [False, False, False, True]
