"""Answers a history that the client keeps: nothing is stored."""

from dataclasses import dataclass

from graphql_api.domain.generations import Outcome
from graphql_api.domain.history import HistoryLimits, check_history, check_sampling
from graphql_api.domain.messages import Message
from graphql_api.domain.models import ChatOptions, Model, ModelRequest
from graphql_api.services.answering import Answering
from graphql_api.services.catalog import Catalog
from graphql_api.services.slots import Slots


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer and the model that gave it."""

    model: Model
    outcome: Outcome


class Chat:
    """Turns a history into a request to a model, and a request into an answer."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        limits: HistoryLimits,
        max_completion_tokens: int | None,
        answering: Answering,
        slots: Slots,
    ) -> None:
        """Take the parts; ``max_completion_tokens`` bounds every answer."""
        self._catalog = catalog
        self._limits = limits
        self._max_completion_tokens = max_completion_tokens
        self._answering = answering
        self._slots = slots

    def prepare(
        self, history: tuple[Message, ...], options: ChatOptions
    ) -> ModelRequest:
        """Make every choice that the request leaves open.

        Raises:
            BadInput: The history or an option is not acceptable.
        """
        check_history(history, self._limits)
        check_sampling(options)
        assistant, model = self._catalog.choose(options)
        chosen = options.temperature
        return ModelRequest(
            model=model,
            system_prompt=assistant.system_prompt,
            history=history,
            temperature=assistant.temperature if chosen is None else chosen,
            max_completion_tokens=self._bounded(options.max_completion_tokens),
        )

    async def answer(
        self, history: tuple[Message, ...], options: ChatOptions
    ) -> Answer:
        """Answer the history; cancelling it closes the provider's stream.

        Raises:
            BadInput: The history or an option is not acceptable.
            SidekickError: The model failed; a partial answer is given up.
        """
        request = self.prepare(history, options)
        with self._slots.claim() as claim:
            async with claim.slot():
                outcome = await self._answering.complete(request)
        return Answer(request.model, outcome)

    def _bounded(self, wanted: int | None) -> int | None:
        bounds = [n for n in (wanted, self._max_completion_tokens) if n is not None]
        return min(bounds, default=None)
