"""Stored messages in the contract."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
from strawberry import Private

from graphql_api.domain import conversations, generations
from graphql_api.domain.messages import Role as DomainRole
from graphql_api.domain.models import Model as DomainModel
from graphql_api.errors import NotFound
from graphql_api.schema.context import Context, ContextInfo
from graphql_api.schema.directives import ListSize
from graphql_api.schema.enums import FeedbackRating, FinishReason, MessageStatus, Role
from graphql_api.schema.generation import Problem
from graphql_api.schema.messages import Cost, TokenUsage
from graphql_api.schema.models import Model, Node

if TYPE_CHECKING:
    from graphql_api.schema.conversations import Conversation

_Conversation = Annotated[
    "Conversation", strawberry.lazy("graphql_api.schema.conversations")
]


@strawberry.type(description="The viewer's opinion of an answer.")
class Feedback:
    """A domain `Feedback`."""

    rating: FeedbackRating = strawberry.field(description="Thumb.")
    comment: str | None = strawberry.field(description="Words.")
    created_at: datetime = strawberry.field(description="When it was given.")

    @classmethod
    def of(cls, feedback: conversations.Feedback) -> Self:
        """From the domain."""
        return cls(
            rating=FeedbackRating[feedback.rating.name],
            comment=feedback.comment,
            created_at=feedback.created_at,
        )


@strawberry.type(
    description="Stored message. Editing or regenerating adds a sibling version; "
    "nothing is overwritten."
)
class ConversationMessage(Node):
    """A domain `StoredMessage`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    role: Role = strawberry.field(description="Who wrote it.")
    status: MessageStatus = strawberry.field(description="Whether the text is final.")
    token_usage: TokenUsage | None = strawberry.field(
        description="Tokens used to write it; null for the user's messages."
    )
    cost: Cost | None = strawberry.field(
        description="What writing it cost; null for the user's messages and when the "
        "price is unknown."
    )
    finish_reason: FinishReason | None = strawberry.field(
        description="Why the model stopped; null unless `status` is `COMPLETED`."
    )
    problem: Problem | None = strawberry.field(
        description="What went wrong, when `status` is `FAILED` or `INTERRUPTED`."
    )
    feedback: Feedback | None = strawberry.field(description="The viewer's feedback.")
    created_at: datetime = strawberry.field(description="When it was created.")
    message: Private[conversations.StoredMessage]

    @classmethod
    def of(cls, message: conversations.StoredMessage) -> Self:
        """From the domain."""
        usage, cost, reason = message.usage, message.cost, message.finish_reason
        problem, feedback = message.problem, message.feedback
        return cls(
            id=strawberry.ID(message.id),
            role=Role[message.role.name],
            status=MessageStatus[message.status.name],
            token_usage=None if usage is None else TokenUsage.of(usage),
            cost=None if cost is None else Cost.of(cost),
            finish_reason=None if reason is None else FinishReason[reason.name],
            problem=None if problem is None else Problem.of(problem),
            feedback=None if feedback is None else Feedback.of(feedback),
            created_at=message.created_at,
            message=message,
        )

    @strawberry.field(description="Text so far, Markdown.")
    def content(self, info: ContextInfo) -> str:
        """The stored text, or the newer one of a running generation."""
        message = self.message
        running = message.status is generations.Status.STREAMING
        if not running or message.generation_id is None:
            return message.content
        try:
            return info.context.services.generations.read(message.generation_id).text
        except NotFound:
            return message.content

    @strawberry.field(description="Conversation it belongs to.")
    async def conversation(self, info: ContextInfo) -> "_Conversation":
        """Its conversation."""
        from graphql_api.schema.conversations import conversation_of  # noqa: PLC0415 the two types name each other

        found = await conversation_of(info.context, self.message.conversation_id)
        if found is None:
            raise NotFound("There is no such conversation.")
        return found

    @strawberry.field(description="Message it answers or follows.")
    async def parent(self, info: ContextInfo) -> "ConversationMessage | None":
        """The message before it."""
        identifier = self.message.parent_id
        if identifier is None:
            return None
        return await message_of(info.context, identifier)

    @strawberry.field(
        description="Alternatives at this place, oldest first, itself included.",
        directives=[ListSize(assumed_size=5)],
    )
    async def versions(self, info: ContextInfo) -> list["ConversationMessage"]:
        """The message and its siblings."""
        found = await info.context.versions.load(self.id)
        return [ConversationMessage.of(message) for message in found]

    @strawberry.field(description="Model that wrote it; null for the user's messages.")
    def model(self, info: ContextInfo) -> Model | None:
        """Its model, even when it is no longer offered."""
        name = self.message.model_name
        if self.message.role is DomainRole.USER or name is None:
            return None
        known = info.context.services.catalog.named(name)
        return Model.of(
            known or DomainModel(name=name, provider="unknown", context_window=0)
        )


async def message_of(context: Context, identifier: str) -> ConversationMessage | None:
    """A message of the caller's by its identifier."""
    found = await context.services.shelf.messages(context.principal_id, [identifier])
    stored = found.get(identifier)
    return None if stored is None else ConversationMessage.of(stored)
