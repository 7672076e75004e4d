"""The browser part of the page as Reflex components; see the `.jsx` beside this."""

import reflex as rx

from reflex_app.client import FOLLOW

_PARTS = (
    "blocks.js",
    "buttons.jsx",
    "clipboard.js",
    "code.jsx",
    "composer.jsx",
    "follow.js",
    "formula.jsx",
    "highlight.js",
    "icons.jsx",
    "live.jsx",
    "markdown.jsx",
    "math.js",
    "thread.jsx",
)
for _part in _PARTS:
    rx.asset(_part, shared=True)


class _BrowserPart(rx.Component):
    library = rx.asset("chat.jsx", shared=True).importable_path
    lib_dependencies: list[str] = [
        "react-markdown@10.1.0",
        "remark-gfm@4.0.1",
        "highlight.js@11.11.1",
        "remark-math@6.0.0",
        "katex@0.16.22",
        "@fontsource-variable/inter@5.3.0",
    ]


class Bolt(_BrowserPart):
    """The brand."""

    tag = "Bolt"
    big: rx.Var[bool]


class SkipLink(_BrowserPart):
    """Leads keyboards to the message box."""

    tag = "SkipLink"


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


class Thread(_BrowserPart):
    """The scrolling conversation."""

    tag = "Thread"
    label: rx.Var[str]
    turn: rx.Var[int]


class LiveReply(_BrowserPart):
    """The answer being written, read from the API by the browser itself."""

    tag = "LiveReply"
    busy: rx.Var[bool]
    stopping: rx.Var[bool]
    generation: rx.Var[str]
    query: rx.Var[str] = rx.Var.create(FOLLOW)
    name: rx.Var[str]
    on_finished: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_lost: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class Composer(_BrowserPart):
    """The message box."""

    tag = "Composer"
    busy: rx.Var[bool]
    ready: rx.Var[bool]
    turn: rx.Var[int]
    max: rx.Var[int]
    placeholder: rx.Var[str]
    on_send: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_stop: rx.EventHandler[rx.event.no_args_event_spec]
