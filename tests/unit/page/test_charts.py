import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflex_app.charts import PLOT_PX, SERIES, Box, Place, Series, scale, share, stacked

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=12)
POSITIVE = st.decimals(min_value=Decimal("1e-12"), max_value=10**9, places=12)
BOX_PX = PLOT_PX + 8


@st.composite
def columns(draw: st.DrawFn) -> list[list[Decimal]]:
    """Amounts of some series at some places."""
    places = draw(st.integers(1, 31))
    one = st.lists(AMOUNTS, min_size=places, max_size=places)
    return draw(st.lists(one, min_size=1, max_size=SERIES + 3))


def chart(series: list[list[Decimal]], *, whole: bool = False):  # noqa: ANN201
    places = [Place(label=f"{i} Nov", title=f"day {i}") for i in range(len(series[0]))]
    named = [Series(name=f"m{i}", amounts=one) for i, one in enumerate(series)]
    return stacked(
        places,
        named,
        name_tick=lambda tick, _: f"{tick}",
        name_rest=lambda count: f"{count} others",
        whole=whole,
    )


def percent(text: str) -> Decimal:
    return Decimal(text.removesuffix("%"))


def height(boxes: list[Box]) -> Decimal:
    return sum((Decimal(box.height) for box in boxes), Decimal(0))


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        ("0.0003", "0 0.0001 0.0002 0.0003"),
        ("0.93", "0 0.5 1.0"),
        ("7", "0 2 4 6 8"),
        ("1", "0 0.5 1.0"),
        ("160645", "0 50000 100000 150000 200000"),
        ("0", "0 1"),
    ],
)
def test_ticks_are_round(largest: str, ticks: str) -> None:
    assert scale(Decimal(largest)) == tuple(map(Decimal, ticks.split()))


def test_ticks_of_whole_things_are_whole() -> None:
    assert scale(Decimal(3), whole=True) == (0, 1, 2, 3)


@given(POSITIVE, st.sampled_from([{}, {"whole": True}]))
def test_a_scale_has_few_even_steps_and_reaches_the_largest(
    largest: Decimal, options: dict[str, bool]
) -> None:
    ticks = scale(largest, **options)

    assert 2 <= len(ticks) <= 5
    assert ticks[0] == 0
    assert ticks[-2] < largest <= ticks[-1]
    assert len({b - a for a, b in itertools.pairwise(ticks)}) == 1
    assert ticks[1].as_tuple().digits in {(1,), (2,), (5,), (1, 0)}


@given(columns())
def test_all_bars_lie_within_the_chart_and_their_own_place(
    series: list[list[Decimal]],
) -> None:
    drawn = chart(series)
    slots = [(percent(slot.x), percent(slot.width)) for slot in drawn.slots]

    for box in drawn.bars:
        left, right = percent(box.x), percent(box.x) + percent(box.width)
        assert any(x <= left and right <= x + w + Decimal("0.002") for x, w in slots)
        top, tall = Decimal(box.y), Decimal(box.height)
        assert top >= 0
        assert tall > 0
        assert top + tall <= BOX_PX + Decimal("0.01")


@given(columns())
def test_nothing_that_was_used_is_without_a_bar(series: list[list[Decimal]]) -> None:
    drawn = chart(series[:SERIES])

    used = sum(amount > 0 for one in series[:SERIES] for amount in one)

    assert len(drawn.bars) == used


@given(st.lists(POSITIVE, min_size=2, max_size=2))
def test_heights_are_in_proportion(amounts: list[Decimal]) -> None:
    drawn = chart([[amount] for amount in amounts])

    expected = PLOT_PX * sum(amounts) / Decimal(drawn.ticks[-1].label)

    assert abs(height(list(drawn.bars)) - expected) <= Decimal("3.1")


@given(columns())
def test_series_without_a_colour_of_their_own_become_one_and_none_is_lost(
    series: list[list[Decimal]],
) -> None:
    drawn = chart(series)

    assert {box.kind for box in drawn.bars} <= {f"s{i}" for i in range(SERIES)}
    assert {entry.kind for entry in drawn.legend} == {box.kind for box in drawn.bars}
    top = max(sum(column) for column in zip(*series, strict=True))
    assert Decimal(drawn.ticks[-1].label) >= top


def test_a_chart_of_nothing_has_a_scale_and_no_bars() -> None:
    drawn = chart([[Decimal(0)] * 7])

    assert drawn.bars == ()
    assert len(drawn.ticks) == 2
    assert drawn.legend == ()


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (5, 5), (13, 5), (30, 5)])
def test_labels_are_few_enough_to_be_read_and_the_last_is_there(
    count: int, shown: int
) -> None:
    labels = chart([[Decimal(1)] * count]).labels

    assert len(labels) == shown
    assert labels[-1].text == f"{count - 1} Nov"


@pytest.mark.parametrize(
    ("amount", "whole", "width"),
    [("1", "4", "25.000%"), ("5", "4", "100.000%"), ("1", "0", "0%")],
)
def test_a_share_is_between_nothing_and_all(
    amount: str, whole: str, width: str
) -> None:
    assert share(Decimal(amount), Decimal(whole)) == width


@pytest.mark.parametrize(("label", "shown"), [("Nov 22", 5), ("11月22日", 3)])
def test_wide_labels_are_fewer(label: str, shown: int) -> None:
    places = [Place(label=label, title="")] * 30
    series = [Series(name="echo", amounts=[Decimal(1)] * 30)]

    drawn = stacked(
        places,
        series,
        name_tick=lambda tick, _: f"{tick}",
        name_rest=lambda count: f"{count} others",
    )

    assert len(drawn.labels) == shown
