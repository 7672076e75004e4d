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
    Found,
    NewConversation,
    NewTurn,
    Page,
    PageRequest,
    SearchPage,
    StoredMessage,
)
from graphql_api.domain.generations import Outcome, Problem
from graphql_api.domain.sharing import NewShare, Share, Snapshot
from graphql_api.ports.access import ApiKeys, Principals
from graphql_api.ports.accounts import Budgets, Ledger, Runs
from graphql_api.ports.administration import Oversight, Switches
from graphql_api.ports.identity import People, Sessions


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
        self, principal_id: str, ids: Sequence[str], /
    ) -> Mapping[str, Sequence[StoredMessage]]:
        """Each of the messages that exist with its siblings, oldest first."""
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
        """Claim the key, reserve, store both messages, move the leaf.

        The whole reserve is held in each limited account of who pays, or in none.

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
        """End a running turn: message, ledger and accounts; False: it had ended."""
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


class Finder(Protocol):
    """Finds what principals have by its words; ownership as in `Conversations`."""

    async def titles(self, principal_id: str, page: SearchPage, /) -> Found:
        """Conversations by the words of their titles, newest activity first.

        Raises:
            BadInput: The cursor is not the identifier of a conversation of theirs.
        """
        ...

    async def messages(self, principal_id: str, page: SearchPage, /) -> Found:
        """Messages by the words of their texts, newest first; all versions.

        Raises:
            BadInput: The cursor is not the identifier of a message of theirs.
        """
        ...


class Shares(Protocol):
    """Copies of conversations behind links; ownership as in `Conversations`."""

    async def create(self, principal_id: str, new: NewShare, /, *, most: int) -> None:
        """Store a share of a conversation that has fewer than ``most`` that work.

        The texts of all shares that have expired are erased.

        Raises:
            NotFound: There is no such conversation of theirs.
            BadInput: The conversation has as many shares already.
        """
        ...

    async def list(
        self, principal_id: str, conversation_id: str, /, *, at: datetime
    ) -> Sequence[Share]:
        """Those of a conversation that work at an instant, newest first."""
        ...

    async def find(self, principal_id: str, share_id: str, /) -> Share | None:
        """One of theirs, whether it works or not; None when there is none."""
        ...

    async def revoke(
        self, principal_id: str, share_id: str, /, *, at: datetime
    ) -> Share | None:
        """End a share and erase its text; None when there is none of theirs."""
        ...

    async def open(
        self, token_digest: str, /, *, at: datetime
    ) -> tuple[Share, Snapshot] | None:
        """What anybody with the token sees; None when it does not work."""
        ...


@dataclass(frozen=True, slots=True)
class Store:
    """The ports of one database."""

    conversations: Conversations
    messages: Messages
    turns: Turns
    ledger: Ledger
    finder: Finder
    shares: Shares
    budgets: Budgets
    runs: Runs
    principals: Principals
    api_keys: ApiKeys
    oversight: Oversight
    switches: Switches
    people: People
    sessions: Sessions
