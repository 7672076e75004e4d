"""The log of generations in this process's memory.

Followers pull by position, so there is no queue per follower: one that is slow or
dead costs nothing, and one that comes back reads on where it was. Deltas that come
within a window are joined into one event; the first one of an answer goes out at
once. One flusher serves all generations, so a token costs no task and no timer. An
event costs far more than a token does, up to the sockets of its followers: so the
window widens while the event loop cannot keep up or many generations write, and
shrinks again.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Final, Self

from graphql_api.domain.generations import (
    Delta,
    Ended,
    Generation,
    GenerationEvent,
    LoggedEvent,
    Outcome,
    Place,
    Status,
)
from graphql_api.errors import BadInput, NotFound

# What is in memory was never rebuilt.
_EPOCH: Final = 1
_MAX_DELTA_CHARS: Final = 8_192
# So many generations can write in the least window without making it wider.
_CALM_LIVE: Final = 64
_WIDEST: Final = 6.25
_WINDOWS_PER_LAG: Final = 4.0


def window_s(least_s: float, *, lag_s: float, live: int) -> float:
    """Seconds within which deltas are joined, from ``least_s`` to 6.25 times that.

    Args:
        least_s: Seconds in calm times.
        lag_s: How late the event loop is.
        live: Generations that wrote within the last window.
    """
    crowded_s = least_s * max(1.0, live / _CALM_LIVE)
    return min(least_s * _WIDEST, crowded_s + _WINDOWS_PER_LAG * lag_s)


class _Log:
    __slots__ = ("arrived", "events", "pending", "principal_id", "text_seen")

    def __init__(self, principal_id: str) -> None:
        self.principal_id = principal_id
        self.events: list[LoggedEvent] = []
        self.pending: list[str] = []
        self.text_seen = False
        self.arrived: asyncio.Future[None] | None = None

    def push(self, event: GenerationEvent) -> None:
        self.events.append(LoggedEvent(Place(_EPOCH, len(self.events) + 1), event))
        arrived, self.arrived = self.arrived, None
        if arrived is not None and not arrived.done():
            arrived.set_result(None)

    def flush(self) -> None:
        if self.pending:
            text = "".join(self.pending)
            self.pending.clear()
            # Followers that read slowly hold an event each: a big one would cost much.
            for start in range(0, len(text), _MAX_DELTA_CHARS):
                self.push(Delta(text[start : start + _MAX_DELTA_CHARS]))

    def outcome(self) -> Outcome | None:
        last = self.events[-1].event
        return last.outcome if isinstance(last, Ended) else None

    def text(self) -> str:
        outcome = self.outcome()
        if outcome is not None:
            return outcome.text
        deltas = (logged.event for logged in self.events)
        return "".join(event.text for event in deltas if isinstance(event, Delta))

    async def wait(self) -> None:
        if self.arrived is None:
            self.arrived = asyncio.get_running_loop().create_future()
        # Shielded: other followers wait for the same future.
        await asyncio.shield(self.arrived)


class MemoryGenerationLog:
    """`GenerationLog` of one process; what it holds dies with the process.

    Use it as an async context manager: the flusher runs inside it.
    """

    def __init__(self, *, window_s: float, keep_s: float) -> None:
        """Make an empty log.

        Args:
            window_s: Seconds within which deltas are joined, in calm times.
            keep_s: Seconds for which an ended generation can still be read.
        """
        self._window_s = window_s
        self._keep_s = keep_s
        self._logs: dict[str, _Log] = {}
        self._heirs: dict[str, str] = {}
        # In the order in which they came, so that a simulation can be replayed.
        self._dirty: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the flusher."""
        self._flusher = asyncio.create_task(self._flush_for_ever(), name="log-flusher")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the flusher."""
        if self._flusher is not None:
            self._flusher.cancel()
            with suppress(asyncio.CancelledError):
                await self._flusher

    def start(
        self, generation_id: str, first: GenerationEvent, /, *, principal_id: str
    ) -> None:
        """Open the log of a principal's new generation with its first event."""
        owner_id = self._heirs.get(principal_id, principal_id)
        log = self._logs[generation_id] = _Log(owner_id)
        log.push(first)

    def append(self, generation_id: str, delta: Delta, /) -> None:
        """Add text; after the first, deltas within a window are joined."""
        log = self._logs[generation_id]
        if not log.text_seen:
            log.text_seen = True
            log.push(delta)
            return
        log.pending.append(delta.text)
        self._dirty[generation_id] = None
        self._wake.set()

    def finish(self, generation_id: str, outcome: Outcome, /) -> None:
        """Add the last event, and forget the generation after a while."""
        log = self._logs[generation_id]
        log.flush()
        log.push(Ended(outcome))
        loop = asyncio.get_running_loop()
        loop.call_later(self._keep_s, self._logs.pop, generation_id, None)

    def hand_over(self, principal_id: str, heir_id: str, /) -> None:
        """Make another principal the owner of all generations, also of the next."""
        for log in self._logs.values():
            if log.principal_id == principal_id:
                log.principal_id = heir_id
        # One that is just being begun starts within moments.
        self._heirs[principal_id] = heir_id
        loop = asyncio.get_running_loop()
        loop.call_later(self._keep_s, self._heirs.pop, principal_id, None)

    def owner_id(self, generation_id: str, /) -> str:
        """The principal whose generation it is."""
        return self._get(generation_id).principal_id

    async def follow(
        self, generation_id: str, /, *, after: Place
    ) -> AsyncGenerator[Sequence[LoggedEvent], None]:
        """Events behind the place ``after``, in batches, up to the last one."""
        log = self._get(generation_id)
        if after.epoch != _EPOCH or not 0 <= after.position <= len(log.events):
            raise BadInput(
                "The cursor lies behind the last event.",
                reason="UNKNOWN_CURSOR",
                field="after",
            )
        position = after.position
        while True:
            batch = log.events[position:]
            position += len(batch)
            if batch:
                yield batch
            if position == len(log.events):
                if log.outcome() is not None:
                    return
                await log.wait()

    def read(self, generation_id: str, /) -> Generation:
        """The generation as it is now."""
        log = self._get(generation_id)
        outcome = log.outcome()
        return Generation(
            id=generation_id,
            status=outcome.status if outcome else Status.STREAMING,
            text=log.text(),
            place=Place(_EPOCH, len(log.events)),
        )

    def _get(self, generation_id: str) -> _Log:
        try:
            return self._logs[generation_id]
        except KeyError:
            msg = "There is no such generation, or it ended too long ago."
            raise NotFound(msg) from None

    async def _flush_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        lag_s, live = 0.0, 0
        while True:
            await self._wake.wait()
            due_s = loop.time() + window_s(self._window_s, lag_s=lag_s, live=live)
            await asyncio.sleep(due_s - loop.time())
            # One calm moment does not end a storm: what was late fades by halves.
            lag_s = max(loop.time() - due_s, lag_s / 2)
            live = len(self._dirty)
            self._wake.clear()
            dirty, self._dirty = self._dirty, {}
            for generation_id in dirty:
                if log := self._logs.get(generation_id):
                    log.flush()
