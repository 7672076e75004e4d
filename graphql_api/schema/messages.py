"""Messages, usage and cost in the contract."""

from decimal import Decimal
from typing import Self

import strawberry

from graphql_api.domain import generations, messages, models, money
from graphql_api.schema.directives import ListSize
from graphql_api.schema.enums import FinishReason, Role, TokenKind
from graphql_api.schema.models import Model


@strawberry.type(description="One turn of a conversation.")
class Message:
    """A domain `Message`."""

    role: Role = strawberry.field(description="Who wrote it.")
    content: str = strawberry.field(description="Text, Markdown.")

    @classmethod
    def of_model(cls, text: str) -> Self:
        """A message that a model wrote."""
        return cls(role=Role.ASSISTANT, content=text)


@strawberry.input(
    description="One turn of a conversation, as sent by a client that keeps the "
    "history itself."
)
class MessageInput:
    """A domain `Message` from outside."""

    role: Role = strawberry.field(description="Who wrote it.")
    content: str = strawberry.field(
        description="Text. Empty or whitespace-only text is refused."
    )

    def to_domain(self) -> messages.Message:
        """To the domain."""
        return messages.Message(messages.Role[self.role.name], self.content)


@strawberry.input(
    description="Choices for one answer; anything left out comes from the assistant "
    "or the server's defaults."
)
class ChatOptionsInput:
    """Domain `ChatOptions` from outside."""

    assistant_id: strawberry.ID | None = strawberry.field(
        default=None, description="Persona to answer as."
    )
    model_id: strawberry.ID | None = strawberry.field(
        default=None, description="Model to use."
    )
    temperature: float | None = strawberry.field(
        default=None, description="Sampling temperature, 0 to 2."
    )
    max_completion_tokens: int | None = strawberry.field(
        default=None, description="Upper bound for the answer."
    )

    def to_domain(self) -> models.ChatOptions:
        """To the domain."""
        return models.ChatOptions(
            assistant_id=self.assistant_id,
            model_id=self.model_id,
            temperature=self.temperature,
            max_completion_tokens=self.max_completion_tokens,
        )


@strawberry.input(
    description="Choices that a conversation keeps for its next answers; what is left "
    "out comes from the assistant or the server's defaults."
)
class ConversationOptionsInput:
    """What to keep."""

    model_id: strawberry.ID | None = strawberry.field(
        default=None, description="Model to use."
    )
    temperature: float | None = strawberry.field(
        default=None, description="Sampling temperature, 0 to 2."
    )
    max_completion_tokens: int | None = strawberry.field(
        default=None, description="Upper bound for each answer."
    )

    def to_domain(self) -> models.ChatOptions:
        """To the domain."""
        return models.ChatOptions(
            model_id=self.model_id,
            temperature=self.temperature,
            max_completion_tokens=self.max_completion_tokens,
        )


@strawberry.type(description="Tokens that one model call consumed.")
class TokenUsage:
    """A domain `TokenUsage`."""

    prompt_tokens: int = strawberry.field(
        description="Tokens of the system prompt and the history."
    )
    completion_tokens: int = strawberry.field(description="Tokens of the answer.")
    total_tokens: int = strawberry.field(description="Prompt plus completion.")
    cached_prompt_tokens: int | None = strawberry.field(
        description="Part of the prompt tokens read from the provider's cache; null "
        "when it does not report that."
    )
    reasoning_tokens: int | None = strawberry.field(
        description="Part of the completion tokens spent on reasoning; null when the "
        "provider does not report that."
    )

    @classmethod
    def of(cls, usage: money.TokenUsage) -> Self:
        """From the domain."""
        return cls(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            total_tokens=usage.total_tokens,
            cached_prompt_tokens=usage.cached_prompt_tokens,
            reasoning_tokens=usage.reasoning_tokens,
        )


@strawberry.type(description="One line of a receipt.")
class CostItem:
    """A domain `CostItem`."""

    kind: TokenKind = strawberry.field(description="Kind of tokens.")
    tokens: int = strawberry.field(description="Number of tokens.")
    rate_per_million: Decimal = strawberry.field(
        description="Price per million tokens."
    )
    amount: Decimal = strawberry.field(description="Tokens times rate, exact.")

    @classmethod
    def of(cls, item: money.CostItem) -> Self:
        """From the domain."""
        return cls(
            kind=TokenKind[item.kind.name],
            tokens=item.tokens,
            rate_per_million=item.rate_per_million,
            amount=item.amount,
        )


@strawberry.type(description="What something cost, and how that was computed.")
class Cost:
    """A domain `Cost`."""

    amount: Decimal = strawberry.field(description="Exact amount.")
    currency: str = strawberry.field(description="ISO 4217 code, for example `USD`.")
    estimated: bool = strawberry.field(
        description="Whether tokens were counted by us because the provider reported "
        "none (stopped or interrupted answers)."
    )
    items: list[CostItem] = strawberry.field(
        description="The amounts it is made of; empty for a sum over several answers.",
        directives=[ListSize(assumed_size=4)],
    )
    price_source: str | None = strawberry.field(
        description="Price table used, for example `genai-prices 0.2.3` or "
        "`settings`; null for a sum over several answers."
    )

    @classmethod
    def of(cls, cost: money.Cost) -> Self:
        """From the domain."""
        return cls(
            amount=cost.amount,
            currency=cost.currency,
            estimated=cost.estimated,
            items=[CostItem.of(item) for item in cost.items],
            price_source=cost.price_source,
        )


@strawberry.type(description="Answer to one `chat` call.")
class ChatResult:
    """A complete answer."""

    message: Message = strawberry.field(description="The assistant's message.")
    token_usage: TokenUsage = strawberry.field(description="Tokens used.")
    cost: Cost | None = strawberry.field(
        description="What the call cost, with its receipt; null when the price is "
        "unknown, zero for a local model."
    )
    model: Model = strawberry.field(description="Model that answered.")
    finish_reason: FinishReason = strawberry.field(description="Why the model stopped.")

    @classmethod
    def of(cls, model: models.Model, outcome: generations.Outcome) -> Self:
        """From the domain; the outcome is a completed one."""
        reason = outcome.finish_reason or models.FinishReason.STOP
        return cls(
            message=Message.of_model(outcome.text),
            token_usage=TokenUsage.of(outcome.usage),
            cost=None if outcome.cost is None else Cost.of(outcome.cost),
            model=Model.of(model),
            finish_reason=FinishReason[reason.name],
        )
