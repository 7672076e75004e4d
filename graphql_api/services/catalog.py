"""Which models and assistants there are, and which of them a caller means."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NoReturn

from graphql_api.domain.history import check_sampling
from graphql_api.domain.models import Assistant, ChatOptions, Model
from graphql_api.errors import BadInput

_SHOWN_CHARS: Final = 80


class Catalog:
    """Models and assistants of this service; the first assistant is the default."""

    def __init__(
        self,
        *,
        models: Sequence[Model],
        default_model: Model,
        assistants: Sequence[Assistant],
    ) -> None:
        """Take both, not empty; the default model is one of the models."""
        self.models = tuple(models)
        self.assistants = tuple(assistants)
        self._default_model = default_model
        self._models = {model.id: model for model in models}
        self._assistants = {assistant.id: assistant for assistant in assistants}

    def model(self, model_id: str) -> Model | None:
        """Model by its identifier."""
        return self._models.get(model_id)

    def named(self, name: str | None) -> Model | None:
        """Model by the provider's name of it."""
        return next((model for model in self.models if model.name == name), None)

    def assistant(self, assistant_id: str) -> Assistant | None:
        """Assistant by its identifier."""
        return self._assistants.get(assistant_id)

    def model_of(self, assistant: Assistant) -> Model:
        """Model that an assistant uses unless the caller chooses one."""
        return self.named(assistant.model) or self._default_model

    def checked(self, options: ChatOptions | None) -> ChatOptions | None:
        """The options, if they can be kept for later; None stays None.

        Raises:
            BadInput: An option is out of range, or there is no such model.
        """
        if options is not None:
            check_sampling(options)
            self.choose(options)
        return options

    def offered(self, kept: ChatOptions) -> ChatOptions:
        """Kept options; a model that is no longer offered is as if not chosen."""
        known = kept.model_id is None or kept.model_id in self._models
        return kept if known else replace(kept, model_id=None)

    def choose(self, options: ChatOptions) -> tuple[Assistant, Model]:
        """Assistant and model that the options mean.

        Raises:
            BadInput: There is no such assistant or model.
        """
        assistant = self.assistants[0]
        if options.assistant_id is not None:
            assistant = self._assistants.get(options.assistant_id) or _unknown(
                "assistant", options.assistant_id
            )
        model = self.model_of(assistant)
        if options.model_id is not None:
            model = self._models.get(options.model_id) or _unknown(
                "model", options.model_id
            )
        return assistant, model


def _unknown(kind: str, identifier: str) -> NoReturn:
    raise BadInput(
        f"There is no {kind} {identifier[:_SHOWN_CHARS]!r}.",
        reason="UNKNOWN",
        field=f"options.{kind}Id",
    )
