"""What was found out of credentials, believed for some seconds."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from graphql_api.domain.access import Caller

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Belief:
    caller: Caller
    until: datetime


class Beliefs:
    """Callers by the digests of their credentials; the oldest go when there are many.

    A caller whose credentials end sooner is believed no longer than that.
    """

    def __init__(self, *, last_s: float) -> None:
        self._last = timedelta(seconds=last_s)
        self._kept: OrderedDict[str, _Belief] = OrderedDict()

    def find(self, digest: str, *, at: datetime) -> Caller | None:
        """Whose credentials they were a moment ago; None: look them up."""
        found = self._kept.get(digest)
        return found.caller if found is not None and at < found.until else None

    def keep(self, digest: str, caller: Caller, *, at: datetime) -> None:
        """Believe it from now on for a while."""
        until = at + self._last
        if caller.expires_at is not None:
            until = min(until, caller.expires_at)
        self._kept[digest] = _Belief(caller, until)
        self._kept.move_to_end(digest)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def forget(self, digest: str) -> None:
        """Believe it no more."""
        self._kept.pop(digest, None)
