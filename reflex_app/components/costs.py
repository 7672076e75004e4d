"""What the conversation, today and the month cost, and what the budget leaves."""

import reflex as rx

from reflex_app.components.browser import Go
from reflex_app.components.controls import icon, shows
from reflex_app.components.words import word
from reflex_app.state.chat import ChatState
from reflex_app.state.spending import SpendingState

_COSTS = "costs"


def cost_chip() -> rx.Component:
    """Return the conversation's cost; a click shows the others."""
    sums = SpendingState.sums
    return rx.fragment(
        rx.el.button(
            icon("coins", 14),
            rx.el.span(word("header.cost"), class_name="sr-only"),
            rx.el.span(ChatState.total, custom_attrs={"data-testid": "total-cost"}),
            rx.cond(sums.level != "", rx.el.span(_warning(), class_name="sr-only")),
            type="button",
            class_name="chip",
            title=ChatState.total_title,
            custom_attrs={"data-level": sums.level, **shows(_COSTS)},
        ),
        rx.el.div(
            rx.el.dl(
                _line(word("cost.here"), ChatState.total),
                _line(word("cost.today"), sums.today),
                _line(sums.month_name, sums.month),
                class_name="cost-lines",
            ),
            rx.cond(sums.limited, budget_bar()),
            Go.create(
                icon("chart", 16),
                word("sidebar.usage"),
                to="/usage",
                closes=_COSTS,
                hook="costs-usage",
                class_name="item",
            ),
            id=_COSTS,
            class_name="pop costs",
            custom_attrs={"popover": "auto", "data-testid": "costs"},
        ),
    )


def budget_bar() -> rx.Component:
    """Return how much of the month's budget is spent."""
    sums = SpendingState.sums
    return rx.el.div(
        rx.el.p(
            rx.el.span(sums.of, class_name="budget-of"),
            rx.el.span(word("budget.name")),
        ),
        rx.el.svg(
            rx.el.rect(width="100%", height="8", rx="4", class_name="rail"),
            rx.el.rect(width=sums.width, height="8", rx="4", class_name="used"),
            width="100%",
            height="8",
            custom_attrs={"aria-hidden": "true"},
        ),
        rx.el.p(_warning(), class_name="budget-left"),
        class_name="budget",
        custom_attrs={"data-level": sums.level, "data-testid": "budget"},
    )


def _warning() -> rx.Var[str]:
    sums = SpendingState.sums
    return rx.cond(
        sums.level == "reached",
        word("budget.used_up", day=sums.resets),
        word("budget.left", left=sums.left, day=sums.resets),
    )


def month_sum() -> rx.Component:
    """Return what the month cost, for the end of a line."""
    sums = SpendingState.sums
    return rx.cond(
        sums.ready,
        rx.el.span(
            rx.el.span(sums.month_name, class_name="sr-only"),
            sums.month,
            class_name="foot-cost",
            custom_attrs={"data-testid": "month-cost", "data-level": sums.level},
        ),
    )


def _line(name: rx.Var[str] | str, sum_: rx.Var[str]) -> rx.Component:
    return rx.el.div(rx.el.dt(name), rx.el.dd(sum_))
