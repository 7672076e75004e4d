"""What stands around the conversation: bar, sidebar, dock and connection pill."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from reflex_app.components.browser import Bolt, Composer, Ticker
from reflex_app.components.controls import (
    hides,
    icon,
    icon_button,
    menu_item,
    shows,
)
from reflex_app.state import ChatState, ServiceState

_SIDEBAR = "sidebar"
_DOWNLOADS = "downloads"


def sidebar() -> rx.Component:
    """Return the column at the side; a drawer on small screens."""
    return rx.el.aside(
        rx.el.div(
            Bolt.create(big=False),
            rx.el.span("Sidekick", class_name="brand-name"),
            icon_button(
                "close",
                "Close sidebar",
                class_name="only-mobile",
                attrs=hides(_SIDEBAR),
            ),
            class_name="bar",
        ),
        rx.el.button(
            icon("new", 16),
            rx.el.span("New chat"),
            rx.el.kbd("Ctrl ⇧ O", class_name="hide-mobile"),
            type="button",
            id="new-chat",
            class_name="new-btn",
            on_click=ChatState.clear,
            custom_attrs={"data-testid": "new-chat", **hides(_SIDEBAR)},
        ),
        rx.cond(ServiceState.ready, _about()),
        _keys(),
        rx.el.div(
            rx.el.span("Light or dark", class_name="side-foot-text"),
            _theme_button(),
            class_name="side-foot",
        ),
        id=_SIDEBAR,
        class_name="side",
        custom_attrs={"popover": "auto", "aria-label": "Sidebar"},
    )


def _about() -> rx.Component:
    assistant = ServiceState.assistant
    return rx.el.section(
        rx.el.h2("Assistant", class_name="side-h"),
        rx.el.p(assistant.name, class_name="about-name"),
        rx.el.p(assistant.description),
        rx.el.p(assistant.model, class_name="about-model"),
        rx.cond(assistant.price != "", rx.el.p(assistant.price)),
        class_name="about",
    )


def _keys() -> rx.Component:
    keys = (
        ("Enter", "Send"),
        ("Shift Enter", "New line"),
        ("Esc", "Stop the answer"),
        ("/", "Write a message"),
    )
    return rx.el.section(
        rx.el.h2("Keys", class_name="side-h"),
        rx.el.dl(
            *[
                rx.el.div(rx.el.dt(rx.el.kbd(key)), rx.el.dd(meaning))
                for key, meaning in keys
            ]
        ),
        class_name="about keys hide-mobile",
    )


def _theme_button() -> rx.Component:
    return rx.el.button(
        icon("moon", class_name="in-light"),
        icon("sun", class_name="in-dark"),
        type="button",
        class_name="icon-btn",
        title="Light or dark",
        on_click=rx.toggle_color_mode,
        custom_attrs={"aria-label": "Switch between light and dark"},
    )


def header() -> rx.Component:
    """Return the bar above the conversation."""
    return rx.el.header(
        icon_button(
            "menu", "Open sidebar", class_name="only-mobile", attrs=shows(_SIDEBAR)
        ),
        rx.el.div(
            rx.el.span(ServiceState.assistant.name, class_name="bar-name"),
            rx.el.span(ServiceState.assistant.model, class_name="bar-model"),
            class_name="bar-title",
        ),
        rx.el.span(
            icon("coins", 14),
            rx.el.span("Total cost", class_name="sr-only"),
            rx.el.span(ChatState.total, custom_attrs={"data-testid": "total-cost"}),
            class_name="chip",
            title=ChatState.total_title,
        ),
        icon_button(
            "download",
            "Download conversation",
            test_id="download",
            class_name="dl-anchor",
            attrs=shows(_DOWNLOADS),
            disabled=ChatState.empty,
        ),
        _downloads(),
        icon_button(
            "clear",
            "Clear conversation",
            test_id="clear",
            on_click=ChatState.clear,
            disabled=ChatState.empty,
        ),
        class_name="bar",
    )


def _downloads() -> rx.Component:
    formats = (
        ("markdown", "Markdown (.md)", "md"),
        ("csv", "Spreadsheet (.csv)", "csv"),
        ("json", "Data (.json)", "json"),
    )
    return rx.el.div(
        *[
            menu_item(
                name,
                text,
                menu=_DOWNLOADS,
                test_id=f"download-{kind}",
                on_click=ChatState.download(kind),
            )
            for name, text, kind in formats
        ],
        id=_DOWNLOADS,
        class_name="pop",
        custom_attrs={"popover": "auto"},
    )


def dock() -> rx.Component:
    """Return the message box and what stands below it."""
    return rx.el.div(
        Composer.create(
            busy=ChatState.busy,
            ready=rx.State.is_hydrated,
            turn=ChatState.turn,
            max=ServiceState.max_chars,
            placeholder="Message Sidekick",
            on_send=ChatState.send,
            on_stop=ChatState.stop,
        ),
        rx.el.p(
            "Sidekick can make mistakes. Check important facts.", class_name="fine"
        ),
        class_name="dock",
    )


def connection_pill(_stateful: bool) -> rx.Component:  # noqa: FBT001 - Reflex calls it so
    """Return the note that the page works on getting its connection back."""
    return rx.fragment(
        Ticker.create(active=ServiceState.offline, on_tick=ServiceState.load),
        rx.cond(
            has_connection_errors | ServiceState.offline,
            rx.el.div(
                rx.el.span(class_name="dot"),
                rx.cond(
                    has_connection_errors,
                    "Reconnecting…",
                    "Reconnecting. Your messages are safe.",
                ),
                class_name="pill",
                role="status",
                custom_attrs={"data-testid": "connection"},
            ),
        ),
    )
