"""The page of administration."""

import reflex as rx

from reflex_app.components.admin import administration
from reflex_app.components.controls import icon_button
from reflex_app.components.words import word
from reflex_app.pages.side_page import side_page
from reflex_app.state.admin import AdminState


def admin_page() -> rx.Component:
    """Return the page at `/admin`."""
    return side_page(
        administration(),
        anchor="administration",
        skip="skip.admin",
        title="sidebar.admin",
        action=icon_button(
            "redo",
            word("admin.reload"),
            test_id="admin-reload",
            on_click=AdminState.load,
        ),
    )
