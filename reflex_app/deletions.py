"""Deletions that can be undone: they wait here, and are sent when the wait is over.

They belong to the page's server, not to a tab: a tab that is closed in between changes
nothing. A server that is killed forgets them, and then nothing is deleted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from reflex_app.replies import UNREACHABLE, ApiError

_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Between the tries to reach an API that is not there."""


class Deletions:
    """The deletions that wait; what was deleted together waits and goes together."""

    def __init__(
        self,
        delete: Callable[[Sequence[str]], Awaitable[None]],
        *,
        wait_s: float = 6.0,
    ) -> None:
        """Call `delete` with conversations once `wait_s` seconds have passed."""
        self._delete = delete
        self._wait_s = wait_s
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hurry = asyncio.Event()

    @property
    def pending(self) -> frozenset[str]:
        """Conversations that count as deleted, and are not yet."""
        return frozenset(self._tasks)

    def schedule(self, ids: Sequence[str]) -> None:
        """Delete conversations soon."""
        new = [one for one in dict.fromkeys(ids) if one not in self._tasks]
        if new:
            task = asyncio.create_task(self._later(new))
            self._tasks |= dict.fromkeys(new, task)

    def undo(self, ids: Sequence[str]) -> bool:
        """Keep conversations; False when their deletion was sent already."""
        tasks = {self._tasks.pop(one, None) for one in ids}
        return None not in tasks and all(task.cancel() for task in tasks if task)

    async def settled(self, ids: Sequence[str]) -> None:
        """Wait until deletions were sent or undone."""
        tasks = {self._tasks[one] for one in ids if one in self._tasks}
        if tasks:
            await asyncio.wait(tasks)

    async def aclose(self) -> None:
        """Send what waits now, once: the server ends."""
        self._hurry.set()
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()), timeout=2.0)

    async def _later(self, ids: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(self._wait_s):
                await self._hurry.wait()
        except TimeoutError:
            pass
        try:
            await self._send(ids)
        finally:
            for one in ids:
                self._tasks.pop(one, None)

    async def _send(self, ids: Sequence[str]) -> None:
        for pause_s in (*_PAUSES_S, None):
            try:
                await self._delete(ids)
            except ApiError as error:
                gone = error.problem.code != UNREACHABLE
                if gone or pause_s is None or self._hurry.is_set():
                    return
                await asyncio.sleep(pause_s)
            else:
                return
