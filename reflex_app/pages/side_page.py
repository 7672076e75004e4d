"""What the pages beside the chat look like: a bar with a way back, and one report."""

import reflex as rx
from reflex_components_core.react_router import ReactRouterLink

from reflex_app.components.browser import SkipLink
from reflex_app.components.controls import icon_button, shows
from reflex_app.components.frame import sidebar, undo_bar
from reflex_app.components.share import share_dialog
from reflex_app.components.visitor import arrival, behind_the_door, guarded
from reflex_app.components.words import word


def side_page(
    report: rx.Component, *, anchor: str, skip: str, title: str, action: rx.Component
) -> rx.Component:
    """Return a page around a report.

    Args:
        report: What there is to read.
        anchor: Identifier of its place, to which keyboards skip.
        skip: Key of the words of that link.
        title: Key of the heading.
        action: The button at the end of the bar.
    """
    bar = rx.el.header(
        icon_button(
            "menu",
            word("sidebar.open"),
            class_name="only-mobile",
            attrs=shows("sidebar"),
        ),
        rx.el.div(rx.el.h1(word(title), class_name="bar-name"), class_name="bar-title"),
        ReactRouterLink.create(word("usage.back"), to="/", class_name="usage-back"),
        action,
        class_name="bar",
    )
    place = rx.el.div(report, id=anchor, class_name="usage-scroll", tab_index=-1)
    return rx.el.div(
        behind_the_door(SkipLink.create(to=anchor, text=word(skip))),
        arrival(),
        sidebar(),
        guarded(
            rx.el.main(bar, place, undo_bar(), share_dialog(), class_name="main"),
        ),
        class_name="shell",
    )
