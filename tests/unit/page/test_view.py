from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflex_app import session, view
from reflex_app.replies import UNREACHABLE, Assistant, Cost, CostItem, Outcome, Problem
from reflex_app.session import Conversation, Total

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


def answer_row(
    cost: Cost | None, *, tokens: int = 402, status: str = "COMPLETED"
) -> view.Row:
    following = session.accept(session.ask(Conversation(), "Who?"), "gen_1", "echo")
    outcome = Outcome(status=status, content="Alfred", total_tokens=tokens, cost=cost)
    return view.rows(session.finish(following, outcome))[-1]


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

    assert [
        (line.label, line.tokens, line.rate, line.amount) for line in row.receipt
    ] == [
        ("Prompt", "2", "$1.00 / M", "$0.000002"),
        ("Answer", "200", "$2.00 / M", "$0.0004"),
    ]
    assert row.receipt_note == "Total $0.000402, prices from settings."


def test_a_stopped_answer_says_so() -> None:
    assert answer_row(GUESSED, status="STOPPED").note == "Stopped"


def test_the_total_marks_unknown_and_estimated_costs() -> None:
    total = Total(amount=Decimal("0.25"), unknown=1, estimated=True)

    assert view.total_label(total) == "≈ $0.25 + ?"
    assert "1 answer is unknown" in view.total_title(total)
    assert view.total_label(Total()) == "$0.00"


def test_an_unreachable_service_is_a_plain_sentence_and_nothing_is_lost() -> None:
    problem = Problem(code=UNREACHABLE, message="No service.", retryable=True)

    row = view.rows(session.refuse(session.ask(Conversation(), "Who?"), problem))[0]

    assert row.error == "No service. Your message is safe: try again in a moment."
    assert row.content == "Who?"
    assert row.can_retry


def test_a_bug_of_the_service_shows_the_request_that_finds_it() -> None:
    problem = Problem(code="X", message="Oops.", retryable=True, request_id="req_1")

    assert view.sentence(problem) == "Oops. (Request req_1)"


def test_only_the_last_turn_offers_a_retry() -> None:
    problem = Problem(code="X", message="Oops.", retryable=True)
    first = session.refuse(session.ask(Conversation(), "One"), problem)

    rows = view.rows(session.refuse(session.ask(first, "Two"), problem))

    assert [row.can_retry for row in rows] == [False, True]


def test_a_free_local_model_says_why_it_costs_nothing() -> None:
    local = Assistant(
        assistant_id="ast_1",
        name="Comics",
        description="",
        starters=(),
        model="smollm2",
        provider="local",
        prompt_per_million=None,
        completion_per_million=None,
        currency="USD",
    )

    assert view.card(local).price == "Free: it runs on this machine"


@given(st.integers(0, 40), st.integers(0, 20))
def test_folding_shows_the_newest_rows_once_and_sends_few_again(
    old: int, new: int
) -> None:
    rows = [view.Row(key=str(i), role="USER", content="x") for i in range(old + new)]
    earlier, _ = view.fold([], rows[:old])

    kept, recent = view.fold(earlier, rows)

    assert [*kept, *recent] == rows[-len(kept) - len(recent) :] if rows else True
    assert len(recent) <= view.MAX_RECENT
    assert len(kept) + len(recent) <= view.MAX_DRAWN + view.MAX_RECENT


def test_a_row_that_changed_is_drawn_anew_even_when_it_was_folded_away() -> None:
    rows = [view.Row(key=str(i), role="USER", content="x") for i in range(20)]
    earlier, _ = view.fold([], rows)
    changed = [view.Row(key="0", role="USER", content="y"), *rows[1:]]

    kept, _ = view.fold(earlier, changed)

    assert kept[0].content == "y"
