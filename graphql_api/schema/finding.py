"""What a search finds, in the contract."""

from typing import Self

import strawberry

from graphql_api.schema.connections import Edge, PageInfo
from graphql_api.schema.conversations import Conversation
from graphql_api.schema.directives import ListSize
from graphql_api.schema.stored import ConversationMessage
from graphql_api.services.finding import Passage, Passages


@strawberry.type(description="Piece of a passage.")
class SnippetPart:
    """A domain `Part`."""

    text: str = strawberry.field(description="Plain text.")
    hit: bool = strawberry.field(description="Whether it is what was looked for.")


@strawberry.type(description="Title or message that has all the words.")
class SearchHit:
    """A `Passage`."""

    conversation: Conversation = strawberry.field(
        description="The conversation; it may be archived."
    )
    message: ConversationMessage | None = strawberry.field(
        description="The message, of any version; null when it is the title."
    )
    snippet: list[SnippetPart] = strawberry.field(
        description="One line of the text around the first hit, in pieces, without the "
        "usual marks of Markdown.",
        directives=[ListSize(assumed_size=8)],
    )

    @classmethod
    def of(cls, passage: Passage) -> Self:
        """From the service."""
        hit = passage.hit
        message = hit.message
        return cls(
            conversation=Conversation.of(hit.conversation),
            message=None if message is None else ConversationMessage.of(message),
            snippet=[SnippetPart(text=p.text, hit=p.hit) for p in passage.parts],
        )


@strawberry.type(description="One page of hits.")
class SearchHitConnection:
    """A page of hits, which are not counted."""

    edges: list[Edge[SearchHit]] = strawberry.field(
        description="Items with their cursors."
    )
    nodes: list[SearchHit] = strawberry.field(description="Items.")
    page_info: PageInfo = strawberry.field(description="Position of the page.")

    @classmethod
    def of(cls, found: Passages, *, after: str | None) -> Self:
        """From the service."""
        nodes = [SearchHit.of(passage) for passage in found.items]
        edges = [Edge(cursor=_cursor(node), node=node) for node in nodes]
        return cls(
            edges=edges,
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=found.more,
                has_previous_page=after is not None,
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
        )


def _cursor(hit: SearchHit) -> str:
    return hit.conversation.id if hit.message is None else hit.message.id
