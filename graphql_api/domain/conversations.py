"""Stored conversations: trees of messages, and how a turn is added to one.

Messages form a tree. Editing or regenerating adds a sibling; nothing is overwritten.
The active branch runs from the first message to the leaf of the conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from graphql_api.domain.generations import Problem, Status
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import NOTHING_CHOSEN, ChatOptions, FinishReason
from graphql_api.domain.money import Cost, TokenUsage

_T = TypeVar("_T")


class TitledBy(StrEnum):
    """Who wrote a title; a better writer may replace a worse one, never the user."""

    NOBODY = "NOBODY"
    RULE = "RULE"
    MODEL = "MODEL"
    USER = "USER"


class Rating(StrEnum):
    """Thumb up or down."""

    UP = "UP"
    DOWN = "DOWN"


class Purpose(StrEnum):
    """What a model was asked for."""

    ANSWER = "ANSWER"
    TITLE = "TITLE"


class UsageGroup(StrEnum):
    """How to split a usage report."""

    DAY = "DAY"
    MODEL = "MODEL"
    ASSISTANT = "ASSISTANT"
    CONVERSATION = "CONVERSATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation without its messages.

    Attributes:
        assistant_key: Persona that answers.
        options: What was chosen for its next answers; never the persona.
        leaf_id: Last message of the active branch; None while it is empty.
        updated_at: When its last message or property changed; pinning is none.
        pinned_at: When it was put on top of the list; None: it was not.
    """

    id: str
    title: str
    titled_by: TitledBy
    assistant_key: str
    archived: bool
    leaf_id: str | None
    created_at: datetime
    updated_at: datetime
    pinned_at: datetime | None = None
    options: ChatOptions = NOTHING_CHOSEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A person's opinion of an answer."""

    rating: Rating
    comment: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message in its conversation.

    Attributes:
        parent_id: Message it answers or follows; None for a first one.
        status: COMPLETED for the user's messages.
        generation_id: Run that writes or wrote it; None for the user's messages and
            for imported ones.
        model_name: Model that wrote it; None for the user's messages.
        usage: Tokens used to write it; None while it is being written.
        cost: None while it is being written and when the price is unknown.
    """

    id: str
    conversation_id: str
    parent_id: str | None
    role: Role
    content: str
    status: Status
    created_at: datetime
    generation_id: str | None = None
    model_name: str | None = None
    usage: TokenUsage | None = None
    cost: Cost | None = None
    finish_reason: FinishReason | None = None
    problem: Problem | None = None
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """The arguments of a connection; cursors are identifiers of items.

    At most one of ``first`` and ``last`` is set; both are from 0 to 100.
    """

    first: int | None
    after: str | None
    last: int | None
    before: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[_T]):
    """One page of a list, in the list's order; ``total`` counts all pages."""

    items: Sequence[_T]
    has_next: bool
    has_previous: bool
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFilter:
    """Which conversations to list: newest activity first.

    Attributes:
        search: Words to find in titles and texts; None: all.
        archived: List the archived ones instead of the others.
        pinned: List the pinned ones only, or the others only; None: both.
    """

    search: str | None = None
    archived: bool = False
    pinned: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What to look for, and which part of what is found.

    Attributes:
        words: All must be there; the last one may be unfinished.
        after: Identifier of the hit before the page; None: from the start.
    """

    words: str
    first: int
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation whose title has the words, or a message of it that has them."""

    conversation: Conversation
    message: StoredMessage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of hits, and whether there are more behind it."""

    hits: Sequence[Hit]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanges:
    """What to change; None leaves it as it is."""

    title: str | None = None
    titled_by: TitledBy | None = None
    archived: bool | None = None
    pinned: bool | None = None
    assistant_key: str | None = None
    options: ChatOptions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """A turn to begin: perhaps a message of the user's, and an answer to write.

    Attributes:
        parent_id: Where the user's message goes, or what is answered when there is
            no new one; None: at the root.
        user_message_id: Identifier for the new message of the user; None when an
            answer is written anew.
        content: The user's text; ignored without ``user_message_id``.
        reserve_usd: Most that the answer may cost; None when that is unknown.
        idempotency_key: The client's key; None for none.
        fingerprint: What the request asked for, to notice a key used for another.
        key_id: The API key that pays beside the principal; None: there is none.
    """

    conversation_id: str
    parent_id: str | None
    user_message_id: str | None
    content: str
    assistant_message_id: str
    generation_id: str
    model_name: str
    assistant_key: str
    reserve_usd: Decimal | None
    idempotency_key: str | None
    fingerprint: str
    at: datetime
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class BegunTurn:
    """Which generation answers the turn.

    Attributes:
        generation_id: The new one's, or the first one's of the same key.
        fresh: Whether the turn was begun now; False for a repeated key.
    """

    generation_id: str
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """Tokens and cost of one part of a report; those of titles are included.

    Attributes:
        key: Date, model name, assistant key or conversation id; None: what belongs
            to no conversation, in a report by conversation.
        requests: Answers; a title is none.
        unpriced_requests: Answers whose price is unknown; not in ``cost_usd``.
        estimated: Whether any of the costs rests on tokens counted by us.
    """

    key: str | None
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: Decimal
    unpriced_requests: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A conversation to store, with the messages it starts with, oldest first."""

    conversation: Conversation
    messages: Sequence[tuple[str, Message]]


def told(path: Sequence[StoredMessage]) -> tuple[Message, ...]:
    """What a model is told of a branch: questions with answers, and the last question.

    A question that got no text is left out unless it is the last message, so that no
    two messages of the user stand in a row. A partial answer counts: it was read.
    """
    messages: list[Message] = []
    for message in path:
        if message.role is Role.USER:
            if messages and messages[-1].role is Role.USER:
                messages.pop()
            messages.append(Message(Role.USER, message.content))
        elif message.content.strip() and messages:
            messages.append(Message(Role.ASSISTANT, message.content))
    return tuple(messages)
