"""Who is signed in, the ways in and out, and what stands before a closed door."""

import reflex as rx

from reflex_app.components.browser import LIBRARY, Bolt
from reflex_app.components.controls import icon, icon_button, shows
from reflex_app.components.words import word
from reflex_app.state.door import DoorState
from reflex_app.state.visitor import VisitorState

_MENU = "visitor"


class _VisitorPart(rx.Component):
    library = LIBRARY


class Arrival(_VisitorPart):
    """Keeps the browser's part with who is signed in."""

    tag = "Arrival"
    owner: rx.Var[str]
    guest: rx.Var[bool]
    closed: rx.Var[bool]
    refused: rx.Var[bool]


class Door(_VisitorPart):
    """Keeps what could not be sent, and sees whether the door opens."""

    tag = "Door"
    hydrated: rx.Var[bool]
    kind: rx.Var[str]
    unsent: rx.Var[str]
    place: rx.Var[str]
    on_arrive: rx.EventHandler[rx.event.no_args_event_spec]


class SignIn(_VisitorPart):
    """Leads to the provider."""

    tag = "SignIn"
    focused: rx.Var[bool]
    hook: rx.Var[str]


class SignOut(_VisitorPart):
    """Ends the session."""

    tag = "SignOut"


def arrival() -> rx.Component:
    """Return what keeps the browser with who is signed in, and says what failed."""
    return Arrival.create(
        owner=rx.cond(VisitorState.refused, "", VisitorState.owner),
        guest=VisitorState.guest,
        closed=VisitorState.closed,
        refused=VisitorState.refused,
    )


def behind_the_door(*inside: rx.Component) -> rx.Component:
    """Return what only those see who may come in."""
    return rx.cond(VisitorState.refused, rx.fragment(), rx.fragment(*inside))


def guarded(inside: rx.Component) -> rx.Component:
    """Return the main part of a page, or the door before it."""
    return rx.cond(VisitorState.refused, _door(), inside)


def visitor() -> rx.Component:
    """Return who is here, at the foot of the sidebar; nothing where nobody signs in."""
    known = VisitorState.open & (VisitorState.owner != "")
    return rx.cond(known, rx.fragment(_who(), _menu()))


def visitor_kind() -> rx.Var[str]:
    """Return `guest` or `user`; empty where nobody signs in."""
    kind = rx.cond(VisitorState.guest, "guest", "user")
    return rx.cond(VisitorState.open & (VisitorState.owner != ""), kind, "")


def _name() -> rx.Var[str]:
    return rx.cond(VisitorState.guest, word("visitor.guest"), VisitorState.name)


def _who() -> rx.Component:
    return rx.el.button(
        icon("person", 16),
        rx.el.span(_name(), class_name="visitor-name", dir="auto"),
        icon("up", 14),
        type="button",
        class_name="visitor",
        custom_attrs={**shows(_MENU), "data-testid": "visitor"},
    )


def _menu() -> rx.Component:
    way_in = rx.fragment(
        rx.el.p(word("visitor.guest_note"), class_name="visitor-note"),
        SignIn.create(
            icon("enter", 16),
            word("visitor.sign_in"),
            hook="sign-in",
            class_name="item",
        ),
    )
    way_out = SignOut.create(
        icon("leave", 16), word("visitor.sign_out"), class_name="item"
    )
    return rx.el.div(
        rx.cond(VisitorState.guest, way_in, way_out),
        id=_MENU,
        class_name="pop",
        role="group",
        custom_attrs={"popover": "auto", "aria-label": word("visitor.menu")},
    )


def _door() -> rx.Component:
    way_in = SignIn.create(
        word("visitor.sign_in"), focused=True, hook="sign-in", class_name="solid-btn"
    )
    return rx.el.main(
        Door.create(
            hydrated=rx.State.is_hydrated,
            kind=DoorState.kind,
            unsent=VisitorState.unsent,
            place=VisitorState.unsent_place,
            on_arrive=DoorState.arrive,
        ),
        rx.el.header(
            icon_button(
                "menu",
                word("sidebar.open"),
                class_name="only-mobile",
                attrs=shows("sidebar"),
            ),
            class_name="bar",
        ),
        rx.match(
            DoorState.kind,
            ("needed", _before_it("needed", way_in)),
            ("ended", _before_it("ended", way_in)),
            ("keys", _before_it("keys", rx.el.code("SIDEKICK_AUTH=keys,oidc"))),
            rx.fragment(),
        ),
        class_name="main",
    )


def _before_it(kind: str, way_on: rx.Component) -> rx.Component:
    return rx.el.div(
        Bolt.create(big=True),
        rx.el.h1(word(f"door.{kind}")),
        rx.el.p(word(f"door.{kind}_why")),
        way_on,
        class_name="hero door",
        custom_attrs={"data-testid": "door", "data-kind": kind},
    )
