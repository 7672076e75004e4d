"""The browser part of the administration page, in a module of its own route."""

from typing import Any

import reflex as rx

from reflex_app.components.browser import ADMIN
from reflex_app.state.admin import AdminState


class _AdminPart(rx.Component):
    library = ADMIN


class Ask(_AdminPart):
    """A button that opens the dialog."""

    tag = "Ask"
    kind: rx.Var[str]
    about: rx.Var[Any]
    label: rx.Var[str]
    hook: rx.Var[str]
    disabled: rx.Var[bool]


class Moment(_AdminPart):
    """A moment in the reader's own time."""

    tag = "Moment"
    at: rx.Var[str]


class _AdminDialog(_AdminPart):
    tag = "AdminDialog"
    busy: rx.Var[bool]
    problem: rx.Var[str]
    done: rx.Var[int]
    token: rx.Var[str]
    on_open: rx.EventHandler[rx.event.no_args_event_spec]
    on_taken: rx.EventHandler[rx.event.no_args_event_spec]
    on_make_key: rx.EventHandler[
        rx.event.passthrough_event_spec(str, list[str], int, dict[str, str])
    ]
    on_end_key: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_limit: rx.EventHandler[rx.event.passthrough_event_spec(str, str, dict[str, str])]
    on_unlimit: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_turn: rx.EventHandler[rx.event.passthrough_event_spec(bool, str)]


def admin_dialog() -> rx.Component:
    """Return the dialog; one on the page, whoever opens it."""
    return _AdminDialog.create(
        busy=AdminState.busy,
        problem=AdminState.problem,
        done=AdminState.done,
        token=AdminState.token,
        on_open=AdminState.clear,
        on_taken=AdminState.forget_token,
        on_make_key=AdminState.make_key,
        on_end_key=AdminState.end_key,
        on_limit=AdminState.limit,
        on_unlimit=AdminState.unlimit,
        on_turn=AdminState.turn,
    )
