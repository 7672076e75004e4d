from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reflex_app import spending
from reflex_app.reports import Part
from reflex_app.spending import Budget, Spending, Spent
from reflex_app.texts import texts

NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def budget(spent: str, *, reserved: str = "0", limit: str = "5") -> Budget:
    return Budget(
        limit=Decimal(limit),
        spent=Decimal(spent),
        reserved=Decimal(reserved),
        currency="USD",
        resets_at=DECEMBER,
    )


def drawn(limited: Budget | None) -> Spending:
    today = Part(key="total", cost=Decimal("0.0123"), unpriced=1)
    month = Part(key="total", cost=Decimal("1.2"))
    return spending.drawn(Spent(today=today, month=month, budget=limited), NOW)


def test_day_and_month_are_sums_that_say_what_is_unknown() -> None:
    sums = drawn(None)

    assert (sums.today, sums.month) == ("$0.0123 + ?", "$1.20")
    assert (sums.month_name, sums.limited) == ("November 2026", False)


@pytest.mark.parametrize(
    ("spent", "level", "width"),
    [
        ("0", "", "0.00%"),
        ("3.99", "", "79.80%"),
        ("4", "near", "80.00%"),
        ("5", "reached", "100.00%"),
        ("5.01", "reached", "100.00%"),
    ],
)
def test_a_budget_warns_when_four_fifths_are_spent(
    spent: str, level: str, width: str
) -> None:
    sums = drawn(budget(spent))

    assert (sums.level, sums.width) == (level, width)


def test_what_answers_hold_is_not_left() -> None:
    sums = drawn(budget("1", reserved="0.5"))

    assert (sums.of, sums.left) == ("$1.50 of $5.00", "$3.50")


def test_a_budget_of_nothing_is_used_up() -> None:
    assert drawn(budget("0", limit="0")).level == "reached"


def test_a_refusal_says_the_limit_and_when_it_starts_anew() -> None:
    assert drawn(budget("5")).refusal == (
        "The month's budget of $5.00 is used up. It starts anew on Dec 1."
    )
    assert "$0.01 is left of the month's $5.00" in drawn(budget("4.99")).refusal


def test_the_sums_are_told_in_the_language_of_their_reader() -> None:
    spent = Spent(today=Part(key="a"), month=Part(key="b"), budget=budget("5"))

    sums = spending.drawn(spent, NOW, texts("zh-Hans"))

    assert (sums.month_name, sums.resets) == ("2026年11月", "12月1日")
    assert "12月1日重新开始" in sums.refusal
