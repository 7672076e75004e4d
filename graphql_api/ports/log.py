"""Where the events of generations are kept and followed."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from graphql_api.domain.generations import (
    Delta,
    Generation,
    GenerationEvent,
    LoggedEvent,
    Outcome,
    Place,
)


class GenerationLog(Protocol):
    """Ordered, gap-free events of each generation.

    An event is seen by followers only when the log has it. There is one writer a
    generation and any number of followers; a slow follower costs nothing.
    """

    def start(
        self, generation_id: str, first: GenerationEvent, /, *, principal_id: str
    ) -> None:
        """Open the log of a principal's new generation with its first event."""
        ...

    def append(self, generation_id: str, delta: Delta, /) -> None:
        """Add text; deltas that come close together may be joined into one."""
        ...

    def finish(self, generation_id: str, outcome: Outcome, /) -> None:
        """Add the last event; the log is kept for a while, then forgotten."""
        ...

    def hand_over(self, principal_id: str, heir_id: str, /) -> None:
        """Make another principal the owner of all generations, also of the next."""
        ...

    def owner_id(self, generation_id: str, /) -> str:
        """The principal whose generation it is.

        Raises:
            NotFound: There is no such generation, or it is forgotten.
        """
        ...

    def follow(
        self, generation_id: str, /, *, after: Place
    ) -> AsyncGenerator[Sequence[LoggedEvent], None]:
        """Events behind the place ``after``, in batches, up to the last one.

        Raises:
            NotFound: There is no such generation, or it is forgotten.
            BadInput: The place lies behind the end of the log.
        """
        ...

    def read(self, generation_id: str, /) -> Generation:
        """The generation as it is now, `Status.STREAMING` until it has ended.

        Raises:
            NotFound: There is no such generation, or it is forgotten.
        """
        ...
