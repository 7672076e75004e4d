"""Stored conversations as people handle them: start, rename, archive, delete, judge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from graphql_api.domain.conversations import (
    Conversation,
    ConversationChanges,
    ConversationFilter,
    Feedback,
    NewConversation,
    Page,
    PageRequest,
    Rating,
    StoredMessage,
    TitledBy,
    UsageGroup,
    UsageRow,
)
from graphql_api.domain.history import HistoryLimits, check_messages
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import NOTHING_CHOSEN, ChatOptions
from graphql_api.errors import BadInput, NotFound
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store
from graphql_api.services.catalog import Catalog
from graphql_api.services.finding import check_search
from graphql_api.services.paging import checked_page

_MAX_TITLE_CHARS: Final = 200
_MAX_COMMENT_CHARS: Final = 2_000
_MAX_REPORT: Final = timedelta(days=400)
_NEW_TITLE: Final = "New conversation"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationWish:
    """What a caller wants of a conversation; None: the default, or as it is."""

    assistant_id: str | None = None
    title: str | None = None
    archived: bool | None = None
    pinned: bool | None = None
    options: ChatOptions | None = None


class Shelf:
    """The conversations of principals; another's is the same as none."""

    def __init__(
        self,
        store: Store,
        *,
        catalog: Catalog,
        limits: HistoryLimits,
        clock: Clock,
        new_id: Callable[[str], str],
    ) -> None:
        """Take the parts; ``new_id`` makes an identifier with a prefix."""
        self._store = store
        self._catalog = catalog
        self._limits = limits
        self._clock = clock
        self._new_id = new_id

    async def create(
        self,
        principal_id: str,
        wish: ConversationWish,
        history: Sequence[Message],
    ) -> Conversation:
        """Start a conversation, perhaps with messages.

        Raises:
            BadInput: The title, an option or a message is not acceptable.
        """
        check_messages(tuple(history), self._limits, field="input.history")
        messages = [(self._new_id("msg"), message) for message in history]
        now = self._clock.now()
        title = _checked_title(wish.title)
        conversation = Conversation(
            id=self._new_id("cnv"),
            title=title or _NEW_TITLE,
            titled_by=TitledBy.USER if title else TitledBy.NOBODY,
            assistant_key=self._assistant_key(wish.assistant_id)
            or self._catalog.assistants[0].key,
            archived=False,
            leaf_id=messages[-1][0] if messages else None,
            created_at=now,
            updated_at=now,
            options=self._catalog.checked(wish.options) or NOTHING_CHOSEN,
        )
        new = NewConversation(conversation, messages)
        await self._store.conversations.create(principal_id, new)
        return conversation

    async def update(
        self, principal_id: str, conversation_id: str, wish: ConversationWish
    ) -> Conversation:
        """Rename, archive, pin or re-assign a conversation.

        Raises:
            NotFound: There is no such conversation of theirs.
            BadInput: The title, the assistant or an option is not acceptable.
        """
        title = _checked_title(wish.title)
        changes = ConversationChanges(
            title=title,
            titled_by=TitledBy.USER if title else None,
            archived=wish.archived,
            pinned=wish.pinned,
            assistant_key=self._assistant_key(wish.assistant_id),
            options=self._catalog.checked(wish.options),
        )
        updated = await self._store.conversations.update(
            principal_id, conversation_id, changes, at=self._clock.now()
        )
        return _found(updated, "conversation")

    async def conversations(
        self, principal_id: str, ids: Sequence[str]
    ) -> Mapping[str, Conversation]:
        """Those of the identifiers that exist."""
        return await self._store.conversations.find(principal_id, ids)

    async def messages(
        self, principal_id: str, ids: Sequence[str]
    ) -> Mapping[str, StoredMessage]:
        """Those of the identifiers that exist."""
        return await self._store.messages.find(principal_id, ids)

    async def list(
        self, principal_id: str, wanted: ConversationFilter, page: PageRequest
    ) -> Page[Conversation]:
        """One page of conversations, newest activity first.

        Raises:
            BadInput: A number or a cursor is not acceptable, or the search too long.
        """
        check_search(wanted.search or "", field="search")
        return await self._store.conversations.list(
            principal_id, wanted, checked_page(page)
        )

    async def branch(
        self, principal_id: str, conversation_id: str, page: PageRequest
    ) -> Page[StoredMessage]:
        """One page of the active branch, oldest first.

        Raises:
            BadInput: A number or a cursor is not acceptable.
        """
        return await self._store.messages.branch(
            principal_id, conversation_id, checked_page(page)
        )

    async def versions(
        self, principal_id: str, ids: Sequence[str]
    ) -> Mapping[str, Sequence[StoredMessage]]:
        """Each of the messages with its siblings, oldest first."""
        return await self._store.messages.versions(principal_id, ids)

    async def select(self, principal_id: str, message_id: str) -> Conversation:
        """Show another version of a message.

        Raises:
            NotFound: There is no such message of theirs.
        """
        selected = await self._store.messages.select(
            principal_id, message_id, at=self._clock.now()
        )
        return _found(selected, "message")

    async def judge(
        self,
        principal_id: str,
        message_id: str,
        *,
        rating: Rating | None,
        comment: str | None,
    ) -> StoredMessage:
        """Judge an answer, or take the judgement back.

        Raises:
            NotFound: There is no such message of theirs.
            BadInput: It is not an answer, or the comment is too long.
        """
        if comment is not None and len(comment) > _MAX_COMMENT_CHARS:
            raise BadInput(
                f"The comment has {len(comment):,} characters; "
                f"{_MAX_COMMENT_CHARS:,} are allowed.",
                reason="TOO_LONG",
                field="input.comment",
            )
        found = await self._store.messages.find(principal_id, [message_id])
        message = _found(found.get(message_id), "message")
        if message.role is not Role.ASSISTANT:
            raise BadInput(
                "Only answers can be judged.",
                reason="WRONG_ROLE",
                field="input.messageId",
            )
        now = self._clock.now()
        feedback = (
            None
            if rating is None
            else Feedback(rating=rating, comment=comment, created_at=now)
        )
        judged = await self._store.messages.judge(principal_id, message_id, feedback)
        return _found(judged, "message")

    async def usage(
        self,
        principal_id: str,
        group: UsageGroup,
        *,
        since: datetime,
        until: datetime | None,
    ) -> Sequence[UsageRow]:
        """Tokens and cost of a period of at most 400 days, by key.

        Raises:
            BadInput: The period is empty or too long.
        """
        end = until or self._clock.now()
        if not timedelta() <= end - since <= _MAX_REPORT:
            raise BadInput(
                f"A report covers at most {_MAX_REPORT.days} days.",
                reason="OUT_OF_RANGE",
                field="since",
            )
        return await self._store.ledger.usage(
            principal_id, group, since=since, until=end
        )

    async def usage_of(
        self, principal_id: str, conversation_id: str
    ) -> UsageRow | None:
        """Sum over all answers of a conversation; None when there was none."""
        return await self._store.ledger.conversation(principal_id, conversation_id)

    def _assistant_key(self, assistant_id: str | None) -> str | None:
        if assistant_id is None:
            return None
        assistant = self._catalog.assistant(assistant_id)
        if assistant is None:
            raise BadInput(
                "There is no such assistant.",
                reason="UNKNOWN",
                field="input.assistantId",
            )
        return assistant.key


def _checked_title(title: str | None) -> str | None:
    if title is None:
        return None
    words = " ".join(title.split())
    if not 0 < len(words) <= _MAX_TITLE_CHARS:
        raise BadInput(
            f"A title has 1 to {_MAX_TITLE_CHARS} characters.",
            reason="OUT_OF_RANGE",
            field="input.title",
        )
    return words


def _found(found: _T | None, kind: str) -> _T:
    if found is None:
        raise NotFound(f"There is no such {kind}.")
    return found
