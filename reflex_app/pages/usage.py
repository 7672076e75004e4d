"""The page of what was used and what it cost."""

import reflex as rx

from reflex_app.components.controls import icon_button
from reflex_app.components.report import report
from reflex_app.components.words import word
from reflex_app.pages.side_page import side_page
from reflex_app.state.usage import UsageState


def usage_page() -> rx.Component:
    """Return the page at `/usage`."""
    return side_page(
        report(),
        anchor="report",
        skip="skip.report",
        title="sidebar.usage",
        action=icon_button(
            "download",
            word("usage.download"),
            test_id="usage-download",
            on_click=UsageState.download,
            disabled=UsageState.sheet.empty,
        ),
    )
