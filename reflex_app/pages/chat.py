"""The one page: a conversation."""

import reflex as rx

from reflex_app.components.browser import SkipLink, Thread
from reflex_app.components.frame import dock, header, sidebar
from reflex_app.components.transcript import hero, transcript
from reflex_app.state import ChatState


def chat_page() -> rx.Component:
    """Return the page at `/`."""
    return rx.el.div(
        SkipLink.create(),
        sidebar(),
        rx.el.main(
            header(),
            rx.el.h1("Conversation with Sidekick", class_name="sr-only"),
            Thread.create(
                rx.cond(ChatState.empty, hero(), transcript()),
                label="Conversation",
                turn=ChatState.turn,
            ),
            dock(),
            class_name="main",
        ),
        class_name="shell",
    )
