"""Where conversations, their turns and what they used are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from graphql_api.domain.conversations import (
    BegunTurn,
    Conversation,
    ConversationChanges,
    ConversationFilter,
    Feedback,
    NewConversation,
    NewTurn,
    Page,
    PageRequest,
    StoredMessage,
    UsageGroup,
    UsageRow,
)
from graphql_api.domain.generations import Outcome, Problem


class Conversations(Protocol):
    """Stored conversations of principals.

    Everything is seen by its owner alone: another principal's object is the same
    None as one that does not exist.
    """

    async def create(self, principal_id: str, new: NewConversation, /) -> None:
        """Store a conversation with its first messages as one branch."""
        ...

    async def find(
        self, principal_id: str, ids: Sequence[str], /
    ) -> Mapping[str, Conversation]:
        """Those of the identifiers that exist."""
        ...

    async def list(
        self, principal_id: str, wanted: ConversationFilter, page: PageRequest, /
    ) -> Page[Conversation]:
        """One page, newest activity first; ties are broken by the identifier.

        Raises:
            BadInput: A cursor is not the identifier of a conversation of theirs.
        """
        ...

    async def update(
        self,
        principal_id: str,
        conversation_id: str,
        changes: ConversationChanges,
        /,
        *,
        at: datetime,
    ) -> Conversation | None:
        """Change it and give it back; None when there is none."""
        ...

    async def delete(self, principal_id: str, conversation_id: str, /) -> bool:
        """Delete it with its messages; the ledger keeps amounts without text."""
        ...


class Messages(Protocol):
    """Stored messages of principals; ownership as in `Conversations`."""

    async def find(
        self, principal_id: str, ids: Sequence[str], /
    ) -> Mapping[str, StoredMessage]:
        """Those of the identifiers that exist."""
        ...

    async def branch(
        self, principal_id: str, conversation_id: str, page: PageRequest, /
    ) -> Page[StoredMessage]:
        """One page of the active branch, oldest first; empty when there is none.

        Raises:
            BadInput: A cursor is not the identifier of a message of the branch.
        """
        ...

    async def path(
        self, principal_id: str, message_id: str, /
    ) -> Sequence[StoredMessage]:
        """The message behind its ancestors, oldest first; empty when there is none."""
        ...

    async def versions(
        self, principal_id: str, message_id: str, /
    ) -> Sequence[StoredMessage]:
        """The message and its siblings, oldest first; empty when there is none."""
        ...

    async def select(
        self, principal_id: str, message_id: str, /, *, at: datetime
    ) -> Conversation | None:
        """Make the active branch run through the message, down to its newest end."""
        ...

    async def judge(
        self, principal_id: str, message_id: str, feedback: Feedback | None, /
    ) -> StoredMessage | None:
        """Set or take back the feedback of an assistant message."""
        ...


class Turns(Protocol):
    """Begins and ends stored turns, each in one transaction."""

    async def begin(self, principal_id: str, turn: NewTurn, /) -> BegunTurn:
        """Claim the key, reserve the budget, store both messages, move the leaf.

        Raises:
            NotFound: There is no such conversation or parent of theirs.
            Conflict: An answer is being written in the conversation, or the key was
                used for another request.
            BudgetExceeded: The reserve does not fit.
        """
        ...

    async def checkpoint(self, texts: Mapping[str, str], /) -> None:
        """Keep the partial texts of running generations, all in one transaction."""
        ...

    async def finish(
        self, generation_id: str, outcome: Outcome, /, *, at: datetime
    ) -> bool:
        """End a running turn: message, ledger and budget; False: it had ended."""
        ...

    async def sweep(self, problem: Problem, /, *, at: datetime) -> Sequence[str]:
        """Interrupt every running turn, keeping its text; the generations' ids.

        Their usage is not known here: `finish` was never called. The ledger gets a
        row without tokens and cost, so that the reserve is given back exactly once.
        """
        ...

    async def running(self) -> Sequence[tuple[str, StoredMessage]]:
        """Turns that nobody has ended, each with its principal; after a crash."""
        ...

    async def find(
        self, principal_id: str, generation_ids: Sequence[str], /
    ) -> Mapping[str, StoredMessage]:
        """The assistant messages that the generations write or wrote."""
        ...


class Ledger(Protocol):
    """What was used, append-only."""

    async def usage(
        self,
        principal_id: str,
        group: UsageGroup,
        /,
        *,
        since: datetime,
        until: datetime,
    ) -> Sequence[UsageRow]:
        """Sums from ``since`` (inclusive) to ``until`` (exclusive), by key."""
        ...

    async def conversation(
        self, principal_id: str, conversation_id: str, /
    ) -> UsageRow | None:
        """Sum over all answers of a conversation; None when there was none."""
        ...


@dataclass(frozen=True, slots=True)
class Store:
    """The four ports of one database."""

    conversations: Conversations
    messages: Messages
    turns: Turns
    ledger: Ledger
