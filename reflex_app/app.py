"""The Reflex application: its pages, its look, and what its handlers reach."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import reflex as rx
from reflex_base.event.context import EventContext

from reflex_app.calls import Calls
from reflex_app.client import ApiClient
from reflex_app.components.frame import connection_pill
from reflex_app.components.words import word
from reflex_app.deletions import Deletions
from reflex_app.entrance import Entrance
from reflex_app.pages.admin import admin_page
from reflex_app.pages.chat import chat_page
from reflex_app.pages.shared import shared_page
from reflex_app.pages.usage import usage_page
from reflex_app.settings import read_settings
from reflex_app.shell import MANIFEST, TOUCH_ICON
from reflex_app.state.admin import AdminState
from reflex_app.state.chat import ChatState
from reflex_app.state.service import Service, connect
from reflex_app.state.usage import UsageState
from reflex_app.theme import STYLESHEETS, THEME_COLORS
from reflex_app.visits import NOBODY, Visit, Visits


def _local_now() -> datetime:
    return datetime.now().astimezone()


def _head() -> list[rx.Component]:
    metas = [
        rx.el.meta(name="theme-color", content=color, custom_attrs={"media": media})
        for media, color in THEME_COLORS.items()
    ]
    return [
        *metas,
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="manifest", href=f"/{MANIFEST}"),
        rx.el.link(rel="apple-touch-icon", href=f"/{TOUCH_ICON}"),
    ]


@asynccontextmanager
async def _close_api() -> AsyncGenerator[None]:
    yield
    await deletions.aclose()
    await calls.aclose()
    await entrance.aclose()


def current_visit() -> Visit:
    """Return whose event is handled here, or was when this task began."""
    try:
        headers = EventContext.get().router_data.get("headers", {})
    except LookupError:
        return NOBODY
    return visits.of(headers)


def credentials() -> Mapping[str, str]:
    """Return what a call to the API carries on behalf of who caused it."""
    return current_visit().headers


def whose() -> str:
    """Return what tells visitors apart; tabs of one browser are one visitor."""
    return current_visit().cookies


settings = read_settings()
visits = Visits()
entrance = Entrance(settings.api_url)
calls = Calls(settings.api_url, credentials=credentials)
api = ApiClient(calls)
deletions = Deletions(api.delete, whose=whose)
connect(
    Service(
        api=api,
        max_message_chars=settings.max_message_chars,
        now=_local_now,
        deletions=deletions,
        entrance=entrance,
    )
)

app = rx.App(
    stylesheets=STYLESHEETS, html_lang="en", head_components=_head(), toaster=None
)
app.app_wraps[(5, "Overlay")] = connection_pill
app.register_lifespan_task(_close_api)
app.add_page(
    chat_page,
    route="/",
    title=ChatState.heading,
    description=word("app.description"),
)
app.add_page(
    usage_page,
    route="/usage",
    title=word("usage.title"),
    description=word("usage.description"),
    on_load=UsageState.load,
)
app.add_page(
    admin_page,
    route="/admin",
    title=word("admin.title"),
    description=word("admin.description"),
    on_load=AdminState.load,
)
app.add_page(
    shared_page,
    route="/s",
    title=word("shared.page"),
    description=word("shared.description"),
    meta=[{"name": "robots", "content": "noindex, nofollow"}],
)
