"""The `Rates` of one process: counters in memory, kept by the library `limits`.

A window slides: what happened a minute ago counts ever less. Two counters a name are
enough for that, however often it is hit.
"""

import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter


class MemoryRates:
    """`Rates` that are forgotten when the process ends."""

    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def hit(self, name: str, most: int, /, *, count: int = 1) -> bool:
        """Count something, unless that would be more than ``most`` in a minute."""
        return await self._limiter.hit(RateLimitItemPerMinute(most), name, cost=count)

    async def left(self, name: str, most: int, /) -> tuple[int, float]:
        """How many more fit now, and the seconds until there is room for more."""
        stats = await self._limiter.get_window_stats(RateLimitItemPerMinute(most), name)
        return stats.remaining, max(0.0, stats.reset_time - time.time())
