"""The chat: a new one at `/`, a stored one at `/c/<id>`."""

import reflex as rx

from reflex_app.components.browser import Announcer, SkipLink, Thread
from reflex_app.components.frame import dock, guide, header, sidebar, undo_bar
from reflex_app.components.places import body
from reflex_app.components.share import PrintDate, share_dialog
from reflex_app.components.visitor import arrival, behind_the_door, guarded
from reflex_app.components.words import word
from reflex_app.state.chat import ChatState


def chat_page() -> rx.Component:
    """Return the page of all conversations."""
    return rx.el.div(
        behind_the_door(SkipLink.create(), guide()),
        arrival(),
        sidebar(),
        guarded(_conversation()),
        class_name="shell",
    )


def _conversation() -> rx.Component:
    return rx.el.main(
        header(),
        rx.el.h1(ChatState.heading, class_name="sr-only on-paper"),
        PrintDate.create(),
        Thread.create(
            body(),
            label=word("place.label"),
            turn=ChatState.turn,
            more=ChatState.more,
            first=ChatState.first,
            shown=ChatState.place,
            reached=ChatState.reached,
            on_more=ChatState.read_back,
            on_reach=ChatState.reach,
        ),
        dock(),
        undo_bar(),
        share_dialog(),
        Announcer.create(),
        class_name="main",
    )
