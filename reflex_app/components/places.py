"""What each place shows: a new chat, a conversation, the wait for it, or none."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from reflex_app.choices import Card
from reflex_app.components.browser import Bolt, Go
from reflex_app.components.transcript import transcript
from reflex_app.components.words import word
from reflex_app.state.chat import ChatState
from reflex_app.state.service import ServiceState


def body() -> rx.Component | rx.Var:
    """Return what the place that is shown holds."""
    return rx.match(
        ChatState.phase,
        ("open", rx.cond(ChatState.empty, hero(), transcript())),
        ("home", hero()),
        ("loading", _skeleton()),
        ("missing", _missing()),
        ("failed", _unreachable()),
        # Before the page is alive the style sheet shows the one the address asks for.
        rx.fragment(
            rx.el.div(hero(), class_name="when-home"),
            rx.el.div(
                rx.cond(has_connection_errors, _far_away(), _skeleton()),
                class_name="when-conversation",
            ),
        ),
    )


def _skeleton() -> rx.Component:
    lines = [
        rx.el.div(rx.el.span(), class_name="bone question"),
        rx.el.div(rx.el.span(), rx.el.span(), rx.el.span(), class_name="bone"),
    ]
    return rx.el.div(
        rx.el.p(word("place.opening"), class_name="sr-only", role="status"),
        *lines,
        *lines,
        class_name="col",
        custom_attrs={"data-testid": "skeleton"},
    )


def _missing() -> rx.Component:
    return rx.el.div(
        Bolt.create(big=True),
        rx.el.h2(word("place.missing")),
        rx.el.p(word("place.missing_why")),
        Go.create(word("place.start"), to="/", hook="way-on", class_name="solid-btn"),
        class_name="hero",
        custom_attrs={"data-testid": "missing"},
    )


def _unreachable() -> rx.Component:
    return rx.el.div(
        Bolt.create(big=True),
        rx.el.h2(word("place.unreachable")),
        rx.el.p(word("place.unreachable_why")),
        rx.el.button(
            word("place.try_now"),
            type="button",
            class_name="solid-btn",
            on_click=ChatState.open(ChatState.place),
        ),
        class_name="hero",
        role="status",
    )


def _far_away() -> rx.Component:
    return rx.el.div(
        Bolt.create(big=True),
        rx.el.h2(word("place.unreachable")),
        rx.el.p(word("place.far_away_why")),
        class_name="hero",
        custom_attrs={"data-testid": "far-away"},
    )


def hero() -> rx.Component:
    """Return what an empty conversation shows."""
    chosen = rx.cond(
        ChatState.choice.assistant != "",
        ChatState.choice.assistant,
        ServiceState.assistant.assistant_id,
    )

    def introduced(card: rx.Var[Card]) -> rx.Component:
        return rx.cond(card.assistant_id == chosen, _introduction(card))

    return rx.el.div(
        Bolt.create(big=True),
        rx.el.h2(word("hero.heading")),
        rx.cond(
            ServiceState.ready,
            rx.foreach(ServiceState.assistants, introduced),
            _waking(),
        ),
        class_name="hero",
    )


def _introduction(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        rx.el.p(card.description),
        rx.el.div(rx.foreach(card.starters, _starter), class_name="ideas"),
    )


def _waking() -> rx.Component:
    away = ServiceState.offline | has_connection_errors
    return rx.fragment(
        rx.el.p(
            rx.cond(away, word("hero.offline"), word("hero.waking")), role="status"
        ),
        rx.cond(away, rx.fragment(), _ideas_to_come()),
    )


def _ideas_to_come() -> rx.Component:
    return rx.el.div(
        *[rx.el.span(class_name="idea skeleton") for _ in range(4)],
        class_name="ideas",
        custom_attrs={"aria-hidden": "true"},
    )


def _starter(text: rx.Var[str]) -> rx.Component:
    return rx.el.button(
        text,
        type="button",
        class_name="idea",
        on_click=ChatState.send(text, ChatState.place),
        custom_attrs={"data-testid": "starter"},
    )
