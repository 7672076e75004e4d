"""Models and assistants in the contract."""

from datetime import datetime
from decimal import Decimal
from typing import Self

import strawberry
from strawberry import Private

from graphql_api.domain import models, money
from graphql_api.pricing import CURRENCY
from graphql_api.schema.context import ContextInfo
from graphql_api.schema.directives import ListSize


@strawberry.interface(
    description="Object with a globally unique, opaque identifier that can be "
    "fetched again with `node`."
)
class Node:
    """Object with an identifier."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier, for example "
        "`cnv_01JD8Z5K3N0R7M2V9T4QYHX6WB`."
    )


@strawberry.type(description="Amount of money.")
class Money:
    """An amount in a currency."""

    amount: Decimal = strawberry.field(description="Exact amount.")
    currency: str = strawberry.field(description="ISO 4217 code, for example `USD`.")


@strawberry.type(description="Price of a model, per million tokens.")
class ModelPricing:
    """A domain `PriceList`."""

    prompt_per_million: Money = strawberry.field(
        description="Per million prompt tokens."
    )
    completion_per_million: Money = strawberry.field(
        description="Per million completion tokens."
    )
    cached_prompt_per_million: Money | None = strawberry.field(
        description="Per million cached prompt tokens, when the provider has such a "
        "price."
    )
    effective_at: datetime | None = strawberry.field(
        description="When this price came into force; null when the price table does "
        "not say."
    )

    @classmethod
    def of(cls, prices: money.PriceList) -> Self:
        """From the domain."""
        cached = prices.cached_prompt
        return cls(
            prompt_per_million=Money(amount=prices.prompt, currency=CURRENCY),
            completion_per_million=Money(amount=prices.completion, currency=CURRENCY),
            cached_prompt_per_million=None
            if cached is None
            else Money(amount=cached, currency=CURRENCY),
            effective_at=prices.effective_at,
        )


@strawberry.type(description="Language model that can be chosen.")
class Model(Node):
    """A domain `Model` with its price and state."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    name: str = strawberry.field(
        description="Provider's name of the model, for example `gpt-6-luna` or "
        "`smollm2-135m-instruct`."
    )
    provider: str = strawberry.field(
        description="Who runs it, for example `openai` or `local`."
    )
    context_window: int = strawberry.field(
        description="Largest number of prompt plus completion tokens."
    )
    shutdown_at: datetime | None = strawberry.field(
        description="When the provider shuts the model down; null when no date is "
        "known."
    )
    model: Private[models.Model]

    @classmethod
    def of(cls, model: models.Model) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(model.id),
            name=model.name,
            provider=model.provider,
            context_window=model.context_window,
            shutdown_at=model.shutdown_at,
            model=model,
        )

    @strawberry.field(
        description="Price list; null when using the model is free or the price is "
        "not known."
    )
    def pricing(self, info: ContextInfo) -> ModelPricing | None:
        """Prices in force now."""
        services = info.context.services
        if self.model.free:
            return None
        prices = services.prices.prices(self.model, at=services.clock.now())
        return None if prices is None else ModelPricing.of(prices)

    @strawberry.field(description="Whether the model can answer now.")
    async def available(self, info: ContextInfo) -> bool:
        """Whether it is not shut down and its provider answers."""
        services = info.context.services
        shutdown_at = self.model.shutdown_at
        if shutdown_at is not None and shutdown_at <= services.clock.now():
            return False
        return all(part.ok for part in await services.health())

    @strawberry.field(description="Model to use after that; null when none is known.")
    def replacement(self, info: ContextInfo) -> "Model | None":
        """Model to use after the shut-down."""
        if self.model.replacement is None:
            return None
        found = info.context.services.catalog.named(self.model.replacement)
        return None if found is None else Model.of(found)


@strawberry.type(
    description="Persona: a system prompt with a default model and sampling options."
)
class Assistant(Node):
    """A domain `Assistant`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    name: str = strawberry.field(
        description="Name shown in the interface, for example `Comic book assistant`."
    )
    description: str | None = strawberry.field(
        description="One line about what it does."
    )
    system_prompt: str | None = strawberry.field(
        description="Prompt prepended to every history; null when the viewer may not "
        "read it."
    )
    temperature: float = strawberry.field(description="Sampling temperature, 0 to 2.")
    starters: list[str] = strawberry.field(
        description="Example questions for an empty chat.",
        directives=[ListSize(assumed_size=6)],
    )
    assistant: Private[models.Assistant]

    @classmethod
    def of(cls, assistant: models.Assistant) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(assistant.id),
            name=assistant.name,
            description=assistant.description,
            system_prompt=assistant.system_prompt,
            temperature=assistant.temperature,
            starters=list(assistant.starters),
            assistant=assistant,
        )

    @strawberry.field(description="Model used unless the caller chooses one.")
    def model(self, info: ContextInfo) -> Model:
        """Its model, or the server's default."""
        return Model.of(info.context.services.catalog.model_of(self.assistant))
