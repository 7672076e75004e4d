"""What an answer shows that failed or was cut: why, and what can be done."""

import reflex as rx

from reflex_app.components.browser import Go, RetryButton
from reflex_app.components.controls import icon
from reflex_app.components.words import word
from reflex_app.failures import Failure
from reflex_app.state.chat import ChatState
from reflex_app.state.spending import SpendingState
from reflex_app.view import Row


def failure(row: rx.Var[Row]) -> rx.Component:
    """Return why a turn failed, and the ways on."""
    return card(row.failure, *_ways_on(row))


def card(told: rx.Var[Failure], *ways_on: rx.Component) -> rx.Component:
    """Return a failure in words, above what can be done."""
    sums = SpendingState.sums
    return rx.el.div(
        rx.el.div(_mark(told.mark), class_name="failure-mark"),
        rx.el.div(
            rx.el.p(told.title, class_name="failure-title"),
            rx.el.p(rx.cond(told.spent & (sums.level != ""), sums.refusal, told.text)),
            rx.cond(told.detail, rx.el.p(told.detail, class_name="failure-fine")),
            role="alert",
            class_name="failure-words",
        ),
        rx.el.div(*ways_on, class_name="failure-ways"),
        class_name="failure",
        custom_attrs={"data-testid": "message-error", "data-mark": told.mark},
    )


def _mark(name: rx.Var[str]) -> rx.Component | rx.Var:
    known = ("cut", "wait", "offline", "limit")
    return rx.match(name, *[(one, icon(one, 20)) for one in known], icon("fault", 20))


def _ways_on(row: rx.Var[Row]) -> tuple[rx.Component, ...]:
    retry = RetryButton.create(seconds=row.retry_after_s, on_retry=ChatState.retry)
    go_on = rx.cond(row.can_continue, _continue("solid-btn"))
    usage = Go.create(
        word("failure.usage"), to="/usage", hook="see-usage", class_name="plain-btn"
    )
    return (
        rx.cond(row.can_retry, rx.fragment(go_on, retry)),
        rx.cond(row.failure.spent, usage),
        rx.cond(row.can_discard, _discard()),
    )


def _discard() -> rx.Component:
    return rx.el.button(
        word("failure.discard"),
        type="button",
        class_name="quiet-btn",
        on_click=ChatState.discard,
        custom_attrs={"data-testid": "discard"},
    )


def cut(row: rx.Var[Row]) -> rx.Component:
    """Return the offer to go on with an answer that was cut."""
    return rx.cond(
        row.can_continue, rx.el.div(_continue("plain-btn"), class_name="goes-on")
    )


def _continue(looks: str) -> rx.Component:
    return rx.el.button(
        word("failure.continue"),
        type="button",
        class_name=looks,
        on_click=ChatState.send(word("failure.go_on"), ChatState.place),
        custom_attrs={"data-testid": "continue"},
    )
