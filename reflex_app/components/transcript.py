"""The conversation: questions, answers, receipts, and the answer being written."""

import reflex as rx

from reflex_app.components.browser import (
    Bolt,
    CopyButton,
    Feedback,
    LiveReply,
    Prose,
    Question,
)
from reflex_app.components.controls import icon_button, shows
from reflex_app.components.failures import cut, failure
from reflex_app.components.words import word
from reflex_app.state.chat import ChatState
from reflex_app.state.following import ROWS
from reflex_app.state.service import ServiceState
from reflex_app.view import ReceiptLine, Row


def transcript() -> rx.Component:
    """Return all messages and the live answer."""
    return rx.el.div(
        rx.cond(ChatState.more, _earlier_note()),
        *[
            rx.foreach(
                getattr(ChatState, name), lambda row: _message(row=row, key=row.key)
            )
            for name in (*ROWS, "asked")
        ],
        LiveReply.create(
            busy=ChatState.busy,
            stopping=ChatState.stopping,
            generation=ChatState.generation,
            name="Sidekick",
            on_finished=ChatState.finished,
            on_lost=ChatState.lost,
        ),
        class_name="col",
        custom_attrs={"data-busy": ChatState.busy.to_string()},
    )


@rx.memo
def _message(rest: rx.RestProp, *, row: rx.Var[Row]) -> rx.Component:
    return rx.cond(row.role == "USER", _question(row, rest), _answer(row, rest))


def _question(row: rx.Var[Row], rest: rx.RestProp) -> rx.Component:
    return rx.el.article(
        rx.el.h2(word("row.you"), class_name="sr-only"),
        Question.create(
            _versions(row),
            message=row.key,
            text=row.content,
            max=ServiceState.max_chars,
            editable=row.stored,
            on_edit=ChatState.edit,
        ),
        rx.cond(row.failure, failure(row)),
        rest,
        id=row.key,
        class_name="msg user",
        custom_attrs={"data-testid": "message-user"},
    )


def _answer(row: rx.Var[Row], rest: rx.RestProp) -> rx.Component:
    return rx.el.article(
        Bolt.create(big=False),
        rx.el.div(
            rx.el.h2("Sidekick", rx.el.small(row.model), class_name="who"),
            Prose.create(text=row.content),
            rx.cond(row.failure, failure(row), cut(row)),
            _footer(row),
            class_name="body",
        ),
        rest,
        id=row.key,
        class_name="msg bot",
        custom_attrs={"data-testid": "message-assistant"},
    )


def _footer(row: rx.Var[Row]) -> rx.Component:
    return rx.el.div(
        _versions(row),
        rx.cond(row.content, CopyButton.create(text=row.content)),
        rx.cond(row.can_retry, rx.fragment(), _regenerate(row)),
        rx.cond(row.content, _feedback(row)),
        rx.cond(row.note, rx.el.span(row.note, class_name="note")),
        rx.cond(row.meta, _cost(row)),
        class_name="foot",
    )


def _regenerate(row: rx.Var[Row]) -> rx.Component:
    return icon_button(
        "redo",
        word("row.regenerate"),
        size=16,
        test_id="regenerate",
        class_name="act",
        on_click=ChatState.regenerate(row.key),
    )


def _feedback(row: rx.Var[Row]) -> rx.Component:
    return Feedback.create(
        message=row.key,
        rating=row.rating,
        comment=row.comment,
        on_judge=ChatState.judge,
    )


def _versions(row: rx.Var[Row]) -> rx.Component:
    return rx.cond(
        row.version,
        rx.el.span(
            _step(
                "left", word("row.previous_version"), "version-previous", row.previous
            ),
            rx.el.span(row.version, custom_attrs={"data-testid": "version"}),
            _step("right", word("row.next_version"), "version-next", row.next),
            class_name="versions act",
        ),
    )


def _step(
    drawing: str, label: rx.Var[str], hook: str, target: rx.Var[str]
) -> rx.Component:
    return icon_button(
        drawing,
        label,
        size=14,
        test_id=hook,
        on_click=ChatState.select(target),
        disabled=~target.bool(),
    )


def _cost(row: rx.Var[Row]) -> rx.Component:
    popover = f"receipt-{row.key}"
    return rx.fragment(
        rx.el.button(
            row.meta,
            type="button",
            class_name="meta",
            title=word("receipt.show"),
            custom_attrs={"data-testid": "message-cost", **shows(popover)},
        ),
        rx.el.div(
            rx.el.h3(word("receipt.receipt")),
            rx.cond(row.receipt, _receipt(row)),
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
                *[
                    rx.el.th(word(f"receipt.{name}"))
                    for name in ("kind", "tokens", "price", "amount")
                ]
            )
        ),
        rx.el.tbody(rx.foreach(row.receipt, _receipt_line)),
    )


def _receipt_line(line: rx.Var[ReceiptLine]) -> rx.Component:
    return rx.el.tr(rx.foreach(line, rx.el.td))


def _earlier_note() -> rx.Component:
    return rx.el.p(word("place.earlier"), class_name="fine", role="status")
