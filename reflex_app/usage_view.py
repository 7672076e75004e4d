"""A usage report as it is drawn: sums, charts and tables in a reader's words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import itemgetter

from reflex_app import charts
from reflex_app.charts import BarChart, Place, Series
from reflex_app.reports import MAX_CONVERSATIONS, YEAR, Part, Report, Span, summed
from reflex_app.texts import ENGLISH, Texts
from reflex_app.usage_words import (
    Measure,
    cost_of,
    money_tick,
    short_name,
    span_name,
    used_by,
)
from reflex_app.view import money

_BY = {7: "day", 30: "day", 90: "week", YEAR: "month"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the sums on top."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table."""

    key: str
    name: str
    answers: str
    tokens: str
    cost: str
    share: str = "0%"
    """Width of its bar: its part of the largest."""
    kind: str = "s0"
    """Its colour."""
    detail: str = ""
    """A second name: the model, in the table of days."""
    href: str = ""
    gone: bool = False
    """Whether it cannot be opened any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The usage page, ready to be drawn."""

    empty: bool = True
    period: str = ""
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    chart: BarChart = field(default_factory=BarChart)
    chart_title: str = ""
    chart_text: str = ""
    by: str = ""
    """What one bar stands for."""
    days: tuple[Line, ...] = ()
    models: tuple[Line, ...] = ()
    assistants: tuple[Line, ...] = ()
    conversations: tuple[Line, ...] = ()


def usual_measure(report: Report) -> Measure:
    """Return what is worth drawing: tokens when nothing cost anything."""
    return "cost" if report.total.cost else "tokens"


def sheet(report: Report, measure: Measure, words: Texts = ENGLISH) -> Sheet:
    """Return the report as it is drawn."""
    whole = Span(start=report.spans[0].start, end=report.spans[-1].end)
    period = words.text("usage.utc", period=span_name(whole, words))
    if not report.total.answers:
        return Sheet(period=period)
    by = _BY.get(report.days, "day")
    talks = report.by_conversation[:MAX_CONVERSATIONS]
    return Sheet(
        empty=False,
        period=period,
        figures=_figures(report.total, words),
        notes=_notes(report.total, words),
        chart=_chart(report, measure, words),
        chart_title=words.text(f"usage.{measure}_by_{by}"),
        chart_text=_chart_text(report, measure, words),
        days=_day_lines(report, words),
        by=words.text(f"usage.{by}"),
        models=_lines(report.by_model, measure, words, coloured=True),
        assistants=_lines(report.by_assistant, measure, words),
        conversations=_talk_lines(report, talks, measure, words),
    )


def _figures(total: Part, words: Texts) -> tuple[Figure, ...]:
    mean, priced = total.mean_cost, total.answers - total.unpriced
    about = "≈ " if total.estimated and total.cost else ""
    free = "" if total.unpriced else words.text("usage.all_free")
    exact = f"{total.cost.normalize():f} {total.currency}" if total.cost else free
    if mean is None:
        usual = words.text("usage.unknown"), words.text("usage.no_price")
    else:
        value = about + money(mean, total.currency, words)
        usual = value, words.text("usage.of_answers", count=priced)
    split = words.text(
        "usage.split",
        prompt=words.number(total.prompt_tokens),
        completion=words.number(total.completion_tokens),
    )
    each = words.text("usage.each", count=total.tokens // total.answers)
    figures = {
        "usage.cost": (cost_of(total, words), exact),
        "usage.mean": usual,
        "usage.answers": (words.number(total.answers), each),
        "usage.tokens": (words.number(total.tokens), split),
    }
    return tuple(
        Figure(label=words.text(key), value=value, note=note)
        for key, (value, note) in figures.items()
    )


def _notes(total: Part, words: Texts) -> tuple[str, ...]:
    notes = []
    if total.unpriced:
        notes.append(words.text("usage.unpriced", count=total.unpriced))
    if total.estimated and total.cost:
        notes.append(words.text("usage.estimated"))
    return tuple(notes)


def _chart(report: Report, measure: Measure, words: Texts) -> BarChart:
    currency = report.total.currency
    tokens = measure == "tokens"
    return charts.stacked(
        [_place(report, i, measure, words) for i in range(len(report.spans))],
        _series(report, measure, words),
        name_tick=lambda tick, step: (
            words.short_number(tick)
            if tokens
            else money_tick(tick, step, currency, words)
        ),
        name_rest=lambda count: words.text("usage.others", count=count),
        whole=tokens,
    )


def _series(report: Report, measure: Measure, words: Texts) -> list[Series]:
    """One series a model; tokens of the only model split into prompts and answers."""
    if measure == "tokens" and len(report.by_model) == 1:
        return [
            Series(
                name=words.text("usage.answer_tokens"),
                amounts=_of_spans(report, _answer_tokens),
            ),
            Series(
                name=words.text("usage.prompts"),
                amounts=_of_spans(report, _prompt_tokens),
            ),
        ]
    return [_model_series(report, one.key, measure) for one in report.by_model]


def _model_series(report: Report, name: str, measure: Measure) -> Series:
    def amount(one: Part) -> Decimal:
        return _amount(one, measure) if one.key == name else Decimal(0)

    return Series(name=name, amounts=_of_spans(report, amount))


def _of_spans(report: Report, amount: Callable[[Part], Decimal]) -> list[Decimal]:
    return [sum(map(amount, models), Decimal(0)) for models in report.models]


def _answer_tokens(one: Part) -> Decimal:
    return Decimal(one.completion_tokens)


def _prompt_tokens(one: Part) -> Decimal:
    return Decimal(one.prompt_tokens)


def _amount(one: Part, measure: Measure) -> Decimal:
    return one.cost if measure == "cost" else Decimal(one.tokens)


def _place(report: Report, index: int, measure: Measure, words: Texts) -> Place:
    span, models = report.spans[index], report.models[index]
    day, label = span_name(span, words), short_name(report, span, words)
    if not models:
        return Place(label=label, title=words.text("usage.nothing_on", day=day))
    total = summed("", models)
    answers = words.text("usage.n_answers", count=total.answers)
    used = used_by(total, measure, words)
    lines = [words.text("usage.on", day=day, used=used, answers=answers)]
    if len(models) > 1:
        lines += [_model_title(one, measure, words) for one in models]
    return Place(label=label, title="\n".join(lines))


def _model_title(one: Part, measure: Measure, words: Texts) -> str:
    used = used_by(one, measure, words)
    return words.text("usage.of_model", model=one.key, used=used)


def _chart_text(report: Report, measure: Measure, words: Texts) -> str:
    totals = [summed("", models) for models in report.models]
    top = max(range(len(totals)), key=lambda i: _amount(totals[i], measure))
    if not _amount(totals[top], measure):
        unknown = report.total.unpriced == report.total.answers
        return words.text("usage.no_price_known" if unknown else "usage.nothing_cost")
    day = span_name(report.spans[top], words)
    used = used_by(totals[top], measure, words)
    return words.text("usage.highest", day=day, used=used)


def _day_lines(report: Report, words: Texts) -> tuple[Line, ...]:
    """The newest first; what was not used at all is left out."""
    pairs = list(zip(report.spans, report.models, strict=True))
    return tuple(
        replace(
            _line(one, words),
            key=f"{span.start}-{one.key}",
            name=span_name(span, words),
            detail=one.key,
        )
        for span, models in reversed(pairs)
        for one in models
    )


def _lines(
    parts: Sequence[Part], measure: Measure, words: Texts, *, coloured: bool = False
) -> tuple[Line, ...]:
    """The order of `parts` gives each its colour, the measure its place."""
    largest = max((_amount(one, measure) for one in parts), default=Decimal(0))
    lines = []
    for index, one in enumerate(parts):
        line = replace(
            _line(one, words),
            share=charts.share(_amount(one, measure), largest),
            kind=charts.colour(index if coloured else 0),
        )
        lines.append((-_amount(one, measure), index, line))
    return tuple(line for *_, line in sorted(lines, key=itemgetter(0, 1)))


def _talk_lines(
    report: Report, talks: Sequence[Part], measure: Measure, words: Texts
) -> tuple[Line, ...]:
    lines = _lines(talks, measure, words)
    return tuple(_titled(line, report.titles.get(line.key), words) for line in lines)


def _titled(line: Line, title: str | None, words: Texts) -> Line:
    if not title:
        return replace(line, name=words.text("usage.deleted"), gone=True)
    return replace(line, name=title, href=f"/c/{line.key}")


def _line(one: Part, words: Texts) -> Line:
    return Line(
        key=one.key,
        name=one.key,
        answers=words.number(one.answers),
        tokens=words.number(one.tokens),
        cost=cost_of(one, words),
    )
