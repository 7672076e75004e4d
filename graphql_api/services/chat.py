"""Turns a history into a request to a model, within the limits."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from graphql_api.domain.history import (
    HistoryLimits,
    check_history,
    check_sampling,
    newest_turns,
)
from graphql_api.domain.messages import Message
from graphql_api.domain.models import ChatOptions, ModelRequest
from graphql_api.errors import BadInput
from graphql_api.services.answering import Answering
from graphql_api.services.catalog import Catalog

# Another model's vocabulary may need more tokens than ours counts.
_MARGIN: Final = 1.25
# Kept free for an answer that nobody bounds: so much, or a quarter of a small window.
_ANSWER_TOKENS: Final = 4_096
_ANSWER_SHARE: Final = 4


class Chat:
    """Makes requests to models."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        limits: HistoryLimits,
        max_prompt_tokens: int | None,
        max_completion_tokens: int | None,
        answering: Answering,
    ) -> None:
        """Take the parts; the tokens bound what every answer reads and writes."""
        self._catalog = catalog
        self._limits = limits
        self._max_prompt_tokens = max_prompt_tokens
        self._max_completion_tokens = max_completion_tokens
        self._answering = answering

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
        self._check_prompt(assistant.system_prompt, history)
        chosen = options.temperature
        return ModelRequest(
            model=model,
            system_prompt=assistant.system_prompt,
            history=history,
            temperature=assistant.temperature if chosen is None else chosen,
            max_completion_tokens=self._bounded(options.max_completion_tokens),
        )

    def continued(
        self, history: tuple[Message, ...], options: ChatOptions, *, kept: ChatOptions
    ) -> ModelRequest:
        """Like `prepare`, but of a long history only the newest turns are told.

        As many whole turns as fit the limits and the model's context window, with
        room for the answer. What the options leave open comes from the kept ones.

        Raises:
            BadInput: The last message or an option is not acceptable.
        """
        chosen = options.over(self._catalog.offered(kept))
        request = self.prepare(history[-1:], chosen)
        window = request.model.context_window
        most = self._max_prompt_tokens or window
        room = request.max_completion_tokens or _ANSWER_TOKENS
        prompt = self._tokens(request.system_prompt)
        fitting = newest_turns(
            history,
            self._limits,
            max_tokens=min(most, window - min(room, window // _ANSWER_SHARE)) - prompt,
            count=self._tokens,
        )
        return replace(request, history=fitting)

    def assistant_key(self, options: ChatOptions) -> str:
        """Key of the assistant that the options mean.

        Raises:
            BadInput: There is no such assistant or model.
        """
        return self._catalog.choose(options)[0].key

    def _check_prompt(self, system_prompt: str, history: Sequence[Message]) -> None:
        most = self._max_prompt_tokens
        if most is None:
            return
        texts = [system_prompt, *(message.content for message in history)]
        tokens = sum(self._tokens(text) for text in texts)
        if tokens > most:
            raise BadInput(
                f"The model would read about {tokens:,} tokens; {most:,} are allowed.",
                reason="TOO_LONG",
                field="history",
            )

    def _tokens(self, text: str) -> int:
        return math.ceil(_MARGIN * self._answering.message_tokens(text))

    def _bounded(self, wanted: int | None) -> int | None:
        bounds = [n for n in (wanted, self._max_completion_tokens) if n is not None]
        return min(bounds, default=None)
