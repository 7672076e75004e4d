"""The conversation: questions, answers, receipts, and the answer being written."""

import reflex as rx

from reflex_app.components.browser import (
    Bolt,
    CopyButton,
    LiveReply,
    Prose,
    RetryButton,
)
from reflex_app.components.controls import shows
from reflex_app.state import ChatState, ServiceState
from reflex_app.view import ReceiptLine, Row


def transcript() -> rx.Component:
    """Return all messages and the live answer."""
    return rx.el.div(
        rx.cond(ChatState.hidden > 0, _hidden_note()),
        rx.foreach(ChatState.earlier, lambda row: _message(row=row, key=row.key)),
        rx.foreach(ChatState.recent, lambda row: _message(row=row, key=row.key)),
        LiveReply.create(
            busy=ChatState.busy,
            stopping=ChatState.stopping,
            generation=ChatState.generation,
            name="Sidekick",
            on_finished=ChatState.finished,
            on_lost=ChatState.lost,
        ),
        class_name="col",
    )


@rx.memo
def _message(rest: rx.RestProp, *, row: rx.Var[Row]) -> rx.Component:
    return rx.cond(row.role == "USER", _question(row, rest), _answer(row, rest))


def _question(row: rx.Var[Row], rest: rx.RestProp) -> rx.Component:
    return rx.el.article(
        rx.el.h2("You", class_name="sr-only"),
        rx.el.div(row.content, class_name="bubble", dir="auto"),
        rx.cond(row.error != "", _failure(row)),
        rest,
        class_name="msg user",
        custom_attrs={"data-testid": "message-user"},
    )


def _answer(row: rx.Var[Row], rest: rx.RestProp) -> rx.Component:
    return rx.el.article(
        Bolt.create(big=False),
        rx.el.div(
            rx.el.h2("Sidekick", rx.el.small(row.model), class_name="who"),
            Prose.create(text=row.content),
            rx.cond(row.error != "", _failure(row)),
            _footer(row),
            class_name="body",
        ),
        rest,
        class_name="msg bot",
        custom_attrs={"data-testid": "message-assistant"},
    )


def _footer(row: rx.Var[Row]) -> rx.Component:
    return rx.el.div(
        rx.cond(row.content != "", CopyButton.create(text=row.content)),
        rx.cond(row.note != "", rx.el.span(row.note, class_name="note")),
        rx.cond(row.meta != "", _cost(row)),
        class_name="foot",
    )


def _cost(row: rx.Var[Row]) -> rx.Component:
    popover = f"receipt-{row.key}"
    return rx.fragment(
        rx.el.button(
            row.meta,
            type="button",
            class_name="meta",
            title="Show the receipt",
            custom_attrs={"data-testid": "message-cost", **shows(popover)},
        ),
        rx.el.div(
            rx.el.h3("Receipt"),
            rx.cond(row.receipt.length() > 0, _receipt(row)),
            rx.el.p(row.receipt_note),
            id=popover,
            class_name="pop receipt",
            custom_attrs={"popover": "auto", "data-testid": "receipt"},
        ),
    )


def _receipt(row: rx.Var[Row]) -> rx.Component:
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(name) for name in ("Kind", "Tokens", "Price", "Amount")]
            )
        ),
        rx.el.tbody(rx.foreach(row.receipt, _receipt_line)),
    )


def _receipt_line(line: rx.Var[ReceiptLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.label),
        rx.el.td(line.tokens),
        rx.el.td(line.rate),
        rx.el.td(line.amount),
    )


def _failure(row: rx.Var[Row]) -> rx.Component:
    return rx.el.div(
        rx.el.span(row.error),
        rx.cond(
            row.can_retry,
            RetryButton.create(seconds=row.retry_after_s, on_retry=ChatState.retry),
        ),
        class_name="failure",
        role="alert",
        custom_attrs={"data-testid": "message-error"},
    )


def _hidden_note() -> rx.Component:
    return rx.el.p(
        f"{ChatState.hidden} earlier messages are not drawn; downloads hold all.",
        class_name="fine",
    )


def hero() -> rx.Component:
    """Return what an empty conversation shows."""
    assistant = ServiceState.assistant
    return rx.el.div(
        Bolt.create(big=True),
        rx.el.h2("How can I help, hero?"),
        rx.cond(
            ServiceState.ready,
            rx.el.p(assistant.description),
            rx.el.p(
                rx.cond(
                    ServiceState.offline,
                    "The assistant cannot be reached. This page goes on trying.",
                    "Waking the assistant…",
                ),
                role="status",
            ),
        ),
        rx.cond(
            ServiceState.ready,
            rx.el.div(rx.foreach(assistant.starters, _starter), class_name="ideas"),
            rx.el.div(
                *[rx.el.span(class_name="idea skeleton") for _ in range(4)],
                class_name="ideas",
                custom_attrs={"aria-hidden": "true"},
            ),
        ),
        class_name="hero",
    )


def _starter(text: rx.Var[str]) -> rx.Component:
    return rx.el.button(
        text,
        type="button",
        class_name="idea",
        on_click=ChatState.send(text),
        custom_attrs={"data-testid": "starter"},
    )
