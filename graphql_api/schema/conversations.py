"""Stored conversations in the contract."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

import strawberry
from strawberry import Private, argument

from graphql_api.domain import conversations, generations
from graphql_api.pricing import CURRENCY
from graphql_api.schema.connections import Connection, stored_connection
from graphql_api.schema.context import Context, ContextInfo
from graphql_api.schema.directives import READ, ListSize, Weight, page_size
from graphql_api.schema.generation import Generation
from graphql_api.schema.messages import Cost, TokenUsage
from graphql_api.schema.models import Assistant, Model, Node
from graphql_api.schema.sharing import Share
from graphql_api.schema.stored import ConversationMessage
from graphql_api.services.sharing import MOST_SHARES

First = Annotated[int | None, argument(description="Number of items, at most 100.")]
FromStart = Annotated[
    int | None, argument(description="Number of items from the start, at most 100.")
]
After = Annotated[str | None, argument(description="Only items after this cursor.")]
Last = Annotated[
    int | None, argument(description="Number of items from the end, at most 100.")
]
Before = Annotated[str | None, argument(description="Only items before this cursor.")]
_USUAL_PAGE = 50


@strawberry.type(
    description="Choices that a conversation keeps for its next answers; null comes "
    "from the assistant or the server's defaults."
)
class ConversationOptions:
    """Kept choices."""

    model: Model | None = strawberry.field(description="Model to use.")
    temperature: float | None = strawberry.field(
        description="Sampling temperature, 0 to 2."
    )
    max_completion_tokens: int | None = strawberry.field(
        description="Upper bound for each answer."
    )


@strawberry.type(description="Stored conversation of the viewer.")
class Conversation(Node):
    """A domain `Conversation`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    title: str = strawberry.field(
        description="Title; written by the model after the first answer unless the "
        "user set one. Until then, and where no model writes titles, it is the start "
        "of the first question."
    )
    archived: bool = strawberry.field(
        description="Whether it is hidden from the default list."
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(
        description="When its last message or property changed; pinning is none."
    )
    pinned_at: datetime | None = strawberry.field(
        description="When the user put it on top of the list; null when it is not."
    )
    conversation: Private[conversations.Conversation]

    @classmethod
    def of(cls, conversation: conversations.Conversation) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(conversation.id),
            title=conversation.title,
            archived=conversation.archived,
            created_at=conversation.created_at,
            updated_at=conversation.updated_at,
            pinned_at=conversation.pinned_at,
            conversation=conversation,
        )

    @strawberry.field(description="Persona that answers.")
    def assistant(self, info: ContextInfo) -> Assistant:
        """Its persona, or the default one when it is no longer configured."""
        catalog = info.context.services.catalog
        found = catalog.assistant(f"ast_{self.conversation.assistant_key}")
        return Assistant.of(found or catalog.assistants[0])

    @strawberry.field(description="Choices that are kept for its next answers.")
    def options(self, info: ContextInfo) -> ConversationOptions:
        """What was chosen; a model that is no longer offered is not."""
        catalog, kept = info.context.services.catalog, self.conversation.options
        model = catalog.model(kept.model_id) if kept.model_id else None
        return ConversationOptions(
            model=None if model is None else Model.of(model),
            temperature=kept.temperature,
            max_completion_tokens=kept.max_completion_tokens,
        )

    @strawberry.field(
        description="Messages of the active branch, oldest first. Give `first` or "
        "`last`.",
        directives=[READ, page_size(_USUAL_PAGE)],
    )
    async def messages(
        self,
        info: ContextInfo,
        first: FromStart = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ConversationMessage]:
        """One page of the active branch; the last 50 without a number."""
        usual = _USUAL_PAGE if first is None and last is None else last
        wanted = conversations.PageRequest(
            first=first, after=after, last=usual, before=before
        )
        context = info.context
        page = await context.services.shelf.branch(
            context.principal_id, self.id, wanted
        )
        return stored_connection(page, ConversationMessage.of)

    @strawberry.field(description="Answer being written now, if any.")
    async def active_generation(self, info: ContextInfo) -> Generation | None:
        """The running generation of the active branch."""
        leaf_id = self.conversation.leaf_id
        if leaf_id is None:
            return None
        context = info.context
        found = await context.services.shelf.messages(context.principal_id, [leaf_id])
        leaf = found.get(leaf_id)
        if leaf is None or leaf.generation_id is None:
            return None
        if leaf.status is not generations.Status.STREAMING:
            return None
        return Generation.of(
            await context.services.watching.read(
                context.principal_id, leaf.generation_id
            )
        )

    @strawberry.field(
        description="Its links that work now, newest first; at most 20.",
        directives=[READ, Weight(weight=5), ListSize(assumed_size=MOST_SHARES)],
    )
    async def shares(self, info: ContextInfo) -> list[Share]:
        """The shares that are neither revoked nor expired."""
        context = info.context
        found = await context.services.sharing.shares(context.principal_id, self.id)
        return [Share.of(share) for share in found]

    @strawberry.field(description="Tokens used so far, those of the title included.")
    async def token_usage(self, info: ContextInfo) -> TokenUsage:
        """Sum over all answers."""
        row = await _usage(info.context, self.id)
        prompt = 0 if row is None else row.prompt_tokens
        completion = 0 if row is None else row.completion_tokens
        return TokenUsage(
            prompt_tokens=prompt,
            completion_tokens=completion,
            total_tokens=prompt + completion,
            cached_prompt_tokens=None,
            reasoning_tokens=None,
        )

    @strawberry.field(
        description="Spent so far, on the title too; what has no known price is left "
        "out."
    )
    async def cost(self, info: ContextInfo) -> Cost:
        """Sum over all answers."""
        return cost_of(await _usage(info.context, self.id))


def cost_of(*rows: conversations.UsageRow | None) -> Cost:
    """Sum of the costs of usage rows; a sum has no receipt of its own."""
    known = [row for row in rows if row is not None]
    return Cost(
        amount=sum((row.cost_usd for row in known), Decimal(0)),
        currency=CURRENCY,
        estimated=any(row.estimated for row in known),
        items=[],
        price_source=None,
    )


async def conversation_of(context: Context, identifier: str) -> Conversation | None:
    """A conversation of the caller's by its identifier."""
    shelf = context.services.shelf
    found = await shelf.conversations(context.principal_id, [identifier])
    stored = found.get(identifier)
    return None if stored is None else Conversation.of(stored)


async def _usage(
    context: Context, conversation_id: str
) -> conversations.UsageRow | None:
    return await context.services.shelf.usage_of(context.principal_id, conversation_id)
