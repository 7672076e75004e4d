import csv
import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflex_app import reports, usage_view
from reflex_app.calls import Calls
from reflex_app.replies import ApiError
from reflex_app.reports import PERIODS, Part, Report, spans
from reflex_app.texts import ENGLISH
from reflex_app.usage_view import Line, Sheet
from reflex_app.usage_words import money_tick, span_name
from tests.wire.fake_usage import FakeUsage, Used
from tests.wire.in_process import InProcess

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, 17, 45, tzinfo=UTC)
DAY = timedelta(days=1)


async def read(api: FakeUsage, days: int = 30) -> Report:
    calls = Calls("http://api/graphql", poster=InProcess(api.asgi))
    return await reports.read(calls.query, days, NOW)


async def shown(*used: Used, days: int = 30, measure: str = "cost") -> Sheet:
    report = await read(FakeUsage(used=list(used)), days)
    return usage_view.sheet(report, "tokens" if measure == "tokens" else "cost")


def numbers(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [(one.name, one.answers, one.tokens, one.cost) for one in lines]


@given(st.sampled_from(PERIODS), st.dates(date(2001, 1, 1), date(2100, 1, 1)))
def test_spans_cover_a_period_to_the_day_without_a_gap(days: int, today: date) -> None:
    cuts = spans(days, today)

    assert len(cuts) <= 31
    assert cuts[-1].end == today + DAY
    assert cuts[0].start == today + DAY - days * DAY
    assert all(a.end == b.start for a, b in itertools.pairwise(cuts))
    assert all(span.start < span.end for span in cuts)


@pytest.mark.parametrize(
    ("start", "days", "name"),
    [
        ("2026-11-22", 1, "Sun, Nov 22, 2026"),
        ("2026-11-16", 7, "Nov 16\u2009\u2013\u200922, 2026"),
        ("2026-10-30", 7, "Oct 30\u2009\u2013\u2009Nov 5, 2026"),
        ("2025-12-29", 7, "Dec 29, 2025\u2009\u2013\u2009Jan 4, 2026"),
        ("2026-02-01", 28, "February 2026"),
    ],
)
def test_days_are_named_as_people_say_them(start: str, days: int, name: str) -> None:
    first = date.fromisoformat(start)

    span = reports.Span(start=first, end=first + days * DAY)
    assert span_name(span, ENGLISH) == name


async def test_today_ends_at_midnight_of_the_contract_s_time_zone() -> None:
    api = FakeUsage(used=[Used(day="2026-11-22")])
    east = NOW.astimezone(datetime.fromisoformat("2026-01-01T00:00+09:00").tzinfo)
    calls = Calls("http://api/graphql", poster=InProcess(api.asgi))

    await reports.read(calls.query, 7, east)

    assert api.asked[0]["since"] == "2026-11-16T00:00:00+00:00"
    assert api.asked[0]["until"] == "2026-11-23T00:00:00+00:00"


async def test_sums_stay_exact() -> None:
    used = [Used(day="2026-11-22", cost="0.000000000001")] * 3

    report = await read(FakeUsage(used=used))

    assert report.total.cost == Decimal("0.000000000003")
    assert report.total.mean_cost == Decimal("0.000000000001")


async def test_one_model_needs_no_question_for_each_day() -> None:
    api = FakeUsage(used=[Used(day="2026-11-22"), Used(day="2026-11-20")])

    await read(api)

    assert [one["groupBy"] for one in api.asked] == [
        *("DAY", "MODEL", "ASSISTANT", "CONVERSATION")
    ]


async def test_several_models_are_asked_for_on_the_days_that_had_answers() -> None:
    used = [Used(day="2026-11-20", model="luna"), Used(day="2026-11-22", model="sol")]
    api = FakeUsage(used=used)

    report = await read(api)

    assert [one["since"][:10] for one in api.asked[4:]] == ["2026-11-20", "2026-11-22"]
    assert [one.key for one in report.models[-1]] == ["sol"]
    assert sum(one.cost for day in report.models for one in day) == report.total.cost


async def test_a_refused_report_is_an_error_of_the_api() -> None:
    refusal = {"message": "Too many.", "extensions": {"code": "RATE_LIMITED"}}

    with pytest.raises(ApiError, match="RATE_LIMITED"):
        await read(FakeUsage(refusal=refusal))


async def test_the_sheet_says_what_was_used_and_what_it_cost() -> None:
    sheet = await shown(Used(day="2026-11-22"), Used(day="2026-11-21"))

    assert {one.label: (one.value, one.note) for one in sheet.figures} == {
        "Cost": ("$0.0008", "0.000804 USD"),
        "Mean per answer": ("$0.0004", "of 2 answers"),
        "Answers": ("2", "15 tokens each"),
        "Tokens": ("30", "20 in, 10 out"),
    }
    assert sheet.notes == ()
    assert numbers(sheet.models) == [("echo", "2", "30", "$0.0008")]
    assert [one.name for one in sheet.days] == [
        "Sun, Nov 22, 2026",
        "Sat, Nov 21, 2026",
    ]


async def test_answers_of_unknown_price_are_said_in_words() -> None:
    sheet = await shown(Used(day="2026-11-22"), Used(day="2026-11-22", cost=None))

    assert sheet.figures[0].value == "$0.0004 + ?"
    assert sheet.figures[1].value == "$0.0004"
    assert sheet.figures[1].note == "of 1 answer"
    assert sheet.notes == (
        "1 answer has no known price (+ ?) and no part in the costs.",
    )


async def test_a_model_without_any_price_costs_an_unknown_amount_not_nothing() -> None:
    sheet = await shown(Used(day="2026-11-22", cost=None))

    assert sheet.models[0].cost == "unknown"
    assert sheet.figures[1].value == "unknown"
    assert sheet.chart_text == "No price is known."


async def test_estimated_sums_are_marked() -> None:
    sheet = await shown(Used(day="2026-11-22", estimated=True))

    assert sheet.figures[0].value == "≈ $0.0004"
    assert sheet.days[0].cost == "≈ $0.0004"
    assert "≈" in sheet.notes[0]


async def test_the_table_holds_every_number_of_the_chart() -> None:
    used = (Used(day="2026-11-22", model="sol", cost="0.5"), Used(day="2026-11-22"))
    sheet = await shown(*used)

    assert [(one.detail, one.cost) for one in sheet.days] == [
        ("echo", "$0.0004"),
        ("sol", "$0.50"),
    ]
    assert sheet.chart.slots[-1].title == (
        "Sun, Nov 22, 2026: $0.5004, 2 answers\necho: $0.0004\nsol: $0.50"
    )


async def test_a_model_keeps_its_colour_when_tokens_are_drawn() -> None:
    used = (
        Used(day="2026-11-22", model="sol", cost="0.5", tokens=(1, 1)),
        Used(day="2026-11-22", model="luna", cost="0.1", tokens=(90, 9)),
    )
    drawn = [await shown(*used, measure=m) for m in ("cost", "tokens")]

    assert [[(o.name, o.kind) for o in one.models] for one in drawn] == [
        [("sol", "s0"), ("luna", "s1")],
        [("luna", "s1"), ("sol", "s0")],
    ]


async def test_tokens_of_the_only_model_are_split_into_prompts_and_answers() -> None:
    sheet = await shown(Used(day="2026-11-22"), measure="tokens")

    assert [one.name for one in sheet.chart.legend] == ["Answers", "Prompts"]


async def test_conversations_that_are_gone_have_no_link() -> None:
    used = [Used(day="2026-11-22"), Used(day="2026-11-22", conversation="cnv_2")]
    api = FakeUsage(used=used, titles={"cnv_1": "Heroes"})

    lines = usage_view.sheet(await read(api), "cost").conversations

    assert [(one.name, one.href) for one in lines] == [
        ("Heroes", "/c/cnv_1"),
        ("Deleted conversation", ""),
    ]


async def test_a_period_without_answers_is_empty() -> None:
    sheet = await shown(Used(day="2026-01-01"))

    assert sheet == Sheet(period="Oct 24\u2009\u2013\u2009Nov 22, 2026, UTC")


async def test_a_chart_of_free_answers_says_so() -> None:
    sheet = await shown(Used(day="2026-11-22", cost="0"))

    assert sheet.chart_text == "Nothing cost anything."
    assert sheet.chart.bars == ()
    assert sheet.figures[0].note == "all of it free"


async def test_free_answers_are_drawn_by_tokens() -> None:
    free = await read(FakeUsage(used=[Used(day="2026-11-22", cost="0")]))
    paid = await read(FakeUsage(used=[Used(day="2026-11-22")]))

    assert usage_view.usual_measure(free) == "tokens"
    assert usage_view.usual_measure(paid) == "cost"


@pytest.mark.parametrize(
    ("tick", "step", "name"),
    [
        ("0", "0.1", "$0"),
        ("0.5", "0.5", "$0.50"),
        ("0.00015", "0.00005", "$0.00015"),
        ("2000", "1000", "$2,000"),
        ("0.02", "0.01", "$0.02"),
    ],
)
def test_amounts_of_a_scale_are_exact(tick: str, step: str, name: str) -> None:
    assert money_tick(Decimal(tick), Decimal(step), "USD", ENGLISH) == name


async def test_the_file_holds_every_part_exactly() -> None:
    report = await read(FakeUsage(used=[Used(day="2026-11-22", cost=None)] * 2))
    text = reports.as_csv(report)

    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))

    assert [row["by"] for row in rows] == [
        *("total", "day", "model", "assistant", "conversation")
    ]
    assert rows[1]["key"] == "2026-11-22"
    assert (rows[1]["answers"], rows[1]["unpriced_answers"]) == ("2", "2")
    assert reports.file_name(report) == "usage_20261024_20261122.csv"


@pytest.mark.parametrize("title", ["=1+1", "@x", " +1", "\uff1d1"])
async def test_no_cell_of_the_file_is_a_formula(title: str) -> None:
    api = FakeUsage(used=[Used(day="2026-11-22")], titles={"cnv_1": title})

    assert f"'{title}" in reports.as_csv(await read(api))


def test_a_sum_of_nothing_is_nothing() -> None:
    assert reports.summed("x", ()) == Part(key="x")
