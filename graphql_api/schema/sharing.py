"""Shares in the contract: what their owner handles, and what a reader sees."""

from datetime import datetime
from typing import Final, Self

import strawberry

from graphql_api.domain import sharing
from graphql_api.schema.context import Context
from graphql_api.schema.directives import ListSize
from graphql_api.schema.enums import Role
from graphql_api.schema.models import Node
from graphql_api.services.sharing import MOST_MESSAGES

USUAL_DAYS: Final = 30


@strawberry.type(
    description="Read-only link to a copy of a conversation. Only its owner sees this; "
    "readers of the link see a `SharedConversation`."
)
class Share(Node):
    """A domain `Share`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier. It opens nothing."
    )
    title: str = strawberry.field(
        description="Title of the conversation when it was shared."
    )
    message_count: int = strawberry.field(description="Number of messages in the copy.")
    created_at: datetime = strawberry.field(description="When the copy was made.")
    expires_at: datetime = strawberry.field(description="When the link stops working.")
    revoked_at: datetime | None = strawberry.field(
        description="When it was revoked; null while it was not."
    )

    @classmethod
    def of(cls, share: sharing.Share) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(share.id),
            title=share.title,
            message_count=share.message_count,
            created_at=share.created_at,
            expires_at=share.expires_at,
            revoked_at=share.revoked_at,
        )


@strawberry.type(description="Message in a shared conversation.")
class SharedMessage:
    """A domain `SharedMessage`."""

    role: Role = strawberry.field(description="Who wrote it.")
    content: str = strawberry.field(description="Text, Markdown.")
    model_name: str | None = strawberry.field(
        description="Name of the model that wrote it; null for the user's messages and "
        "when it is unknown."
    )
    created_at: datetime = strawberry.field(description="When it was created.")

    @classmethod
    def of(cls, message: sharing.SharedMessage) -> Self:
        """From the domain."""
        return cls(
            role=Role[message.role.name],
            content=message.content,
            model_name=message.model_name,
            created_at=message.created_at,
        )


@strawberry.type(
    description="What a link shows to anybody: the copy of a conversation, and nothing "
    "that leads to the rest of it. What happens to the conversation later does not "
    "change the copy."
)
class SharedConversation:
    """A domain `Snapshot` with its share."""

    title: str = strawberry.field(description="Title when it was shared.")
    assistant_name: str = strawberry.field(
        description="Name of the persona that answered when it was shared."
    )
    created_at: datetime = strawberry.field(description="When the copy was made.")
    expires_at: datetime = strawberry.field(description="When the link stops working.")
    messages: list[SharedMessage] = strawberry.field(
        description="The branch that was shown, oldest first; at most 1,000.",
        directives=[ListSize(assumed_size=MOST_MESSAGES)],
    )

    @classmethod
    def of(cls, share: sharing.Share, snapshot: sharing.Snapshot) -> Self:
        """From the domain."""
        return cls(
            title=share.title,
            assistant_name=snapshot.assistant_name,
            created_at=share.created_at,
            expires_at=share.expires_at,
            messages=[SharedMessage.of(message) for message in snapshot.messages],
        )


@strawberry.input(description="Input of `shareConversation`.")
class ShareConversationInput:
    """What to share, and for how long."""

    conversation_id: strawberry.ID = strawberry.field(
        description="Conversation to copy."
    )
    expires_in_days: int = strawberry.field(
        default=USUAL_DAYS,
        description="Days for which the link works, 1 to 365.",
    )


@strawberry.type(description="Result of `shareConversation`.")
class ShareConversationPayload:
    """The new share with its token."""

    share: Share = strawberry.field(description="The new share.")
    token: str = strawberry.field(
        description="Token for `sharedConversation`, in the page's address "
        "`/s/<token>`. It is stored nowhere and returned only here."
    )


@strawberry.input(description="Input of `revokeShare`.")
class RevokeShareInput:
    """What to revoke."""

    share_id: strawberry.ID = strawberry.field(
        description="Share to revoke: its link stops working and its copy is erased."
    )


@strawberry.type(
    description="Result of `revokeShare`. Revoking a share again changes nothing."
)
class RevokeSharePayload:
    """The revoked share."""

    share: Share = strawberry.field(description="The revoked share.")


async def share_of(context: Context, identifier: str) -> Share | None:
    """A share of the caller's by its identifier."""
    found = await context.services.sharing.find(context.principal_id, identifier)
    return None if found is None else Share.of(found)
