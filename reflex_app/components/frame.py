"""What stands around the conversation: bar, sidebar, dock and connection pill."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from reflex_app.components.browser import (
    Bolt,
    Composer,
    Connection,
    Conversations,
    Go,
    Keys,
    Place,
    Summon,
    Ticker,
    Watch,
)
from reflex_app.components.choosing import chooser
from reflex_app.components.controls import (
    hides,
    icon,
    icon_button,
    menu_item,
    shows,
)
from reflex_app.components.costs import cost_chip, month_sum
from reflex_app.components.languages import language_button, language_menu
from reflex_app.components.share import print_item, share_button
from reflex_app.components.visitor import behind_the_door, visitor, visitor_kind
from reflex_app.components.words import word
from reflex_app.state.chat import ChatState
from reflex_app.state.service import ServiceState
from reflex_app.state.sidebar import SidebarState
from reflex_app.state.spending import SpendingState
from reflex_app.state.visitor import VisitorState

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
                word("sidebar.close"),
                class_name="only-mobile",
                attrs=hides(_SIDEBAR),
            ),
            class_name="bar",
        ),
        behind_the_door(_new_chat(), _conversations(), visitor()),
        _foot(),
        language_menu(),
        id=_SIDEBAR,
        class_name="side",
        custom_attrs={"popover": "auto", "aria-label": word("sidebar.label")},
    )


def _new_chat() -> rx.Component:
    return Go.create(
        icon("new", 16),
        rx.el.span(word("sidebar.new_chat")),
        Keys.create(combo="Mod Shift O", class_name="hide-mobile"),
        to="/",
        id="new-chat",
        hook="new-chat",
        closes=_SIDEBAR,
        class_name="new-btn",
    )


def _conversations() -> rx.Component:
    return Conversations.create(
        rx.cond(ServiceState.ready, _about()),
        items=SidebarState.items,
        fresh=SidebarState.fresh,
        gone=SidebarState.gone,
        more=SidebarState.more,
        archived=SidebarState.archived,
        ready=SidebarState.ready,
        hydrated=rx.State.is_hydrated,
        visitor=visitor_kind(),
        on_load=[
            ServiceState.load,
            SidebarState.load,
            SpendingState.load,
            VisitorState.load,
        ],
        on_more=SidebarState.read_on,
        on_rename=SidebarState.rename,
        on_pin=SidebarState.pin,
        on_archive=SidebarState.archive,
        on_delete=ChatState.delete,
        on_download=ChatState.download,
        on_shelf=SidebarState.show_archived,
        on_theme=rx.toggle_color_mode,
    )


def _foot() -> rx.Component:
    return rx.el.div(
        behind_the_door(_usage_link(), _admin_link(), _help()),
        language_button(),
        _theme_button(),
        class_name="side-foot",
    )


def _admin_link() -> rx.Component:
    link = rx.el.a(
        icon("shield"),
        href="/admin",
        title=word("sidebar.admin"),
        class_name="icon-btn",
        custom_attrs={
            "aria-label": word("sidebar.admin"),
            "data-testid": "admin-link",
        },
    )
    return rx.cond(ServiceState.admin, link)


def _usage_link() -> rx.Component:
    names = rx.el.span(
        rx.el.span(word("sidebar.usage")), month_sum(), class_name="foot-names"
    )
    return rx.el.a(icon("chart", 16), names, href="/usage", class_name="foot-link")


def _help() -> rx.Component:
    return Summon.create(
        icon("help"),
        name="help",
        label=word("sidebar.help"),
        hook="help",
        class_name="icon-btn",
    )


def _about() -> rx.Component:
    assistant = ServiceState.assistant
    return rx.el.section(
        rx.el.h2(word("help.assistant"), class_name="side-h"),
        rx.el.p(assistant.name, class_name="about-name"),
        rx.el.p(assistant.description),
        rx.el.p(assistant.model, class_name="about-model"),
        rx.cond(assistant.price != "", rx.el.p(assistant.price)),
        class_name="about",
    )


def _theme_button() -> rx.Component:
    return rx.el.button(
        icon("moon", class_name="in-light"),
        icon("sun", class_name="in-dark"),
        type="button",
        class_name="icon-btn",
        title=word("sidebar.theme"),
        on_click=rx.toggle_color_mode,
        custom_attrs={"aria-label": word("sidebar.switch_theme")},
    )


def header() -> rx.Component:
    """Return the bar above the conversation."""
    return rx.el.header(
        icon_button(
            "menu",
            word("sidebar.open"),
            class_name="only-mobile",
            attrs=shows(_SIDEBAR),
        ),
        chooser(),
        cost_chip(),
        share_button(),
        icon_button(
            "download",
            word("header.download"),
            test_id="download",
            class_name="dl-anchor",
            attrs=shows(_DOWNLOADS),
            disabled=ChatState.empty,
        ),
        _downloads(),
        icon_button(
            "clear",
            word("header.delete"),
            test_id="clear",
            on_click=ChatState.delete([ChatState.place]),
            disabled=ChatState.empty,
        ),
        class_name="bar",
    )


def _downloads() -> rx.Component:
    formats = (("markdown", "md"), ("csv", "csv"), ("json", "json"))
    return rx.el.div(
        *[
            menu_item(
                name,
                word(f"download.{kind}"),
                menu=_DOWNLOADS,
                test_id=f"download-{kind}",
                on_click=ChatState.download(ChatState.place, kind),
            )
            for name, kind in formats
        ],
        print_item(_DOWNLOADS),
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
            shown=ChatState.place,
            turn=ChatState.turn,
            max=ServiceState.max_chars,
            placeholder=word("composer.placeholder"),
            on_send=ChatState.send,
            on_stop=ChatState.stop,
        ),
        rx.el.p(word("composer.caution"), class_name="fine"),
        class_name="dock",
    )


def undo_bar() -> rx.Component:
    """Return the offer to take back what was just done."""
    undo = SidebarState.undo
    return rx.el.div(
        rx.cond(
            undo.text != "",
            rx.el.div(
                rx.el.span(undo.text, class_name="undo-text"),
                rx.el.button(
                    word("undo.undo"),
                    type="button",
                    on_click=[SidebarState.take_back, ChatState.come_back(undo)],
                    custom_attrs={"data-testid": "undo"},
                ),
                class_name="undo",
                custom_attrs={"data-testid": "undo-bar"},
            ),
        ),
        role="status",
    )


def guide() -> rx.Component:
    """Return what keeps address, page and API together; nothing to see."""
    signal = ChatState.place + "|" + ChatState.turn.to_string() + ChatState.generation
    return rx.fragment(
        Place.create(
            ready=rx.State.is_hydrated,
            shown=ChatState.place,
            on_place=ChatState.open,
        ),
        Watch.create(
            active=(ChatState.generation == "") & (ChatState.phase == "open"),
            signal=signal,
            on_look=ChatState.look,
            on_wake=SidebarState.wake,
        ),
    )


def connection_pill(_stateful: bool) -> rx.Component:  # noqa: FBT001 - Reflex calls it so
    """Return the note that the page works on getting its connection back."""
    return rx.fragment(
        Ticker.create(
            active=ServiceState.offline,
            on_tick=[ServiceState.load, ChatState.look, VisitorState.load],
        ),
        Connection.create(
            lost=has_connection_errors,
            met=rx.State.is_hydrated,
            unreachable=ServiceState.offline,
        ),
    )
