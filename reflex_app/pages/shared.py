"""The page behind a link: a copy of a conversation, and nothing else."""

import reflex as rx

from reflex_app.components.share import SharedConversation


def shared_page() -> rx.Component:
    """Return the page at `/s/<token>`."""
    return SharedConversation.create()
