"""Composition root: settings > adapters > services > schema > ASGI.

The only module that knows all parts.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from fastapi import FastAPI
from ulid import ULID

from graphql_api.adapters.catalog_files import read_models
from graphql_api.adapters.clock import SystemClock
from graphql_api.adapters.data_folder import DATABASE, locked
from graphql_api.adapters.memory import MemoryGenerationLog
from graphql_api.adapters.memory_rates import MemoryRates
from graphql_api.adapters.scripted.model import (
    PRICES,
    BudgetedTurns,
    ScriptedModel,
)
from graphql_api.adapters.sql.engine import open_store
from graphql_api.adapters.toktok import TokTokCounter
from graphql_api.domain.history import HistoryLimits
from graphql_api.models import catalog_of, open_model
from graphql_api.ports.model import LanguageModel
from graphql_api.ports.rates import Rates
from graphql_api.ports.store import Store
from graphql_api.pricing import PriceTable
from graphql_api.routes import served
from graphql_api.schema.context import Services
from graphql_api.services.access import Access
from graphql_api.services.administration import Administration
from graphql_api.services.answering import Answering
from graphql_api.services.asking import Asking
from graphql_api.services.budgets import Budgets
from graphql_api.services.catalog import Catalog
from graphql_api.services.chat import Chat
from graphql_api.services.finding import Finding
from graphql_api.services.generations import Generations
from graphql_api.services.health import Checks
from graphql_api.services.keys import Keys
from graphql_api.services.limiting import Limiting
from graphql_api.services.paying import Paying
from graphql_api.services.recovery import Recovery
from graphql_api.services.sharing import Sharing
from graphql_api.services.shelf import Shelf
from graphql_api.services.slots import Slots
from graphql_api.services.switch import AnswerSwitch
from graphql_api.services.tidying import Tidying
from graphql_api.services.titling import Titling
from graphql_api.services.turns import Turns
from graphql_api.services.visitors import Visitors
from graphql_api.services.watching import Watching
from graphql_api.settings import MOCK_MODEL, Settings
from graphql_api.sign_in import Surroundings, open_sign_in

_WINDOW_S: Final = 0.04
_MAX_MESSAGES: Final = 1_000
_TOKEN_BYTES: Final = 24
_KEY_BYTES: Final = 32


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application; its services are there once its lifespan has begun.

    Raises:
        SettingsError: A file that the settings name is missing or wrong.
    """
    parts = _parts(settings)
    opened: list[Services] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with _running(settings, parts) as services:
            opened[:] = [services]
            yield

    def services() -> Services:
        return opened[0]

    return served(settings, services, lifespan)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What needs no open connection, so that wrong settings are found at once."""

    model: LanguageModel
    alive: AbstractAsyncContextManager[None]
    catalog: Catalog
    prices: PriceTable
    log: MemoryGenerationLog
    rates: Rates


def _parts(settings: Settings) -> _Parts:
    model, alive = open_model(settings)
    files = read_models(settings.models_file, provider=settings.provider)
    return _Parts(
        model=model,
        alive=alive,
        catalog=catalog_of(settings, files),
        prices=PriceTable({MOCK_MODEL: PRICES} | dict(files.prices)),
        log=MemoryGenerationLog(window_s=_WINDOW_S, keep_s=settings.keep_generation_s),
        rates=MemoryRates(),
    )


@asynccontextmanager
async def _running(settings: Settings, parts: _Parts) -> AsyncGenerator[Services]:
    """Everything open and recovered; at the end drained and closed, in that order."""
    async with AsyncExitStack() as stack:
        store = await _open_store(settings, stack)
        if isinstance(parts.model, ScriptedModel):
            store = replace(store, turns=BudgetedTurns(store.turns, parts.model))
        await stack.enter_async_context(parts.alive)
        await stack.enter_async_context(parts.log)
        visitors = await stack.enter_async_context(
            open_sign_in(settings.sign_in, _surroundings(parts, store))
        )
        services, recovery, drain = _services(settings, parts, store, visitors)
        await recovery.recover()
        checkpoints = asyncio.create_task(
            recovery.checkpoint_for_ever(), name="checkpoints"
        )
        try:
            yield services
            await drain()
        finally:
            checkpoints.cancel()
            await asyncio.wait([checkpoints])


async def _open_store(settings: Settings, stack: AsyncExitStack) -> Store:
    address: Path | str | None = settings.database_url
    if address is None:
        folder = stack.enter_context(locked(settings.data_dir))
        address = folder / DATABASE
    return await stack.enter_async_context(open_store(address))


def _surroundings(parts: _Parts, store: Store) -> Surroundings:
    return Surroundings(
        store=store,
        log=parts.log,
        rates=parts.rates,
        clock=SystemClock(),
        new_id=_new_id,
    )


def _services(
    settings: Settings, parts: _Parts, store: Store, visitors: Visitors | None
) -> tuple[Services, Recovery, Callable[[], Awaitable[None]]]:
    clock, catalog, rates = SystemClock(), parts.catalog, parts.rates
    limits = HistoryLimits(
        message_chars=settings.max_message_chars,
        history_chars=settings.max_history_chars,
        messages=_MAX_MESSAGES,
    )
    slots = Slots(live=settings.max_live, queued=settings.max_queued)
    answering = Answering(
        parts.model, prices=parts.prices, counter=TokTokCounter(), clock=clock
    )
    access = Access(
        store,
        keys="keys" in settings.auth,
        visitors=visitors,
        recheck_s=settings.recheck_s,
        rates=rates,
        clock=clock,
    )
    chat = Chat(
        catalog=catalog,
        limits=limits,
        max_prompt_tokens=settings.max_prompt_tokens,
        max_completion_tokens=settings.max_completion_tokens,
        answering=answering,
    )
    generations = Generations(
        parts.log, answering=answering, slots=slots, new_id=lambda: _new_id("gen")
    )
    budgets = Budgets(
        store, each=settings.limits, service=settings.service_limits, clock=clock
    )
    limiting = Limiting(
        rates,
        slots,
        budgets,
        usual=settings.limits,
        each_address=settings.address_limits,
    )
    paying = Paying(store, answering=answering, budgets=budgets, new_id=_new_id)
    asking = Asking(
        chat=chat,
        answering=answering,
        generations=generations,
        limiting=limiting,
        paying=paying,
        clock=clock,
    )
    titling = Titling(
        store, answering=answering, slots=slots, paying=paying, clock=clock
    )
    turns = Turns(
        store,
        chat=chat,
        answering=answering,
        generations=generations,
        titling=titling,
        limiting=limiting,
        clock=clock,
        new_id=_new_id,
    )
    shelf = Shelf(store, catalog=catalog, limits=limits, clock=clock, new_id=_new_id)
    services = Services(
        access=access,
        keys=Keys(
            store,
            clock=clock,
            new_id=_new_id,
            new_secret=lambda: token_urlsafe(_KEY_BYTES),
        ),
        switch=AnswerSwitch(store, clock=clock, new_id=_new_id),
        administration=Administration(store, clock=clock, new_id=_new_id),
        visitors=visitors,
        limiting=limiting,
        asking=asking,
        generations=generations,
        watching=Watching(generations, store.turns),
        turns=turns,
        shelf=shelf,
        finding=Finding(store),
        tidying=Tidying(turns, shelf),
        sharing=Sharing(
            store,
            catalog=catalog,
            clock=clock,
            new_id=_new_id,
            new_token=lambda: token_urlsafe(_TOKEN_BYTES),
        ),
        budgets=budgets,
        catalog=catalog,
        prices=parts.prices,
        health=Checks(parts.model, store),
        clock=clock,
        version=_version(),
    )
    recovery = Recovery(
        store,
        answering=answering,
        chat=chat,
        generations=generations,
        catalog=catalog,
        clock=clock,
    )

    async def drain() -> None:
        await asyncio.gather(
            *(part.drain(settings.drain_s) for part in (generations, titling, asking))
        )
        await paying.drain()

    return services, recovery, drain


def _new_id(prefix: str) -> str:
    return f"{prefix}_{ULID()}"


def _version() -> str:
    try:
        return version("sidekick-chat")
    except PackageNotFoundError:  # a checkout that is not installed
        return "0.1.0"
