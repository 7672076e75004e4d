"""Inputs and payloads of the mutations on stored conversations."""

import strawberry

from graphql_api.schema.conversations import Conversation
from graphql_api.schema.enums import FeedbackRating
from graphql_api.schema.generation import Generation
from graphql_api.schema.messages import ChatOptionsInput, MessageInput
from graphql_api.schema.stored import ConversationMessage
from graphql_api.services.turns import Wish


@strawberry.input(description="Input of `createConversation`.")
class CreateConversationInput:
    """What to start with."""

    assistant_id: strawberry.ID | None = strawberry.field(
        default=None, description="Persona; the server's default when left out."
    )
    title: str | None = strawberry.field(
        default=None,
        description="Title; taken from the first question when left out.",
    )
    history: list[MessageInput] | None = strawberry.field(
        default=None,
        description="Messages to start with, for example an imported chat.",
    )


@strawberry.type(description="Result of `createConversation`.")
class CreateConversationPayload:
    """The new conversation."""

    conversation: Conversation = strawberry.field(description="The new conversation.")


@strawberry.input(
    description="Input of `updateConversation`; fields left out stay as they are."
)
class UpdateConversationInput:
    """What to change."""

    conversation_id: strawberry.ID = strawberry.field(
        description="Conversation to change."
    )
    title: str | None = strawberry.field(default=None, description="New title.")
    archived: bool | None = strawberry.field(
        default=None, description="Hide from or show in the default list."
    )
    assistant_id: strawberry.ID | None = strawberry.field(
        default=None, description="New persona for the next answers."
    )


@strawberry.type(description="Result of `updateConversation`.")
class UpdateConversationPayload:
    """The changed conversation."""

    conversation: Conversation = strawberry.field(
        description="The changed conversation."
    )


@strawberry.input(description="Input of `deleteConversation`.")
class DeleteConversationInput:
    """What to delete."""

    conversation_id: strawberry.ID = strawberry.field(
        description="Conversation to delete for good."
    )


@strawberry.type(description="Result of `deleteConversation`.")
class DeleteConversationPayload:
    """What was deleted."""

    deleted_conversation_id: strawberry.ID = strawberry.field(
        description="Identifier of the deleted conversation, for the client's cache."
    )


@strawberry.input(description="Input of `sendMessage`.")
class SendMessageInput:
    """What to ask."""

    conversation_id: strawberry.ID = strawberry.field(
        description="Conversation to continue."
    )
    content: str = strawberry.field(description="The user's text.")
    options: ChatOptionsInput | None = strawberry.field(
        default=None, description="Choices for this answer."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Client-made key, up to 64 characters: the same key within 24 "
        "hours returns the first result and bills once.",
    )

    def wish(self) -> Wish:
        """To the service."""
        return _wish(self.content, self.options, self.idempotency_key)


@strawberry.input(description="Input of `editMessage`.")
class EditMessageInput:
    """What to ask instead."""

    message_id: strawberry.ID = strawberry.field(
        description="User message to write anew."
    )
    content: str = strawberry.field(description="New text.")
    options: ChatOptionsInput | None = strawberry.field(
        default=None, description="Choices for the new answer."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="Client-made key; see `SendMessageInput`."
    )

    def wish(self) -> Wish:
        """To the service."""
        return _wish(self.content, self.options, self.idempotency_key)


@strawberry.input(description="Input of `regenerateMessage`.")
class RegenerateMessageInput:
    """What to answer anew."""

    message_id: strawberry.ID = strawberry.field(
        description="Assistant message to write anew."
    )
    options: ChatOptionsInput | None = strawberry.field(
        default=None, description="Choices for the new answer."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="Client-made key; see `SendMessageInput`."
    )

    def wish(self) -> Wish:
        """To the service."""
        return _wish("", self.options, self.idempotency_key)


@strawberry.type(
    description="Result of `sendMessage`, `editMessage` and `regenerateMessage`: "
    "returned at once, before the answer is written."
)
class GenerationPayload:
    """A turn that has begun."""

    conversation: Conversation = strawberry.field(
        description="Conversation with its new active branch."
    )
    user_message: ConversationMessage = strawberry.field(
        description="The user's message."
    )
    assistant_message: ConversationMessage = strawberry.field(
        description="The assistant's message, `QUEUED` or `STREAMING`."
    )
    generation: Generation = strawberry.field(
        description="Run to follow with `generationEvents`."
    )


@strawberry.input(description="Input of `selectMessageVersion`.")
class SelectMessageVersionInput:
    """Which version to show."""

    message_id: strawberry.ID = strawberry.field(
        description="Version to show; the active branch then runs through it."
    )


@strawberry.type(description="Result of `selectMessageVersion`.")
class SelectMessageVersionPayload:
    """The conversation with another branch."""

    conversation: Conversation = strawberry.field(
        description="Conversation with its new active branch."
    )


@strawberry.input(description="Input of `giveFeedback`.")
class GiveFeedbackInput:
    """What somebody thinks of an answer."""

    message_id: strawberry.ID = strawberry.field(
        description="Assistant message to judge."
    )
    rating: FeedbackRating | None = strawberry.field(
        default=None, description="Thumb; null takes the feedback back."
    )
    comment: str | None = strawberry.field(
        default=None, description="Words, up to 2,000 characters."
    )


@strawberry.type(description="Result of `giveFeedback`.")
class GiveFeedbackPayload:
    """The judged message."""

    message: ConversationMessage = strawberry.field(description="The judged message.")


def _wish(content: str, options: ChatOptionsInput | None, key: str | None) -> Wish:
    chosen = (options or ChatOptionsInput()).to_domain()
    return Wish(content=content, options=chosen, idempotency_key=key)
