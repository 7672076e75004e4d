"""The chart of a usage report, as a drawing with a name."""

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from reflex_app.charts import LABELS_PX, PLOT_PX, Box
from reflex_app.state.usage import UsageState

_HEIGHT = PLOT_PX + LABELS_PX + 8
_TITLE, _TEXT = "usage-chart-title", "usage-chart-text"


class _Desc(BaseHTML):
    """What a drawing shows, for those who cannot see it."""

    tag = "desc"


def plot() -> rx.Component:
    """Return bars over a scale; a table beside it has the same numbers."""
    sheet = UsageState.sheet
    chart = sheet.chart
    return rx.el.svg(
        rx.el.title(sheet.chart_title, id=_TITLE),
        _Desc.create(sheet.chart_text, id=_TEXT),
        rx.foreach(
            chart.ticks,
            lambda tick: rx.el.g(
                rx.el.line(x1="0", x2="100%", y1=tick.y, y2=tick.y),
                rx.el.text(tick.label, x="-8", y=tick.y, class_name="tick"),
                key=tick.y,
            ),
        ),
        rx.foreach(
            chart.labels,
            lambda label: rx.el.text(
                label.text, x=label.x, y=str(_HEIGHT - 8), key=label.x
            ),
        ),
        rx.foreach(chart.bars, _box),
        rx.foreach(chart.slots, lambda slot: _box(slot, rx.el.title(slot.title))),
        height=str(_HEIGHT),
        role="img",
        class_name=f"plot {chart.gutter}",
        custom_attrs={"aria-labelledby": _TITLE, "aria-describedby": _TEXT},
    )


def _box(box: rx.Var[Box], *children: rx.Component) -> rx.Component:
    return rx.el.rect(
        *children,
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx="1.5",
        class_name=box.kind,
    )
