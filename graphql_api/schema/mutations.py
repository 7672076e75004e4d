"""The root field of writing."""

from typing import Annotated

import strawberry
from strawberry import argument

from graphql_api.domain.conversations import Rating
from graphql_api.errors import NotFound
from graphql_api.schema.context import Context, ContextInfo
from graphql_api.schema.conversations import Conversation, conversation_of
from graphql_api.schema.directives import (
    CHAT,
    CHAT_AND_READ,
    MUCH_WORK,
    PAID_WORK,
    WORK,
)
from graphql_api.schema.generation import (
    Generation,
    StopGenerationInput,
    StopGenerationPayload,
)
from graphql_api.schema.inputs import (
    ArchiveConversationsInput,
    ArchiveConversationsPayload,
    CreateConversationInput,
    CreateConversationPayload,
    DeleteConversationInput,
    DeleteConversationPayload,
    DeleteConversationsInput,
    DeleteConversationsPayload,
    EditMessageInput,
    GenerationPayload,
    GiveFeedbackInput,
    GiveFeedbackPayload,
    RegenerateMessageInput,
    SelectMessageVersionInput,
    SelectMessageVersionPayload,
    SendMessageInput,
    UpdateConversationInput,
    UpdateConversationPayload,
)
from graphql_api.schema.messages import ChatOptionsInput, ChatResult, MessageInput
from graphql_api.schema.sharing import (
    RevokeShareInput,
    RevokeSharePayload,
    Share,
    ShareConversationInput,
    ShareConversationPayload,
)
from graphql_api.schema.stored import ConversationMessage, message_of

HistoryArgument = Annotated[
    list[MessageInput],
    argument(description="Messages so far, oldest first; the last one is the user's."),
]
INPUT = argument(name="input", description="Arguments.")
OptionsArgument = Annotated[
    ChatOptionsInput | None, argument(description="Choices for this answer.")
]


@strawberry.type(description="Writing.")
class Mutation:
    """Writing."""

    @strawberry.mutation(
        description="Answers a history kept by the client. Stateless: nothing is "
        "stored but what it cost.",
        directives=[CHAT, PAID_WORK],
    )
    async def chat(
        self,
        info: ContextInfo,
        history: HistoryArgument,
        options: OptionsArgument = None,
    ) -> ChatResult:
        """A complete answer; given up when the client leaves."""
        context = info.context
        messages = tuple(message.to_domain() for message in history)
        chosen = (options or ChatOptionsInput()).to_domain()
        answer = await context.unless_client_leaves(
            context.services.asking.answer(context.payer, messages, chosen)
        )
        return ChatResult.of(answer.model, answer.outcome)

    @strawberry.mutation(
        description="Starts a stored conversation.", directives=[CHAT, WORK]
    )
    async def create_conversation(
        self, info: ContextInfo, wanted: Annotated[CreateConversationInput, INPUT]
    ) -> CreateConversationPayload:
        """Start a conversation."""
        context = info.context
        created = await context.services.shelf.create(
            context.principal_id,
            wanted.wish(),
            [message.to_domain() for message in wanted.history or ()],
        )
        return CreateConversationPayload(conversation=Conversation.of(created))

    @strawberry.mutation(
        description="Renames, archives, pins or re-assigns a conversation.",
        directives=[CHAT, WORK],
    )
    async def update_conversation(
        self, info: ContextInfo, wanted: Annotated[UpdateConversationInput, INPUT]
    ) -> UpdateConversationPayload:
        """Change a conversation."""
        context = info.context
        updated = await context.services.shelf.update(
            context.principal_id, wanted.conversation_id, wanted.wish()
        )
        return UpdateConversationPayload(conversation=Conversation.of(updated))

    @strawberry.mutation(
        description="Deletes a conversation with its messages and shares.",
        directives=[CHAT, WORK],
    )
    async def delete_conversation(
        self, info: ContextInfo, wanted: Annotated[DeleteConversationInput, INPUT]
    ) -> DeleteConversationPayload:
        """Delete a conversation for good."""
        context, identifier = info.context, wanted.conversation_id
        await context.services.turns.delete(context.principal_id, identifier)
        return DeleteConversationPayload(deleted_conversation_id=identifier)

    @strawberry.mutation(
        description="Moves conversations to the archive, or back. Those that do not "
        "exist are left out of the result.",
        directives=[CHAT, MUCH_WORK],
    )
    async def archive_conversations(
        self, info: ContextInfo, wanted: Annotated[ArchiveConversationsInput, INPUT]
    ) -> ArchiveConversationsPayload:
        """Archive many conversations."""
        context = info.context
        moved = await context.services.tidying.archive(
            context.principal_id, wanted.conversation_ids, archived=wanted.archived
        )
        return ArchiveConversationsPayload(
            conversations=[Conversation.of(conversation) for conversation in moved]
        )

    @strawberry.mutation(
        description="Deletes conversations with their messages. Those that do not "
        "exist are left out of the result.",
        directives=[CHAT, MUCH_WORK],
    )
    async def delete_conversations(
        self, info: ContextInfo, wanted: Annotated[DeleteConversationsInput, INPUT]
    ) -> DeleteConversationsPayload:
        """Delete many conversations for good."""
        context = info.context
        deleted = await context.services.tidying.delete(
            context.principal_id, wanted.conversation_ids
        )
        return DeleteConversationsPayload(
            deleted_conversation_ids=[strawberry.ID(one) for one in deleted]
        )

    @strawberry.mutation(
        description="Adds the user's message and starts the answer.",
        directives=[CHAT, PAID_WORK],
    )
    async def send_message(
        self, info: ContextInfo, wanted: Annotated[SendMessageInput, INPUT]
    ) -> GenerationPayload:
        """Ask in a conversation."""
        context = info.context
        generation_id = await context.services.turns.send(
            context.payer, wanted.conversation_id, wanted.wish()
        )
        return await _payload(context, generation_id)

    @strawberry.mutation(
        description="Adds a new version of a user message and starts a new answer to "
        "it.",
        directives=[CHAT, PAID_WORK],
    )
    async def edit_message(
        self, info: ContextInfo, wanted: Annotated[EditMessageInput, INPUT]
    ) -> GenerationPayload:
        """Ask something else in the same place."""
        context = info.context
        generation_id = await context.services.turns.edit(
            context.payer, wanted.message_id, wanted.wish()
        )
        return await _payload(context, generation_id)

    @strawberry.mutation(
        description="Starts a new version of an answer.", directives=[CHAT, PAID_WORK]
    )
    async def regenerate_message(
        self, info: ContextInfo, wanted: Annotated[RegenerateMessageInput, INPUT]
    ) -> GenerationPayload:
        """Have the same question answered anew."""
        context = info.context
        generation_id = await context.services.turns.regenerate(
            context.payer, wanted.message_id, wanted.wish()
        )
        return await _payload(context, generation_id)

    @strawberry.mutation(
        description="Shows another version of a message.", directives=[CHAT, WORK]
    )
    async def select_message_version(
        self, info: ContextInfo, wanted: Annotated[SelectMessageVersionInput, INPUT]
    ) -> SelectMessageVersionPayload:
        """Let the active branch run through a message."""
        context = info.context
        selected = await context.services.shelf.select(
            context.principal_id, wanted.message_id
        )
        return SelectMessageVersionPayload(conversation=Conversation.of(selected))

    @strawberry.mutation(
        description="Stops a run; what was written stays.", directives=[CHAT, WORK]
    )
    async def stop_generation(
        self, info: ContextInfo, wanted: Annotated[StopGenerationInput, INPUT]
    ) -> StopGenerationPayload:
        """Stop a run and show it."""
        context = info.context
        stopped = await context.services.watching.stop(
            context.principal_id, wanted.generation_id
        )
        return StopGenerationPayload(generation=Generation.of(stopped))

    @strawberry.mutation(
        description="Judges an answer, or takes the judgement back.",
        directives=[CHAT, WORK],
    )
    async def give_feedback(
        self, info: ContextInfo, wanted: Annotated[GiveFeedbackInput, INPUT]
    ) -> GiveFeedbackPayload:
        """Set or take back a thumb."""
        context, rating = info.context, wanted.rating
        judged = await context.services.shelf.judge(
            context.principal_id,
            wanted.message_id,
            rating=None if rating is None else Rating[rating.name],
            comment=wanted.comment,
        )
        return GiveFeedbackPayload(message=ConversationMessage.of(judged))

    @strawberry.mutation(
        description="Makes a read-only link to a copy of the active branch as it is "
        "now. Each call makes another link.",
        directives=[CHAT_AND_READ, WORK],
    )
    async def share_conversation(
        self, info: ContextInfo, wanted: Annotated[ShareConversationInput, INPUT]
    ) -> ShareConversationPayload:
        """Share a conversation."""
        context = info.context
        share, token = await context.services.sharing.share(
            context.principal_id, wanted.conversation_id, days=wanted.expires_in_days
        )
        return ShareConversationPayload(share=Share.of(share), token=token)

    @strawberry.mutation(
        description="Ends a link at once and erases its copy.", directives=[CHAT, WORK]
    )
    async def revoke_share(
        self, info: ContextInfo, wanted: Annotated[RevokeShareInput, INPUT]
    ) -> RevokeSharePayload:
        """End a share."""
        context = info.context
        revoked = await context.services.sharing.revoke(
            context.principal_id, wanted.share_id
        )
        return RevokeSharePayload(share=Share.of(revoked))


async def _payload(context: Context, generation_id: str) -> GenerationPayload:
    watching = context.services.watching
    stored = await watching.message_of(context.principal_id, generation_id)
    if stored is None or stored.parent_id is None:
        raise NotFound("The conversation was deleted.")
    asked = await message_of(context, stored.parent_id)
    conversation = await conversation_of(context, stored.conversation_id)
    if asked is None or conversation is None:
        raise NotFound("The conversation was deleted.")
    generation = await watching.read(context.principal_id, generation_id)
    return GenerationPayload(
        conversation=conversation,
        user_message=asked,
        assistant_message=ConversationMessage.of(stored),
        generation=Generation.of(generation),
    )
