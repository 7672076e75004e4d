"""Inputs and payloads of the mutations on stored conversations."""

import strawberry

from graphql_api.schema.conversations import Conversation
from graphql_api.schema.directives import ListSize
from graphql_api.schema.enums import FeedbackRating
from graphql_api.schema.generation import Generation
from graphql_api.schema.messages import (
    ChatOptionsInput,
    ConversationOptionsInput,
    MessageInput,
)
from graphql_api.schema.stored import ConversationMessage
from graphql_api.services.shelf import ConversationWish
from graphql_api.services.tidying import MAX_CONVERSATIONS
from graphql_api.services.turns import Wish


@strawberry.input(description="Input of `createConversation`.")
class CreateConversationInput:
    """What to start with."""

    assistant_id: strawberry.ID | None = strawberry.field(
        default=None, description="Persona; the server's default when left out."
    )
    title: str | None = strawberry.field(
        default=None,
        description="Title; written by the model when left out.",
    )
    history: list[MessageInput] | None = strawberry.field(
        default=None,
        description="Messages to start with, for example an imported chat.",
    )
    options: ConversationOptionsInput | None = strawberry.field(
        default=None, description="Choices for its answers."
    )

    def wish(self) -> ConversationWish:
        """To the service."""
        return ConversationWish(
            assistant_id=self.assistant_id,
            title=self.title,
            options=None if self.options is None else self.options.to_domain(),
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
    pinned: bool | None = strawberry.field(
        default=None, description="Put on top of the list, or back to its place."
    )
    assistant_id: strawberry.ID | None = strawberry.field(
        default=None, description="New persona for the next answers."
    )
    options: ConversationOptionsInput | None = strawberry.field(
        default=None,
        description="Choices for the next answers, in place of all that are kept; an "
        "empty object drops them.",
    )

    def wish(self) -> ConversationWish:
        """To the service."""
        return ConversationWish(
            assistant_id=self.assistant_id,
            title=self.title,
            archived=self.archived,
            pinned=self.pinned,
            options=None if self.options is None else self.options.to_domain(),
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


@strawberry.input(description="Input of `archiveConversations`.")
class ArchiveConversationsInput:
    """What to move."""

    conversation_ids: list[strawberry.ID] = strawberry.field(
        description="Conversations to move, at most 100."
    )
    archived: bool = strawberry.field(
        description="Hide them from the default list, or show them there."
    )


@strawberry.type(description="Result of `archiveConversations`.")
class ArchiveConversationsPayload:
    """The moved conversations."""

    conversations: list[Conversation] = strawberry.field(
        description="Those that exist, as they are now.",
        directives=[ListSize(assumed_size=MAX_CONVERSATIONS)],
    )


@strawberry.input(description="Input of `deleteConversations`.")
class DeleteConversationsInput:
    """What to delete."""

    conversation_ids: list[strawberry.ID] = strawberry.field(
        description="Conversations to delete for good, at most 100."
    )


@strawberry.type(description="Result of `deleteConversations`.")
class DeleteConversationsPayload:
    """What was deleted."""

    deleted_conversation_ids: list[strawberry.ID] = strawberry.field(
        description="Identifiers of those that existed, for the client's cache.",
        directives=[ListSize(assumed_size=MAX_CONVERSATIONS)],
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
