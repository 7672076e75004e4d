"""Whether what the service depends on really works."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from graphql_api.domain.models import Health
from graphql_api.errors import report_bug
from graphql_api.ports.model import LanguageModel
from graphql_api.ports.store import Store

_LIMIT_S: Final = 5.0
# The model's own probe remembers what it found out, too.
_FRESH_S: Final = 5.0
_log = logging.getLogger(__name__)


def _loop_time_s() -> float:
    return asyncio.get_running_loop().time()


class Checks:
    """Asks the parts how they are; the database at most once in five seconds."""

    def __init__(
        self,
        model: LanguageModel,
        store: Store,
        *,
        time_s: Callable[[], float] = _loop_time_s,
    ) -> None:
        """Take the parts; ``time_s`` is a clock that never goes back."""
        self._model = model
        self._store = store
        self._time_s = time_s
        self._lock = asyncio.Lock()
        self._known: Health | None = None
        self._known_until_s = 0.0

    async def __call__(self) -> tuple[Health, ...]:
        """State of the model, the database and the generation log."""
        model, database = await asyncio.gather(self._model.health(), self._database())
        return (model, database, Health("generation log", ok=True))

    async def _database(self) -> Health:
        async with self._lock:
            if self._known is None or self._time_s() >= self._known_until_s:
                self._known = await self._find_out()
                self._known_until_s = self._time_s() + _FRESH_S
            return self._known

    async def _find_out(self) -> Health:
        try:
            async with asyncio.timeout(_LIMIT_S):
                # A look-up that finds nothing: asked often, it must read no texts.
                await self._store.turns.find("", ["none"])
        except Exception as error:  # noqa: BLE001 whatever it is, it does not answer
            masked = report_bug(_log, "database.down", error)
            return Health("database", ok=False, detail=masked.message)
        return Health("database", ok=True)
