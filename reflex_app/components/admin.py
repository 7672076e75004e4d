"""The administration page: the switch, above what the tables show."""

import reflex as rx

from reflex_app.components.admin_parts import Ask, Moment, admin_dialog
from reflex_app.components.admin_tables import deeds, failures, keys, people
from reflex_app.components.browser import RetryButton
from reflex_app.components.controls import icon
from reflex_app.components.failures import card
from reflex_app.components.words import word
from reflex_app.state.admin import AdminState


def administration() -> rx.Component:
    """Return the page's content, or why it is not there yet."""
    return rx.el.div(
        rx.el.p(AdminState.said, role="status", class_name="sr-only"),
        rx.cond(
            AdminState.failure.title != "",
            card(
                AdminState.failure,
                RetryButton.create(seconds=0, on_retry=AdminState.load),
            ),
        ),
        rx.cond(
            AdminState.loaded,
            rx.fragment(_switch(), people(), keys(), failures(), deeds()),
            rx.cond(AdminState.failure.title == "", _skeleton()),
        ),
        admin_dialog(),
        class_name="usage admin",
        custom_attrs={"aria-busy": rx.cond(AdminState.loading, "true", "false")},
    )


def _switch() -> rx.Component:
    switch = AdminState.switch
    return rx.el.section(
        rx.el.div(icon("power", 20), class_name="admin-mark"),
        rx.el.div(
            rx.el.h2(
                rx.cond(switch.on, word("admin.stopped"), word("admin.allowed")),
                id="admin-switch",
                tab_index=-1,
            ),
            rx.el.p(
                rx.cond(switch.on, word("admin.stopped_note"), word("admin.on_note")),
            ),
            rx.cond(switch.reason != "", rx.el.p(switch.reason, class_name="reason")),
            rx.cond(
                switch.since != "",
                rx.el.p(
                    Moment.create(at=switch.since),
                    rx.el.span(switch.by),
                    class_name="admin-fine",
                ),
            ),
        ),
        rx.cond(
            switch.on,
            Ask.create(
                word("admin.allow"), kind="allow", hook="allow", class_name="solid-btn"
            ),
            Ask.create(
                word("admin.stop"), kind="stop", hook="stop", class_name="danger-btn"
            ),
        ),
        class_name="panel admin-switch",
        custom_attrs={
            "aria-labelledby": "admin-switch",
            "data-testid": "switch",
            "data-on": rx.cond(switch.on, "true", "false"),
        },
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.p(word("admin.loading"), class_name="sr-only", role="status"),
        *[rx.el.div(class_name="admin-bone") for _ in range(3)],
        class_name="usage-skeleton",
        custom_attrs={"data-testid": "admin-skeleton"},
    )
