"""Stored conversations in the contract."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

import strawberry
from strawberry import Private, argument

from graphql_api.domain import conversations, generations
from graphql_api.pricing import CURRENCY
from graphql_api.schema.connections import PageInfo
from graphql_api.schema.context import Context, ContextInfo
from graphql_api.schema.generation import Generation
from graphql_api.schema.messages import Cost, TokenUsage
from graphql_api.schema.models import Assistant, Node
from graphql_api.schema.stored import ConversationMessageConnection, page_info

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


@strawberry.type(description="Stored conversation of the viewer.")
class Conversation(Node):
    """A domain `Conversation`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    title: str = strawberry.field(
        description="Title; taken from the first question unless the user set one."
    )
    archived: bool = strawberry.field(
        description="Whether it is hidden from the default list."
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(
        description="When its last message or property changed."
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
            conversation=conversation,
        )

    @strawberry.field(description="Persona that answers.")
    def assistant(self, info: ContextInfo) -> Assistant:
        """Its persona, or the default one when it is no longer configured."""
        catalog = info.context.services.catalog
        found = catalog.assistant(f"ast_{self.conversation.assistant_key}")
        return Assistant.of(found or catalog.assistants[0])

    @strawberry.field(
        description="Messages of the active branch, oldest first. Give `first` or "
        "`last`."
    )
    async def messages(
        self,
        info: ContextInfo,
        first: FromStart = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> ConversationMessageConnection:
        """One page of the active branch; the last 50 without a number."""
        usual = _USUAL_PAGE if first is None and last is None else last
        wanted = conversations.PageRequest(
            first=first, after=after, last=usual, before=before
        )
        context = info.context
        page = await context.services.shelf.branch(
            context.principal_id, self.id, wanted
        )
        return ConversationMessageConnection.of(page)

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

    @strawberry.field(description="Tokens used so far.")
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
        description="Spent so far; answers of unknown price are left out."
    )
    async def cost(self, info: ContextInfo) -> Cost:
        """Sum over all answers."""
        return cost_of(await _usage(info.context, self.id))


@strawberry.type(description="Conversation in a page.")
class ConversationEdge:
    """A conversation with its cursor."""

    cursor: str = strawberry.field(description="Position of the item.")
    node: Conversation = strawberry.field(description="The item.")


@strawberry.type(description="One page of conversations.")
class ConversationConnection:
    """A page of conversations."""

    edges: list[ConversationEdge] = strawberry.field(
        description="Items with their cursors."
    )
    nodes: list[Conversation] = strawberry.field(description="Items.")
    page_info: PageInfo = strawberry.field(description="Position of the page.")
    total_count: int = strawberry.field(description="Number of items in all pages.")

    @classmethod
    def of(cls, page: conversations.Page[conversations.Conversation]) -> Self:
        """From the domain."""
        nodes = [Conversation.of(conversation) for conversation in page.items]
        return cls(
            edges=[ConversationEdge(cursor=node.id, node=node) for node in nodes],
            nodes=nodes,
            page_info=page_info(page),
            total_count=page.total,
        )


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
