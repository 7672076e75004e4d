"""Deletions that can be undone: they wait here, and are sent when the wait is over.

They belong to the page's server, not to a tab: a tab that is closed in between changes
nothing. A server that is killed forgets them, and then nothing is deleted. Each visitor
has deletions of their own: nobody sees, takes back or forestalls those of others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence

from reflex_app.replies import UNREACHABLE, ApiError

_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Between the tries to reach an API that is not there."""


_Tasks = dict[str, asyncio.Task[None]]


class Deletions:
    """The deletions that wait; what was deleted together waits and goes together."""

    def __init__(
        self,
        delete: Callable[[Sequence[str]], Awaitable[None]],
        *,
        whose: Callable[[], Hashable] = lambda: None,
        wait_s: float = 6.0,
    ) -> None:
        """Call `delete` with conversations once `wait_s` seconds have passed.

        It is called on behalf of the visitor that `whose` named when they asked.
        """
        self._delete = delete
        self._whose = whose
        self._wait_s = wait_s
        self._all: dict[Hashable, _Tasks] = {}
        self._hurry = asyncio.Event()

    @property
    def pending(self) -> frozenset[str]:
        """Conversations of the visitor that count as deleted, and are not yet."""
        return frozenset(self._own())

    def schedule(self, ids: Sequence[str]) -> None:
        """Delete conversations soon."""
        whose, own = self._whose(), self._own()
        new = [one for one in dict.fromkeys(ids) if one not in own]
        if new:
            # The task has the context of who asked, and so are its calls theirs.
            task = asyncio.create_task(self._later(whose, new))
            self._all[whose] = {**own, **dict.fromkeys(new, task)}

    def undo(self, ids: Sequence[str]) -> bool:
        """Keep conversations; False when their deletion was sent already."""
        own = self._own()
        tasks = {own.get(one) for one in ids}
        self._forget(self._whose(), ids)
        return None not in tasks and all(task.cancel() for task in tasks if task)

    async def settled(self, ids: Sequence[str]) -> None:
        """Wait until deletions were sent or undone."""
        own = self._own()
        tasks = {own[one] for one in ids if one in own}
        if tasks:
            await asyncio.wait(tasks)

    async def aclose(self) -> None:
        """Send what waits now, once: the server ends."""
        self._hurry.set()
        tasks = {task for own in self._all.values() for task in own.values()}
        if tasks:
            await asyncio.wait(tasks, timeout=2.0)

    def _own(self) -> _Tasks:
        return self._all.get(self._whose(), {})

    def _forget(self, whose: Hashable, ids: Sequence[str]) -> None:
        own = self._all.pop(whose, {})
        if left := {one: task for one, task in own.items() if one not in ids}:
            self._all[whose] = left

    async def _later(self, whose: Hashable, ids: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(self._wait_s):
                await self._hurry.wait()
        except TimeoutError:
            pass
        try:
            await self._send(ids)
        finally:
            self._forget(whose, ids)

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
