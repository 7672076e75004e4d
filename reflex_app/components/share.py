"""Sharing and printing: the button, the dialog, the page behind a link, and paper."""

import reflex as rx

from reflex_app.components.browser import PRINT, SHARE, SHARED
from reflex_app.shares import Link
from reflex_app.state.chat import ChatState
from reflex_app.state.share import ShareState


class _Share(rx.Component):
    library = SHARE


class _ShareButton(_Share):
    tag = "ShareButton"
    conversation: rx.Var[str]
    disabled: rx.Var[bool]


class _ShareDialog(_Share):
    tag = "ShareDialog"
    shown: rx.Var[str]
    links: rx.Var[list[Link]]
    token: rx.Var[str]
    busy: rx.Var[bool]
    problem: rx.Var[str]
    on_open: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_create: rx.EventHandler[rx.event.passthrough_event_spec(str, int)]
    on_revoke: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class SharedConversation(rx.Component):
    """The copy behind a link, read by the browser itself."""

    library = SHARED
    tag = "SharedConversation"


class _Print(rx.Component):
    library = PRINT


class PrintDate(_Print):
    """The day, on paper only."""

    tag = "PrintDate"


class _PrintButton(_Print):
    tag = "PrintButton"
    menu: rx.Var[str]
    more: rx.Var[bool]
    first: rx.Var[str]
    on_more: rx.EventHandler[rx.event.no_args_event_spec]


def share_button() -> rx.Component:
    """Return the button that shares the conversation of this tab."""
    # A first question is shown a moment before its conversation has an identifier.
    unknown = ChatState.empty | (ChatState.place == "")
    return _ShareButton.create(conversation=ChatState.place, disabled=unknown)


def share_dialog() -> rx.Component:
    """Return the dialog of links; one on a page, whoever opens it."""
    return _ShareDialog.create(
        shown=ShareState.conversation,
        links=ShareState.links,
        token=ShareState.token,
        busy=ShareState.busy,
        problem=ShareState.problem,
        on_open=ShareState.open,
        on_create=ShareState.create,
        on_revoke=ShareState.revoke,
    )


def print_item(menu: str) -> rx.Component:
    """Return the line of a menu that prints the conversation of this tab."""
    return _PrintButton.create(
        menu=menu,
        more=ChatState.more,
        first=ChatState.first,
        on_more=ChatState.read_back,
    )
