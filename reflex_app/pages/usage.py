"""The page of what was used and what it cost."""

import reflex as rx
from reflex_components_core.react_router import ReactRouterLink

from reflex_app.components.browser import SkipLink
from reflex_app.components.controls import icon_button, shows
from reflex_app.components.frame import sidebar, undo_bar
from reflex_app.components.report import report
from reflex_app.components.share import share_dialog
from reflex_app.components.visitor import arrival, behind_the_door, guarded
from reflex_app.components.words import word
from reflex_app.state.usage import UsageState


def usage_page() -> rx.Component:
    """Return the page at `/usage`."""
    return rx.el.div(
        behind_the_door(SkipLink.create(to="report", text=word("skip.report"))),
        arrival(),
        sidebar(),
        guarded(_usage()),
        class_name="shell",
    )


def _usage() -> rx.Component:
    return rx.el.main(
        rx.el.header(
            icon_button(
                "menu",
                word("sidebar.open"),
                class_name="only-mobile",
                attrs=shows("sidebar"),
            ),
            rx.el.div(
                rx.el.h1(word("sidebar.usage"), class_name="bar-name"),
                class_name="bar-title",
            ),
            ReactRouterLink.create(word("usage.back"), to="/", class_name="usage-back"),
            icon_button(
                "download",
                word("usage.download"),
                test_id="usage-download",
                on_click=UsageState.download,
                disabled=UsageState.sheet.empty,
            ),
            class_name="bar",
        ),
        rx.el.div(report(), id="report", class_name="usage-scroll", tab_index=-1),
        undo_bar(),
        share_dialog(),
        class_name="main",
    )
