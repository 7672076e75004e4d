"""A bounded, fair line for the model: so many run at once, so many wait."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Self

from graphql_api.errors import ModelUnavailable, RateLimited

_RETRY_AFTER_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Share:
    """How many places somebody may have at once.

    Attributes:
        refusal: What to say when they are all taken.
    """

    whose: str
    most: int
    refusal: str


class Slots:
    """Slots of a model; those who wait are served in the order they came."""

    def __init__(self, *, live: int, queued: int) -> None:
        """Allow ``live`` holders at once and ``queued`` more in line."""
        self._semaphore = asyncio.Semaphore(live)
        self._live = live
        self._queued = queued
        self._claims = 0
        self._taken: Counter[str] = Counter()
        self._guests: list[asyncio.Timeout] = []
        self._left = asyncio.Event()

    def claim(self, shares: Sequence[Share] = ()) -> "Claim":
        """Take a place in line; leave it by using the claim as a context manager.

        Args:
            shares: Who may have how many places at once.

        Raises:
            ModelUnavailable: The line is full; retryable.
            RateLimited: One of them has as many places already.
        """
        for share in shares:
            if self._taken[share.whose] >= share.most:
                wait_s = _RETRY_AFTER_MS / 1_000
                raise RateLimited(share.refusal, wait_s=wait_s, limit=share.most)
        if self._claims >= self._live + self._queued:
            msg = "Too many answers are being written. Try again in a moment."
            raise ModelUnavailable(msg, retry_after_ms=_RETRY_AFTER_MS)
        position = max(0, self._claims + 1 - self._live)
        self._claims += 1
        self._taken.update(share.whose for share in shares)
        if self._guests and self._claims + len(self._guests) > self._live:
            # They hold no slot of the line, so the claim need not wait for their end.
            guest = self._guests.pop()
            if not guest.expired():
                guest.reschedule(asyncio.get_running_loop().time())
        return Claim(self, position, shares)

    def slot(self) -> asyncio.Semaphore:
        """Context manager that holds a slot; for claims."""
        return self._semaphore

    def leave(self, shares: Sequence[Share]) -> None:
        """Give a place in line back; for claims."""
        self._claims -= 1
        for share in shares:
            self._taken[share.whose] -= 1
            if not self._taken[share.whose]:
                del self._taken[share.whose]
        self._left.set()

    @asynccontextmanager
    async def spare(self, *, wait_s: float, hold_s: float) -> AsyncGenerator[None]:
        """Wait for a slot that no claim needs, and be its guest inside the context.

        Raises:
            TimeoutError: None was free in time; or inside the context, when it was
                held for so long or a claim needs it.
        """
        async with asyncio.timeout(wait_s):
            while self._claims + len(self._guests) >= self._live:
                self._left.clear()
                await self._left.wait()
        async with asyncio.timeout(hold_s) as limit:
            self._guests.append(limit)
            try:
                yield
            finally:
                if limit in self._guests:
                    self._guests.remove(limit)
                self._left.set()


class Claim:
    """A place in line.

    Attributes:
        position: How many runs had to end first when it was taken; 0: none.
    """

    def __init__(self, slots: Slots, position: int, shares: Sequence[Share]) -> None:
        """Remember the place."""
        self._slots = slots
        self._shares = shares
        self.position = position

    def __enter__(self) -> Self:
        """Stay in line inside the context."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the line."""
        self._slots.leave(self._shares)

    def slot(self) -> asyncio.Semaphore:
        """Context manager that waits for a slot and holds it."""
        return self._slots.slot()
