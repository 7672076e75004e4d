"""The usage report: sums, the chart, and the tables that hold the same numbers."""

import reflex as rx
from reflex_components_core.react_router import ReactRouterLink

from reflex_app.components.browser import RetryButton
from reflex_app.components.controls import icon
from reflex_app.components.costs import budget_bar
from reflex_app.components.failures import card
from reflex_app.components.plot import plot
from reflex_app.components.words import word
from reflex_app.reports import PERIODS, YEAR
from reflex_app.state.spending import SpendingState
from reflex_app.state.usage import UsageState
from reflex_app.usage_view import Figure, Line, Measure


def report() -> rx.Component:
    """Return the report, or why it is not there yet."""
    return rx.el.div(
        _choices(),
        rx.cond(
            SpendingState.sums.limited,
            rx.el.section(
                rx.el.h2(word("budget.name"), class_name="sr-only"),
                budget_bar(),
                class_name="panel",
            ),
        ),
        rx.cond(
            UsageState.failure.title != "",
            card(
                UsageState.failure,
                RetryButton.create(seconds=0, on_retry=UsageState.load),
            ),
        ),
        rx.cond(
            UsageState.loaded,
            rx.cond(UsageState.sheet.empty, _nothing(), _content()),
            rx.cond(UsageState.failure.title == "", _skeleton()),
        ),
        class_name="usage",
        custom_attrs={"aria-busy": rx.cond(UsageState.loading, "true", "false")},
    )


def _choices() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *[
                _choice(
                    word("usage.year")
                    if days == YEAR
                    else word("usage.days", count=days),
                    chosen=UsageState.days == days,
                    on_click=UsageState.choose(days),
                    test_id=f"period-{days}",
                )
                for days in PERIODS
            ],
            class_name="choice",
            role="group",
            custom_attrs={"aria-label": word("usage.period")},
        ),
        rx.cond(UsageState.sheet.empty, rx.fragment(), _measures()),
        class_name="choices",
    )


def _measures() -> rx.Component:
    return rx.el.div(
        _measure(word("usage.cost"), "cost"),
        _measure(word("usage.tokens"), "tokens"),
        class_name="choice",
        role="group",
        custom_attrs={"aria-label": word("usage.measure")},
    )


def _measure(text: rx.Var[str], measure: Measure) -> rx.Component:
    return _choice(
        text,
        chosen=UsageState.measure == measure,
        on_click=UsageState.draw(measure),
        test_id=f"measure-{measure}",
    )


def _choice(
    text: rx.Var[str],
    *,
    chosen: rx.Var[bool],
    on_click: rx.event.EventType[()],
    test_id: str,
) -> rx.Component:
    return rx.el.button(
        text,
        type="button",
        on_click=on_click,
        custom_attrs={
            "aria-pressed": rx.cond(chosen, "true", "false"),
            "data-testid": test_id,
        },
    )


def _content() -> rx.Component:
    sheet = UsageState.sheet
    return rx.fragment(
        rx.el.p(sheet.period, class_name="usage-period"),
        rx.el.dl(rx.foreach(sheet.figures, _figure), class_name="figures"),
        rx.el.div(
            rx.foreach(sheet.notes, rx.el.p),
            class_name="usage-note",
        ),
        _chart(),
        _table(
            word("usage.by_model"),
            word("usage.model"),
            sheet.models,
            bars=True,
            test_id="by-model",
        ),
        _table(
            word("usage.by_assistant"),
            word("usage.assistant"),
            sheet.assistants,
            bars=True,
        ),
        _table(
            word("usage.by_conversation"),
            word("usage.conversation"),
            sheet.conversations,
            test_id="by-conversation",
        ),
    )


def _figure(figure: rx.Var[Figure]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(figure.label),
        rx.el.dd(figure.value, class_name="figure-value"),
        rx.cond(figure.note != "", rx.el.dd(figure.note, class_name="figure-note")),
        class_name="figure",
    )


def _chart() -> rx.Component:
    sheet = UsageState.sheet
    return rx.el.section(
        rx.el.h2(sheet.chart_title),
        rx.el.p(sheet.chart_text, class_name="usage-note"),
        rx.el.div(
            rx.foreach(
                sheet.chart.legend,
                lambda one: rx.el.span(
                    rx.el.i(class_name=one.kind), one.name, key=one.kind
                ),
            ),
            class_name="legend",
        ),
        plot(),
        rx.el.details(
            rx.el.summary(word("usage.as_table")),
            _lines(sheet.by, sheet.days, bars=False),
            class_name="usage-details",
        ),
        class_name="panel",
        custom_attrs={"data-testid": "chart"},
    )


def _table(
    title: rx.Var[str],
    first: rx.Var[str],
    lines: rx.Var[tuple[Line, ...]],
    *,
    bars: bool = False,
    test_id: str = "",
) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title),
        _lines(first, lines, bars=bars),
        class_name="panel",
        custom_attrs={"data-testid": test_id} if test_id else {},
    )


def _lines(
    first: rx.Var[str], lines: rx.Var[tuple[Line, ...]], *, bars: bool
) -> rx.Component:
    heads = [
        rx.el.th(word(f"usage.{name}"), scope="col")
        for name in ("answers", "tokens", "cost")
    ]
    return rx.el.table(
        rx.el.thead(rx.el.tr(rx.el.th(first, scope="col"), *heads)),
        rx.el.tbody(rx.foreach(lines, lambda line: _table_line(line, bars=bars))),
        class_name="usage-table",
    )


def _table_line(line: rx.Var[Line], *, bars: bool) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            _name(line),
            rx.cond(line.detail != "", rx.el.small(line.detail)),
            _share(line) if bars else rx.fragment(),
            scope="row",
        ),
        rx.el.td(line.answers),
        rx.el.td(line.tokens),
        rx.el.td(line.cost),
        key=line.key,
    )


def _name(line: rx.Var[Line]) -> rx.Component:
    return rx.cond(
        line.href != "",
        ReactRouterLink.create(line.name, to=line.href),
        rx.el.span(line.name, class_name=rx.cond(line.gone, "gone", "")),
    )


def _share(line: rx.Var[Line]) -> rx.Component:
    return rx.el.svg(
        rx.el.rect(x="0", y="0", width="100%", height="6", rx="3", class_name="rail"),
        rx.el.rect(
            x="0", y="0", width=line.share, height="6", rx="3", class_name=line.kind
        ),
        height="6",
        class_name="share",
        custom_attrs={"aria-hidden": "true"},
    )


def _nothing() -> rx.Component:
    return rx.el.div(
        icon("chart", 28),
        rx.el.h2(word("usage.nothing")),
        rx.el.p(word("usage.nothing_yet")),
        ReactRouterLink.create(
            word("sidebar.new_chat"), to="/", class_name="usage-action"
        ),
        class_name="usage-empty",
        custom_attrs={"data-testid": "usage-empty"},
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.p(word("usage.loading"), class_name="sr-only", role="status"),
        rx.el.div(*[rx.el.div() for _ in range(4)], class_name="figures"),
        rx.el.div(class_name="usage-bone"),
        class_name="usage-skeleton",
        custom_attrs={"data-testid": "usage-skeleton"},
    )
