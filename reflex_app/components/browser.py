"""The browser part of the page as Reflex components; see the `.jsx` beside this."""

from pathlib import Path

import reflex as rx

from reflex_app.choices import Card, Chosen, ModelCard
from reflex_app.listing import Item
from reflex_app.operations import FIND, FOLLOW

for _part in sorted(Path(__file__).parent.glob("*.js*")):
    rx.asset(_part.name, shared=True)
# Reflex keeps the parts of a module in one folder, where they find one another.
SHARE = rx.asset("share.jsx", shared=True).importable_path
SHARED = rx.asset("shared.jsx", shared=True).importable_path
PRINT = rx.asset("print.jsx", shared=True).importable_path
ADMIN = rx.asset("admin.jsx", shared=True).importable_path


LIBRARY = rx.asset("chat.jsx", shared=True).importable_path
"""Where the page imports the browser part from."""


class _BrowserPart(rx.Component):
    library = LIBRARY
    lib_dependencies: list[str] = [
        "react-markdown@10.1.0",
        "remark-gfm@4.0.1",
        "remark-cjk-friendly@2.3.3",
        # Read by the build alone, which makes `diagram.html` of it.
        "@mermaid-js/tiny@12.0.0",
        "highlight.js@11.11.1",
        "remark-math@6.0.0",
        "katex@0.16.22",
        "@fontsource-variable/inter@5.3.0",
        "@oddbird/popover-polyfill@0.7.1",
    ]


class Bolt(_BrowserPart):
    """The brand."""

    tag = "Bolt"
    big: rx.Var[bool]


class Announcer(_BrowserPart):
    """Says to screen readers what happens."""

    tag = "Announcer"


class SkipLink(_BrowserPart):
    """Leads keyboards to the message box, or to another part of the page."""

    tag = "SkipLink"
    to: rx.Var[str]
    text: rx.Var[str]


class Prose(_BrowserPart):
    """Markdown, rendered as data."""

    tag = "Prose"
    text: rx.Var[str]


class CopyButton(_BrowserPart):
    """Copies a message."""

    tag = "CopyButton"
    text: rx.Var[str]


class RetryButton(_BrowserPart):
    """Tries again, when the service is ready for it."""

    tag = "RetryButton"
    seconds: rx.Var[float]
    on_retry: rx.EventHandler[rx.event.no_args_event_spec]


class Ticker(_BrowserPart):
    """Fires again and again while it is active."""

    tag = "Ticker"
    active: rx.Var[bool]
    on_tick: rx.EventHandler[rx.event.no_args_event_spec]


class Connection(_BrowserPart):
    """Says what the page waits for while it cannot reach the service."""

    tag = "Connection"
    lost: rx.Var[bool]
    met: rx.Var[bool]
    unreachable: rx.Var[bool]


class Thread(_BrowserPart):
    """The scrolling conversation."""

    tag = "Thread"
    label: rx.Var[str]
    turn: rx.Var[int]
    more: rx.Var[bool]
    first: rx.Var[str]
    shown: rx.Var[str]
    reached: rx.Var[str]
    on_more: rx.EventHandler[rx.event.no_args_event_spec]
    on_reach: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class LiveReply(_BrowserPart):
    """The answer being written, read from the API by the browser itself."""

    tag = "LiveReply"
    busy: rx.Var[bool]
    stopping: rx.Var[bool]
    generation: rx.Var[str]
    query: rx.Var[str] = rx.Var.create(FOLLOW)
    name: rx.Var[str]
    on_finished: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_lost: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class Composer(_BrowserPart):
    """The message box."""

    tag = "Composer"
    busy: rx.Var[bool]
    ready: rx.Var[bool]
    shown: rx.Var[str]
    turn: rx.Var[int]
    max: rx.Var[int]
    placeholder: rx.Var[str]
    on_send: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_stop: rx.EventHandler[rx.event.no_args_event_spec]


class Choices(_BrowserPart):
    """Who answers, and the choice of another."""

    tag = "Choices"
    assistants: rx.Var[list[Card]]
    models: rx.Var[list[ModelCard]]
    choice: rx.Var[Chosen]
    ready: rx.Var[bool]
    on_choose: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str, str)]


class Go(_BrowserPart):
    """A link inside the page, without loading it anew."""

    tag = "Go"
    to: rx.Var[str]
    label: rx.Var[str]
    hook: rx.Var[str]
    closes: rx.Var[str]


class Place(_BrowserPart):
    """Keeps the address and what is shown the same."""

    tag = "Place"
    ready: rx.Var[bool]
    shown: rx.Var[str]
    on_place: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class Watch(_BrowserPart):
    """Looks now and then whether something changed elsewhere."""

    tag = "Watch"
    active: rx.Var[bool]
    signal: rx.Var[str]
    on_look: rx.EventHandler[rx.event.no_args_event_spec]
    on_wake: rx.EventHandler[rx.event.no_args_event_spec]


class Question(_BrowserPart):
    """A question, which can be edited in its place."""

    tag = "Question"
    message: rx.Var[str]
    text: rx.Var[str]
    max: rx.Var[int]
    editable: rx.Var[bool]
    on_edit: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class Feedback(_BrowserPart):
    """Thumbs, and a comment for those who like."""

    tag = "Feedback"
    message: rx.Var[str]
    rating: rx.Var[str]
    comment: rx.Var[str]
    on_judge: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]


class Conversations(_BrowserPart):
    """The list of conversations with menus, palette and help."""

    tag = "Conversations"
    items: rx.Var[list[Item]]
    fresh: rx.Var[list[Item]]
    gone: rx.Var[list[str]]
    more: rx.Var[bool]
    archived: rx.Var[bool]
    ready: rx.Var[bool]
    hydrated: rx.Var[bool]
    visitor: rx.Var[str]
    query: rx.Var[str] = rx.Var.create(FIND)
    on_load: rx.EventHandler[rx.event.no_args_event_spec]
    on_more: rx.EventHandler[rx.event.no_args_event_spec]
    on_rename: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_pin: rx.EventHandler[rx.event.passthrough_event_spec(str, bool)]
    on_archive: rx.EventHandler[rx.event.passthrough_event_spec(list[str], bool)]
    on_delete: rx.EventHandler[rx.event.passthrough_event_spec(list[str])]
    on_download: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_shelf: rx.EventHandler[rx.event.passthrough_event_spec(bool)]
    on_theme: rx.EventHandler[rx.event.no_args_event_spec]


class Summon(_BrowserPart):
    """A button that opens the palette or the help."""

    tag = "Summon"
    name: rx.Var[str]
    label: rx.Var[str]
    hook: rx.Var[str]


class Keys(_BrowserPart):
    """Keys to press together, as this machine names them."""

    tag = "Keys"
    combo: rx.Var[str]


class Languages(_BrowserPart):
    """The languages to choose from."""

    tag = "Languages"
    names: rx.Var[dict[str, str]]
    kept: rx.Var[str]
