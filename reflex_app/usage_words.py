"""How a usage report says its days and amounts."""

from decimal import Decimal
from typing import Literal

from reflex_app.reports import YEAR, Part, Report, Span
from reflex_app.texts import Texts
from reflex_app.view import money

Measure = Literal["cost", "tokens"]

_WEEK_DAYS = 7


def span_name(span: Span, words: Texts) -> str:
    """Return the days of a span as a reader says them."""
    first, last = span.start, span.last
    if first == last:
        return words.day(first)
    if first.day == 1 and span.end.day == 1 and first.month == last.month:
        return words.month(first)
    return words.days(first, last)


def money_tick(tick: Decimal, step: Decimal, currency: str, words: Texts) -> str:
    """Return an amount of a scale with as many decimals as its steps have."""
    places = max(-step.adjusted(), 0) if tick else 0
    if places == 1:
        places = 2
    return words.amount(tick, currency, least=places, most=places)


def used_by(one: Part, measure: Measure, words: Texts) -> str:
    """Return what one part used, in the measure that is drawn."""
    if measure == "cost":
        return cost_of(one, words)
    return words.text("usage.n_tokens", count=one.tokens)


def cost_of(one: Part, words: Texts) -> str:
    """Return what one part cost; `+ ?` marks answers of unknown cost."""
    if one.unpriced and one.unpriced == one.answers:
        return words.text("usage.unknown")
    about = "≈ " if one.estimated and one.cost else ""
    amount = money(one.cost, one.currency, words)
    return f"{about}{amount}{' + ?' if one.unpriced else ''}"


def short_name(report: Report, span: Span, words: Texts) -> str:
    """Return what stands below a bar."""
    if report.days > YEAR // 2:
        return words.short_month(span.start)
    if report.days <= _WEEK_DAYS:
        return words.short_weekday(span.start)
    return words.short_day(span.start)
