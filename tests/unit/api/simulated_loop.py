"""An event loop without a world: a virtual clock, and chance for a scheduler.

Of all that is ready, chance picks what runs next, so that one seed is one interleaving,
the same every time. Nothing waits for real: when nobody is ready the clock jumps to the
next timer, and when there is none either, the program waits for ever and that is an
error.
"""

import asyncio
import heapq
import random
from collections.abc import Coroutine
from typing import Any

_LAG_S = 0.05
_LAG_SHARE = 0.03


class NobodyWakes(Exception):
    """All tasks wait, and nothing will ever happen."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs one interleaving of tasks that use no sockets, files or threads."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(2 * seed + 1).random  # noqa: S311 a replay, no secret
        self._now_s = 0.0
        self.set_exception_handler(lambda _loop, _context: None)

    def time(self) -> float:
        return self._now_s

    def simulate(self, program: Coroutine[Any, Any, None]) -> None:
        """Run the program to its end; whatever happens, nothing of it is left."""
        try:
            self.run_until_complete(program)
        finally:
            self.run_until_complete(self._end_all())
            self.run_until_complete(self.shutdown_asyncgens())
            self.close()

    async def _end_all(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run_once(self) -> None:
        """Run one of the ready callbacks; asyncio calls this until it is stopped."""
        self._pass_time()
        ready = self._ready  # type: ignore[attr-defined]
        if not ready:
            raise NobodyWakes
        ready.rotate(-int(self._chance() * len(ready)))
        handle = ready.popleft()
        if not handle._cancelled:
            handle._run()

    def _pass_time(self) -> None:
        timers, ready = self._scheduled, self._ready  # type: ignore[attr-defined]
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
        if not timers:
            return
        lag_s = timers[0]._when - self._now_s
        late = lag_s < _LAG_S and self._chance() < _LAG_SHARE
        if not ready or late:
            self._now_s = max(self._now_s, timers[0]._when)
        while timers and timers[0]._when <= self._now_s:
            handle = heapq.heappop(timers)
            handle._scheduled = False
            ready.append(handle)
