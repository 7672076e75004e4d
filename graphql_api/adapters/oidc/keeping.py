"""Keeps what was fetched, and fetches it anew, by one at a time.

A flood of callers that all want something newer is one fetch in some seconds, also
while the provider fails.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from graphql_api.errors import IdentityUnavailable

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Kept(Generic[_T]):
    """A thing from outside."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[_T]],
        *,
        max_age_s: float,
        pause_s: float,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fetch nothing yet.

        Args:
            fetch: Fetches the thing, or raises `IdentityUnavailable`.
            max_age_s: Seconds for which it is good.
            pause_s: Seconds between two fetches, at least.
            now_s: Seconds on a clock that never goes back.
        """
        self._fetch = fetch
        self._max_age_s = max_age_s
        self._pause_s = pause_s
        self._now_s = now_s
        self._value: _T | None = None
        self._value_s = 0.0
        self._failure: IdentityUnavailable | None = None
        self._begun_s: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def get(self) -> _T:
        """The thing, not too old.

        Raises:
            IdentityUnavailable: It cannot be fetched now.
        """
        if not self._is_good() and self._may_fetch():
            await self._fetched()
        if self._value is not None and self._is_good():
            return self._value
        raise self._failure or IdentityUnavailable("Try again in a moment.")

    async def newer(self, than: _T) -> _T:
        """The thing as it is now, unless it was fetched a moment ago.

        Raises:
            IdentityUnavailable: Nobody can tell now whether there is something newer.
        """
        if self._value is than and self._may_fetch():
            await self._fetched()
        if self._failure is not None:
            raise self._failure
        return await self.get()

    async def aclose(self) -> None:
        """Stop fetching."""
        if self._fetching is not None:
            self._fetching.cancel()
            with suppress(asyncio.CancelledError):
                await self._fetching

    def _is_good(self) -> bool:
        fresh = self._now_s() - self._value_s < self._max_age_s
        return self._value is not None and fresh

    def _may_fetch(self) -> bool:
        if self._fetching is not None or self._begun_s is None:
            return True
        return self._now_s() - self._begun_s >= self._pause_s

    async def _fetched(self) -> None:
        if self._fetching is None:
            self._begun_s = self._now_s()
            self._fetching = asyncio.create_task(self._refresh(), name="oidc-fetch")
        # Shielded: who leaves does not take it from the others that wait.
        await asyncio.shield(self._fetching)

    async def _refresh(self) -> None:
        try:
            self._value = await self._fetch()
            self._value_s, self._failure = self._now_s(), None
        except IdentityUnavailable as failure:
            self._failure = failure
            _log.warning("oidc.not_fetched reason=%s", failure.message)
        finally:
            self._fetching = None
