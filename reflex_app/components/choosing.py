"""Who answers, in the bar: the button and what it opens."""

import reflex as rx

from reflex_app.components.browser import Choices
from reflex_app.state.chat import ChatState
from reflex_app.state.service import ServiceState


def chooser() -> rx.Component:
    """Return the choice of assistant, model and options."""
    return Choices.create(
        assistants=ServiceState.assistants,
        models=ServiceState.models,
        choice=ChatState.choice,
        ready=ServiceState.ready,
        on_choose=ChatState.choose,
    )
