"""Pays for runs of a model that are no stored turns: answers to `chat`, and titles.

Each is reserved before the model is asked and charged when it ends, however it ends.
What a crash leaves is given back by the next start.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from graphql_api.domain.access import Payer
from graphql_api.domain.accounts import NewRun
from graphql_api.domain.conversations import Purpose
from graphql_api.domain.generations import Outcome
from graphql_api.domain.models import ModelRequest
from graphql_api.errors import report_bug
from graphql_api.ports.store import Store
from graphql_api.services.answering import Answering
from graphql_api.services.budgets import Budgets

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of a model, when, and who pays for it."""

    payer: Payer
    request: ModelRequest
    assistant_key: str
    at: datetime
    purpose: Purpose = Purpose.ANSWER
    conversation_id: str | None = None


@dataclass(slots=True)
class Tab:
    """What came of a run; None: the model was not asked, and nothing is charged."""

    outcome: Outcome | None = None


class Paying:
    """Opens and closes runs."""

    def __init__(
        self,
        store: Store,
        *,
        answering: Answering,
        budgets: Budgets,
        new_id: Callable[[str], str],
    ) -> None:
        """Take the parts; ``new_id`` makes an identifier with a prefix."""
        self._runs = store.runs
        self._answering = answering
        self._budgets = budgets
        self._new_id = new_id
        self._closing: set[asyncio.Task[None]] = set()

    async def open(self, order: Order) -> str:
        """Reserve what an order may cost; the identifier of its generation.

        Raises:
            BudgetExceeded: It does not fit.
        """
        run = NewRun(
            generation_id=self._new_id("gen"),
            payer=order.payer,
            conversation_id=order.conversation_id,
            purpose=order.purpose,
            model_name=order.request.model.name,
            assistant_key=order.assistant_key,
            reserve_usd=self._answering.reserve_usd(order.request),
            at=order.at,
        )
        await self._budgets.hold(order.payer, at=run.at)
        await self._runs.begin(run)
        return run.generation_id

    async def close(self, generation_id: str, outcome: Outcome | None) -> None:
        """Give the reserve back and charge the outcome; who leaves does not hinder it.

        What cannot be stored is logged, and closed by the next start.
        """
        await self._surely(self._end(generation_id, outcome))

    @asynccontextmanager
    async def tab(self, order: Order) -> AsyncGenerator[Tab]:
        """Keep an order's reserve inside the context; charge what the tab says then.

        Raises:
            BudgetExceeded: The reserve does not fit.
        """
        tab, opening = Tab(), asyncio.create_task(self.open(order))
        try:
            await asyncio.shield(opening)
            yield tab
        finally:
            await self._surely(self._settle(opening, tab))

    async def drain(self) -> None:
        """Wait until everything that is being closed is stored."""
        if self._closing:
            await asyncio.wait(self._closing)

    async def _surely(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        await asyncio.shield(task)

    async def _settle(self, opening: asyncio.Task[str], tab: Tab) -> None:
        # Who left while it was stored has opened it all the same.
        await asyncio.wait([opening])
        if opening.exception() is None:
            await self._end(opening.result(), tab.outcome)

    async def _end(self, generation_id: str, outcome: Outcome | None) -> None:
        try:
            await self._runs.end(generation_id, outcome)
        except Exception as error:  # noqa: BLE001 whoever waits has the answer
            report_bug(_log, "run.not_charged", error)
