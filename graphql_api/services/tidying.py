"""Doing to many conversations what can be done to one."""

from collections.abc import Sequence
from typing import Final

from graphql_api.domain.conversations import Conversation
from graphql_api.errors import BadInput, NotFound
from graphql_api.services.shelf import ConversationWish, Shelf
from graphql_api.services.turns import Turns

MAX_CONVERSATIONS: Final = 100


class Tidying:
    """Deletes and archives conversations by the dozen.

    Each is a transaction of its own, so that nobody else waits for all of them. What
    does not exist, or is another's, is left out: what was done can be done again.
    """

    def __init__(self, turns: Turns, shelf: Shelf) -> None:
        """Take what does it to one."""
        self._turns = turns
        self._shelf = shelf

    async def delete(self, principal_id: str, ids: Sequence[str]) -> Sequence[str]:
        """Delete those that exist; their identifiers.

        Raises:
            BadInput: There are too many.
        """
        deleted: list[str] = []
        for identifier in _checked(ids):
            try:
                await self._turns.delete(principal_id, identifier)
            except NotFound:
                continue
            deleted.append(identifier)
        return deleted

    async def archive(
        self, principal_id: str, ids: Sequence[str], *, archived: bool
    ) -> Sequence[Conversation]:
        """Move those that exist to the archive, or back.

        Raises:
            BadInput: There are too many.
        """
        wish, moved = ConversationWish(archived=archived), list[Conversation]()
        for identifier in _checked(ids):
            try:
                moved.append(await self._shelf.update(principal_id, identifier, wish))
            except NotFound:
                continue
        return moved


def _checked(ids: Sequence[str]) -> Sequence[str]:
    if len(ids) > MAX_CONVERSATIONS:
        raise BadInput(
            f"There are {len(ids)} conversations; {MAX_CONVERSATIONS} are allowed.",
            reason="TOO_MANY",
            field="input.conversationIds",
        )
    return list(dict.fromkeys(ids))
