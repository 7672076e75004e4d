"""Shares: copies of a conversation that anybody with the link can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from graphql_api.domain.conversations import StoredMessage
from graphql_api.domain.messages import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share as its owner sees it.

    Attributes:
        title: The conversation's title when it was shared.
        message_count: Messages in the copy.
        revoked_at: None while it has not been revoked.
    """

    id: str
    conversation_id: str
    title: str
    message_count: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMessage:
    """A message in a copy; ``model_name`` is None for the user's."""

    role: Role
    content: str
    model_name: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a reader of the link sees: the shown branch, and nothing else of it."""

    assistant_name: str
    messages: tuple[SharedMessage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    """A share to store, with the digest by which its link is found."""

    share: Share
    token_digest: str
    snapshot: Snapshot


def digest_of(token: str) -> str:
    """What is stored of a token: whoever reads the database has no link."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def copies(branch: Sequence[StoredMessage]) -> tuple[SharedMessage, ...]:
    """The messages of a branch that say something, without what they cost."""
    return tuple(
        SharedMessage(
            role=message.role,
            content=message.content,
            model_name=None if message.role is Role.USER else message.model_name,
            created_at=message.created_at,
        )
        for message in branch
        if message.content.strip()
    )
