"""What was used and what it cost, as the API counts it: read, cut into days, filed.

Days are those of UTC, as in the contract.
"""

import csv
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from typing import Any

from reflex_app.export import cell
from reflex_app.operations import TITLES, USAGE

YEAR = 365
PERIODS = (7, 30, 90, YEAR)
"""Lengths of a report, in days."""
MAX_CONVERSATIONS = 10
"""Conversations on the page; a file has all of them."""
COLUMNS = (
    *("by", "key", "name", "answers", "prompt_tokens", "completion_tokens"),
    *("cost", "currency", "estimated", "unpriced_answers"),
)

Query = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Sends a document with its variables and returns the data."""

_MAX_TITLES = 100
_DAILY = 31
_WEEKLY = 92
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Tokens and cost of one day, model, assistant or conversation, or of all."""

    key: str
    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal = Decimal(0)
    """Without the answers of unknown price."""
    currency: str = "USD"
    estimated: bool = False
    """Whether some of the tokens were counted by the API, not by the provider."""
    unpriced: int = 0
    """Answers of unknown price."""

    @property
    def tokens(self) -> int:
        """Prompts and answers together."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def mean_cost(self) -> Decimal | None:
        """Cost of an answer whose price is known; None when there is none."""
        priced = self.answers - self.unpriced
        return self.cost / priced if priced > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some days in a row: what one bar stands for."""

    start: date
    end: date
    """The day after the last one."""

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the usage page shows of one period."""

    days: int
    spans: tuple[Span, ...]
    total: Part
    by_day: tuple[Part, ...] = ()
    by_model: tuple[Part, ...] = ()
    """The most expensive first, as in all that follow."""
    by_assistant: tuple[Part, ...] = ()
    by_conversation: tuple[Part, ...] = ()
    models: tuple[tuple[Part, ...], ...] = ()
    """For each span the models that answered in it."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Titles of the dearest hundred; those that were deleted have none."""


def spans(days: int, today: date) -> tuple[Span, ...]:
    """Return the spans of a period that ends with `today`, at most 31 of them.

    They are days, for longer periods weeks that end with `today`, and months of the
    calendar after that.
    """
    start, end = today - (days - 1) * _DAY, today + _DAY
    if days <= _WEEKLY:
        step = _DAY if days <= _DAILY else _WEEK
        cuts = [end]
        while cuts[-1] > start:
            cuts.append(max(cuts[-1] - step, start))
        cuts.reverse()
    else:
        cuts = [start]
        while (month := _next_month(cuts[-1])) < end:
            cuts.append(month)
        cuts.append(end)
    return tuple(Span(start=first, end=last) for first, last in pairwise(cuts))


async def read(query: Query, days: int, now: datetime) -> Report:
    """Ask the API for the last `days` days, the present one included.

    Raises:
        ApiError: the API refused or is not there.
    """
    cuts = spans(days, now.astimezone(UTC).date())
    whole = Span(start=cuts[0].start, end=cuts[-1].end)
    total, by_day = await _usage(query, whole, "DAY")
    if not total.answers:
        return Report(days=days, spans=cuts, total=total)
    _, by_model = await _usage(query, whole, "MODEL")
    _, by_assistant = await _usage(query, whole, "ASSISTANT")
    _, talks = await _usage(query, whole, "CONVERSATION")
    talks = _dearest(talks)
    return Report(
        days=days,
        spans=cuts,
        total=total,
        by_day=by_day,
        by_model=_dearest(by_model),
        by_assistant=_dearest(by_assistant),
        by_conversation=talks,
        models=await _models(query, cuts, by_day, by_model),
        titles=await _titles(query, [one.key for one in talks[:_MAX_TITLES]]),
    )


def part(row: Mapping[str, Any]) -> Part:
    """Return a `UsageRow` of the contract as a value."""
    return Part(
        key=row["key"],
        answers=row["requests"],
        prompt_tokens=int(Decimal(row["promptTokens"])),
        completion_tokens=int(Decimal(row["completionTokens"])),
        cost=Decimal(row["cost"]["amount"]),
        currency=row["cost"]["currency"],
        estimated=row["cost"]["estimated"],
        unpriced=row["unpricedRequests"],
    )


def within(span: Span, by_day: Sequence[Part]) -> tuple[Part, ...]:
    """Return the days of a span in which something was used."""
    first, end = span.start.isoformat(), span.end.isoformat()
    return tuple(day for day in by_day if first <= day.key < end)


def summed(key: str, parts: Sequence[Part]) -> Part:
    """Return the sum of parts."""
    return Part(
        key=key,
        answers=sum(one.answers for one in parts),
        prompt_tokens=sum(one.prompt_tokens for one in parts),
        completion_tokens=sum(one.completion_tokens for one in parts),
        cost=sum((one.cost for one in parts), Decimal(0)),
        currency=parts[0].currency if parts else "USD",
        estimated=any(one.estimated for one in parts),
        unpriced=sum(one.unpriced for one in parts),
    )


def file_name(report: Report) -> str:
    """Return the name that the file of a report gets: its first and last day."""
    first, last = report.spans[0].start, report.spans[-1].last
    return f"usage_{first:%Y%m%d}_{last:%Y%m%d}.csv"


def as_csv(report: Report) -> str:
    """Return the report as a table for spreadsheets, with no cell that is a formula."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for kind, one in _lines(report):
        name = report.titles.get(one.key, "") if kind == "conversation" else ""
        values = (
            *(kind, one.key, name, one.answers),
            *(one.prompt_tokens, one.completion_tokens, f"{one.cost:f}"),
            *(one.currency, "yes" if one.estimated else "no", one.unpriced),
        )
        writer.writerow([cell(str(value)) for value in values])
    return "\ufeff" + out.getvalue()


def _lines(report: Report) -> Iterator[tuple[str, Part]]:
    kinds = {
        "total": (report.total,),
        "day": report.by_day,
        "model": report.by_model,
        "assistant": report.by_assistant,
        "conversation": report.by_conversation,
    }
    for kind, parts in kinds.items():
        yield from ((kind, one) for one in parts)


async def _usage(query: Query, span: Span, group: str) -> tuple[Part, tuple[Part, ...]]:
    variables = {
        "since": datetime.combine(span.start, time(), UTC).isoformat(),
        "until": datetime.combine(span.end, time(), UTC).isoformat(),
        "groupBy": group,
    }
    report = (await query(USAGE, variables))["usage"]
    return part(report["total"]), tuple(part(row) for row in report["rows"])


async def _models(
    query: Query, cuts: Sequence[Span], by_day: Sequence[Part], used: Sequence[Part]
) -> tuple[tuple[Part, ...], ...]:
    """The models of each span: asked for only where the days do not say it."""
    found = []
    for span in cuts:
        days = within(span, by_day)
        if not days:
            found.append(())
        elif len(used) == 1:
            found.append((summed(used[0].key, days),))
        else:
            found.append((await _usage(query, span, "MODEL"))[1])
    return tuple(found)


async def _titles(query: Query, ids: Sequence[str]) -> dict[str, str]:
    if not ids:
        return {}
    nodes = (await query(TITLES, {"ids": list(ids)}))["nodes"]
    return {node["id"]: node["title"] for node in nodes if node}


def _dearest(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda one: (-one.cost, -one.tokens, one.key)))


def _next_month(day: date) -> date:
    return (day.replace(day=1) + 32 * _DAY).replace(day=1)
