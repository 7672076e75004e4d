"""The Reflex application: its pages, its look, and what its handlers reach."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

import reflex as rx

from reflex_app.client import ApiClient
from reflex_app.components.frame import connection_pill
from reflex_app.pages.chat import chat_page
from reflex_app.settings import read_settings
from reflex_app.state import Service, ServiceState, connect
from reflex_app.theme import STYLESHEETS, THEME_COLORS

_DESCRIPTION = "Ask about comics: answers stream in, and each one shows what it cost."


def _local_now() -> datetime:
    return datetime.now().astimezone()


def _head() -> list[rx.Component]:
    metas = [
        rx.el.meta(name="theme-color", content=color, custom_attrs={"media": media})
        for media, color in THEME_COLORS.items()
    ]
    return [*metas, rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")]


@asynccontextmanager
async def _close_api() -> AsyncGenerator[None]:
    yield
    await api.aclose()


settings = read_settings()
api = ApiClient(settings.api_url)
connect(
    Service(
        api=api,
        max_message_chars=settings.max_message_chars,
        now=_local_now,
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
    title="Sidekick",
    description=_DESCRIPTION,
    on_load=ServiceState.load,
)
