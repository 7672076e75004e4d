"""What answers: a language model, and how it is reached."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol

from graphql_api.domain.models import Health, ModelEvent, ModelRequest


class LanguageModel(Protocol):
    """A provider of model answers."""

    def answer(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """Stream an answer; closing the generator closes the provider's connection.

        Yields text as it comes, then why the model finished, and the usage where
        the provider reports it (in any order after the text).

        Raises:
            BadInput: The provider says that the request cannot be answered, for
                example because the history does not fit the context window.
            ProviderError: The provider failed, before or in the middle of the text.
        """
        ...

    async def health(self) -> Health:
        """Whether the model really answers, found out within a few seconds."""
        ...


class TokenCounter(Protocol):
    """Counts tokens where a provider reported none; an estimate."""

    def count(self, text: str, /) -> int:
        """Tokens of the text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEndpoint:
    """Where a server with OpenAI's API listens, and how much of the API it knows.

    Attributes:
        base_url: Address with the version, for example ``https://api.openai.com/v1``.
        api_key: Never shown; empty when the server wants none.
        max_tokens_field: The server's name for the upper bound of an answer.
        include_usage: Whether the server can report the usage of a stream.
        local: Whether it is this service's own child, for which asking costs nothing.
    """

    base_url: str
    api_key: str = field(repr=False)
    max_tokens_field: str = "max_completion_tokens"
    include_usage: bool = True
    local: bool = False


class EndpointSource(Protocol):
    """Says where the model can be reached now."""

    async def endpoint(self) -> ModelEndpoint:
        """The endpoint, as soon as it is up; the wait is bounded.

        Raises:
            ModelUnavailable: It is not up, and why.
        """
        ...
