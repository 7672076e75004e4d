"""Charts as plain geometry: what to draw where, decided here and drawn by any SVG.

Across, lengths are percentages, so that one chart fits a phone and a desk; down,
they are pixels. Amounts stay `Decimal` until they become a length.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from unicodedata import east_asian_width

PLOT_PX = 180
"""Height of the tallest bar's room."""
LABELS_PX = 26
"""Room below the bars for what they stand for."""
SERIES = 6
"""How many series have a colour of their own; the last one is for the rest."""

_TOP_PX = 8
_TICKS = 4
_SHORT, _LONG = 3, 6
_FITTING = {"narrow": 5, "middle": 5, "wide": 4}
"""How many labels fit on a phone beside a scale; of up to `_SHORT` columns two more, of
more than `_LONG` two less."""
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_SMALLEST_PX = Decimal("1.5")
"""What was used shows, however little it was."""
_WIDTHS = ((8, Decimal("0.42")), (32, Decimal("0.64")))
_WIDEST = Decimal("0.78")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Amounts of one kind, one for each place of a chart."""

    name: str
    amounts: Sequence[Decimal]

    @property
    def total(self) -> Decimal:
        """Their sum."""
        return sum(self.amounts, Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a bar stands for."""

    label: str
    """Below the bar, when there is room."""
    title: str
    """Shown to those who point at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One line of the scale."""

    y: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One rectangle; `kind` is its class: `s0` to `s5`, or `slot`."""

    x: str
    y: str
    width: str
    height: str
    kind: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One word below the bars."""

    x: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Which colour is which."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Stacked bars, ready to be drawn."""

    gutter: str = "narrow"
    """How much room the scale's labels want: `narrow`, `middle` or `wide`."""
    ticks: tuple[Tick, ...] = ()
    bars: tuple[Box, ...] = ()
    slots: tuple[Box, ...] = ()
    """Transparent and as high as the chart: they carry what a pointer reads."""
    labels: tuple[Label, ...] = ()
    legend: tuple[Legend, ...] = ()


def scale(largest: Decimal, *, whole: bool = False) -> tuple[Decimal, ...]:
    """Return round ticks from zero to at least `largest`, at most five of them.

    Args:
        largest: The largest amount shown, not negative.
        whole: Whether parts of one make no sense, as with tokens.
    """
    if largest <= 0:
        return (Decimal(0), Decimal(1))
    step = _step(largest / _TICKS)
    if whole:
        step = max(step, Decimal(1))
    count = int((largest / step).to_integral_value(ROUND_CEILING))
    return tuple(step * number for number in range(count + 1))


def share(amount: Decimal, whole: Decimal) -> str:
    """Return `amount` as a percentage of `whole`: the width of a bar that lies."""
    if whole <= 0:
        return "0%"
    return _percent(min(max(amount / whole, Decimal(0)), Decimal(1)))


def colour(index: int) -> str:
    """Return the class of a series, counted from zero."""
    return f"s{min(index, SERIES - 1)}"


def stacked(
    places: Sequence[Place],
    series: Sequence[Series],
    *,
    name_tick: Callable[[Decimal, Decimal], str],
    name_rest: Callable[[int], str],
    whole: bool = False,
) -> BarChart:
    """Return one bar a place, with its series on top of one another.

    Args:
        places: What the bars stand for, from left to right.
        series: The parts of the bars, from the bottom up.
        name_tick: Names a tick, given its amount and the step between ticks.
        name_rest: Names what so many series too many become.
        whole: Whether parts of one make no sense.
    """
    shown = _fold(series, name_rest)
    sums = [sum(_column(shown, i), Decimal(0)) for i in range(len(places))]
    ticks = scale(max(sums, default=Decimal(0)), whole=whole)
    names = [name_tick(tick, ticks[1]) for tick in ticks]
    gutter = _gutter(max(map(len, names)))
    return BarChart(
        gutter=gutter,
        ticks=tuple(
            Tick(y=_px(_y(tick, ticks[-1])), label=name)
            for tick, name in zip(ticks, names, strict=True)
        ),
        bars=tuple(
            box
            for i in range(len(places))
            for box in _bar(_column(shown, i), i, len(places), ticks[-1])
        ),
        slots=tuple(
            _slot(place.title, i, len(places)) for i, place in enumerate(places)
        ),
        labels=_labels(places, _FITTING[gutter]),
        legend=tuple(
            Legend(kind=f"s{i}", name=one.name)
            for i, one in enumerate(shown)
            if one.total
        ),
    )


def _step(least: Decimal) -> Decimal:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(factor * power for factor in _STEPS if factor * power >= least)


def _fold(series: Sequence[Series], name_rest: Callable[[int], str]) -> list[Series]:
    """As many series as there are colours; the smallest become one."""
    if len(series) <= SERIES:
        return list(series)
    own, rest = series[: SERIES - 1], series[SERIES - 1 :]
    sums = [sum(column, Decimal(0)) for column in zip(*_amounts(rest), strict=True)]
    return [*own, Series(name=name_rest(len(rest)), amounts=sums)]


def _amounts(series: Sequence[Series]) -> list[Sequence[Decimal]]:
    return [one.amounts for one in series]


def _column(series: Sequence[Series], index: int) -> list[Decimal]:
    return [one.amounts[index] for one in series]


def _bar(amounts: Sequence[Decimal], index: int, count: int, top: Decimal) -> list[Box]:
    width = next((w for most, w in _WIDTHS if count < most), _WIDEST) / count
    left = (Decimal(index) + Decimal("0.5")) / count - width / 2
    boxes, below = [], Decimal(0)
    for kind, amount in enumerate(amounts):
        if amount <= 0:
            continue
        upper, lower = _y(below + amount, top), _y(below, top)
        upper = min(upper, lower - _SMALLEST_PX)
        boxes.append(
            Box(
                x=_percent(left),
                y=_px(max(upper, Decimal(0))),
                width=_percent(width),
                height=_px(lower - max(upper, Decimal(0))),
                kind=f"s{kind}",
            )
        )
        below += amount
    return boxes


def _slot(title: str, index: int, count: int) -> Box:
    return Box(
        x=_percent(Decimal(index) / count),
        y="0",
        width=_percent(Decimal(1) / count),
        height=_px(Decimal(_TOP_PX + PLOT_PX)),
        kind="slot",
        title=title,
    )


def _labels(places: Sequence[Place], fitting: int) -> tuple[Label, ...]:
    """Every label where they fit, else some at the same distance, the last one too."""
    count = len(places)
    widest = max((_columns(place.label) for place in places), default=0)
    if widest <= _SHORT:
        fitting += 2
    elif widest > _LONG:
        fitting -= 2
    every = -(-count // fitting)
    return tuple(
        Label(x=_percent((Decimal(i) + Decimal("0.5")) / count), text=place.label)
        for i, place in enumerate(places)
        if (count - 1 - i) % every == 0
    )


def _columns(label: str) -> int:
    """The width of a label in Latin characters: a Chinese one is as wide as two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in label)


def _y(amount: Decimal, top: Decimal) -> Decimal:
    return _TOP_PX + PLOT_PX * (1 - min(amount / top, Decimal(1)))


def _gutter(longest: int) -> str:
    narrow, middle = 5, 8
    if longest <= narrow:
        return "narrow"
    return "middle" if longest <= middle else "wide"


def _percent(part: Decimal) -> str:
    return f"{part * 100:.3f}%"


def _px(length: Decimal) -> str:
    return f"{length:.2f}"
