"""What all handlers share: one client, what waits to be deleted, and who answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import reflex as rx

from reflex_app import choices
from reflex_app.choices import Card, ModelCard
from reflex_app.client import ApiClient
from reflex_app.deletions import Deletions
from reflex_app.entrance import Entrance
from reflex_app.replies import UNAUTHENTICATED, ApiError
from reflex_app.texts import Texts, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the handlers need from outside, given once by `connect`."""

    api: ApiClient
    max_message_chars: int
    now: Callable[[], datetime]
    deletions: Deletions
    entrance: Entrance
    retry_pause_s: float = 0.5
    """Before a turn whose reply was lost is sent again."""
    undo_s: float = 6.0
    """How long the move to the archive can be taken back where it was done."""
    title_pauses_s: tuple[float, ...] = (2.0, 4.0, 8.0)
    """When a title that a model may have written is read again after an answer."""
    new_key: Callable[[], str] = lambda: uuid4().hex


_service: list[Service] = []


def connect(service: Service) -> None:
    """Give the handlers their outside; called before the first event."""
    _service[:] = [service]


def service() -> Service:
    """Return what `connect` was given."""
    return _service[0]


def words(state: rx.State) -> Texts:
    """Return the texts in the language of the tab."""
    return texts(state.router.headers.accept_language)


class ServiceState(rx.State):
    """Who answers, and whether the API is there."""

    assistant: Card = Card()
    """The default one."""
    assistants: list[Card] = []
    models: list[ModelCard] = []
    admin: bool = False
    """Whether the reader may administer the service."""
    ready: bool = False
    offline: bool = False
    max_chars: int = 20_000

    @rx.event(background=True)
    async def load(self) -> None:
        """Ask the API who answers; the page calls again while it is offline."""
        outside, refused = service(), False
        try:
            offer = await outside.api.offer()
        except ApiError as error:
            offer, refused = None, error.problem.code == UNAUTHENTICATED
        async with self:
            # Not its default: a default is baked into the prebuilt page.
            self.max_chars = outside.max_message_chars
            self.offline = offer is None and not refused
            if offer:
                said = words(self)
                cards = [choices.card(one, said) for one in offer.assistants]
                self.assistant, self.assistants = cards[0], cards
                self.models = choices.model_cards(offer, outside.now(), said)
                self.admin = "ADMIN" in offer.scopes
                self.ready = True
