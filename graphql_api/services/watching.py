"""Watching generations: live ones by their log, ended ones by the stored message."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final

from graphql_api.domain.conversations import StoredMessage
from graphql_api.domain.generations import (
    Ended,
    FinalStatus,
    Generation,
    LoggedEvent,
    Outcome,
    Place,
    Reset,
    Status,
)
from graphql_api.domain.money import TokenUsage
from graphql_api.errors import NotFound
from graphql_api.ports.store import Turns
from graphql_api.services.generations import Generations

# A log that is rebuilt from the stored message: the text, then the end.
_REBUILT_EPOCH: Final = 2


class Watching:
    """Follows, reads and stops generations, stored ones and stateless ones alike."""

    def __init__(self, generations: Generations, turns: Turns) -> None:
        """Take the running ones and the stored ones."""
        self._generations = generations
        self._turns = turns

    async def follow(
        self, principal_id: str, generation_id: str, *, after: Place
    ) -> AsyncGenerator[Sequence[LoggedEvent], None]:
        """Events behind a place; an ended run that the log forgot is told anew.

        Raises:
            NotFound: There is no such generation of theirs.
            BadInput: The place lies behind the end.
        """
        if not self._logged(principal_id, generation_id):
            message = await self._stored(principal_id, generation_id)
            yield [logged for logged in _rebuilt(message) if logged.place > after]
            return
        following = self._generations.follow(generation_id, after=after)
        async with aclosing(following) as batches:
            async for batch in batches:
                yield batch

    async def read(self, principal_id: str, generation_id: str) -> Generation:
        """The generation as it is now, or as it ended.

        Raises:
            NotFound: There is no such generation of theirs.
        """
        if self._logged(principal_id, generation_id):
            return self._generations.read(generation_id)
        stored = await self._stored(principal_id, generation_id)
        return Generation(
            id=generation_id,
            status=stored.status,
            text=stored.content,
            place=Place(_REBUILT_EPOCH, 2),
        )

    async def stop(self, principal_id: str, generation_id: str) -> Generation:
        """Stop a generation; what was written stays. One that has ended stays so.

        Raises:
            NotFound: There is no such generation of theirs.
        """
        if self._logged(principal_id, generation_id):
            return await self._generations.stop(generation_id)
        return await self.read(principal_id, generation_id)

    async def message_of(
        self, principal_id: str, generation_id: str
    ) -> StoredMessage | None:
        """The stored message that a generation writes; None for a stateless one."""
        found = await self._turns.find(principal_id, [generation_id])
        return found.get(generation_id)

    def _logged(self, principal_id: str, generation_id: str) -> bool:
        """Whether the log has it; another principal's is as good as none."""
        try:
            return self._generations.owner_id(generation_id) == principal_id
        except NotFound:
            return False

    async def _stored(self, principal_id: str, generation_id: str) -> StoredMessage:
        message = await self.message_of(principal_id, generation_id)
        if message is None:
            raise NotFound("There is no such generation, or it ended too long ago.")
        return message


def _rebuilt(message: StoredMessage) -> Sequence[LoggedEvent]:
    first, last = Place(_REBUILT_EPOCH, 1), Place(_REBUILT_EPOCH, 2)
    return [
        LoggedEvent(first, Reset(message.content)),
        LoggedEvent(last, Ended(_outcome_of(message))),
    ]


def _outcome_of(message: StoredMessage) -> Outcome:
    none = TokenUsage(prompt_tokens=0, completion_tokens=0, estimated=True)
    return Outcome(
        status=_final(message.status),
        text=message.content,
        usage=message.usage or none,
        cost=message.cost,
        finish_reason=message.finish_reason,
        problem=message.problem,
    )


def _final(status: Status) -> FinalStatus:
    match status:
        case Status.QUEUED | Status.STREAMING:
            # Nobody runs it: it broke off.
            return Status.INTERRUPTED
        case ended:
            return ended
