"""Sharing: read-only links to a copy of a conversation, until a day or a word ends it.

The token in a link is the whole permission, so it is made of 192 random bits, given out
once and stored as a digest. A link that was never made, was revoked or has expired is
the same None: nobody learns which.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from graphql_api.domain.generations import Status
from graphql_api.domain.sharing import NewShare, Share, Snapshot, copies, digest_of
from graphql_api.errors import BadInput, Conflict, NotFound
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store
from graphql_api.services.catalog import Catalog

MOST_DAYS: Final = 365
MOST_MESSAGES: Final = 1_000
MOST_SHARES: Final = 20
"""Shares of one conversation that work at the same time."""
_MOST_CHARS: Final = 2_000_000


class Sharing:
    """The shares of principals, and what a link shows to anybody."""

    def __init__(
        self,
        store: Store,
        *,
        catalog: Catalog,
        clock: Clock,
        new_id: Callable[[str], str],
        new_token: Callable[[], str],
    ) -> None:
        """Take the parts; ``new_token`` makes what nobody can guess."""
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._new_id = new_id
        self._new_token = new_token

    async def share(
        self, principal_id: str, conversation_id: str, *, days: int
    ) -> tuple[Share, str]:
        """Copy the shown branch as it is now; the share and the token of its link.

        Raises:
            NotFound: There is no such conversation of theirs.
            Conflict: An answer is being written.
            BadInput: There is nothing to share or too much of it, or the days are
                out of range.
        """
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(
                f"A link works for 1 to {MOST_DAYS} days, not {days}.",
                reason="OUT_OF_RANGE",
                field="input.expiresInDays",
            )
        title, snapshot = await self._snapshot(principal_id, conversation_id)
        now, token = self._clock.now(), self._new_token()
        share = Share(
            id=self._new_id("shr"),
            conversation_id=conversation_id,
            title=title,
            message_count=len(snapshot.messages),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        new = NewShare(share=share, token_digest=digest_of(token), snapshot=snapshot)
        await self._store.shares.create(principal_id, new, most=MOST_SHARES)
        return share, token

    async def shares(self, principal_id: str, conversation_id: str) -> Sequence[Share]:
        """Those of a conversation that work now, newest first."""
        now = self._clock.now()
        return await self._store.shares.list(principal_id, conversation_id, at=now)

    async def find(self, principal_id: str, share_id: str) -> Share | None:
        """One of theirs, whether it works or not; None when there is none."""
        return await self._store.shares.find(principal_id, share_id)

    async def revoke(self, principal_id: str, share_id: str) -> Share:
        """End a share; ending it again changes nothing.

        Raises:
            NotFound: There is no such share of theirs.
        """
        now = self._clock.now()
        revoked = await self._store.shares.revoke(principal_id, share_id, at=now)
        if revoked is None:
            raise NotFound("There is no such share.")
        return revoked

    async def open(self, token: str) -> tuple[Share, Snapshot] | None:
        """What anybody with the link sees; None when it does not work."""
        now = self._clock.now()
        return await self._store.shares.open(digest_of(token), at=now)

    async def _snapshot(
        self, principal_id: str, conversation_id: str
    ) -> tuple[str, Snapshot]:
        ids = [conversation_id]
        found = await self._store.conversations.find(principal_id, ids)
        conversation = found.get(conversation_id)
        if conversation is None:
            raise NotFound("There is no such conversation.")
        leaf_id = conversation.leaf_id or ""
        branch = await self._store.messages.path(principal_id, leaf_id)
        if branch and branch[-1].status in {Status.QUEUED, Status.STREAMING}:
            msg = "An answer is being written; share the conversation when it is there."
            raise Conflict(msg, retryable=True)
        messages = copies(branch)
        _check(len(messages), sum(len(message.content) for message in messages))
        key = f"ast_{conversation.assistant_key}"
        assistant = self._catalog.assistant(key) or self._catalog.assistants[0]
        snapshot = Snapshot(assistant_name=assistant.name, messages=messages)
        return conversation.title, snapshot


def _check(messages: int, chars: int) -> None:
    field = "input.conversationId"
    if not messages:
        msg = "There is nothing to share yet."
        raise BadInput(msg, reason="EMPTY", field=field)
    if messages > MOST_MESSAGES:
        msg = f"It has {messages:,} messages; {MOST_MESSAGES:,} can be shared."
        raise BadInput(msg, reason="TOO_MANY", field=field)
    if chars > _MOST_CHARS:
        msg = f"It has {chars:,} characters; {_MOST_CHARS:,} can be shared."
        raise BadInput(msg, reason="TOO_LONG", field=field)
