"""The page of administration."""

import reflex as rx
from reflex_components_core.react_router import ReactRouterLink

from reflex_app.components.admin import administration
from reflex_app.components.browser import SkipLink
from reflex_app.components.controls import icon_button, shows
from reflex_app.components.frame import sidebar, undo_bar
from reflex_app.components.share import share_dialog
from reflex_app.components.visitor import arrival, behind_the_door, guarded
from reflex_app.components.words import word
from reflex_app.state.admin import AdminState


def admin_page() -> rx.Component:
    """Return the page at `/admin`."""
    return rx.el.div(
        behind_the_door(SkipLink.create(to="administration", text=word("skip.admin"))),
        arrival(),
        sidebar(),
        guarded(_administration()),
        class_name="shell",
    )


def _administration() -> rx.Component:
    return rx.el.main(
        rx.el.header(
            icon_button(
                "menu",
                word("sidebar.open"),
                class_name="only-mobile",
                attrs=shows("sidebar"),
            ),
            rx.el.div(
                rx.el.h1(word("sidebar.admin"), class_name="bar-name"),
                class_name="bar-title",
            ),
            ReactRouterLink.create(word("usage.back"), to="/", class_name="usage-back"),
            icon_button(
                "redo",
                word("admin.reload"),
                test_id="admin-reload",
                on_click=AdminState.load,
            ),
            class_name="bar",
        ),
        rx.el.div(
            administration(),
            id="administration",
            class_name="usage-scroll",
            tab_index=-1,
        ),
        undo_bar(),
        share_dialog(),
        class_name="main",
    )
