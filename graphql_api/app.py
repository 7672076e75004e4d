"""Composition root: settings > adapters > services > schema > ASGI.

The only module that knows all parts.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Iterable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI
from ulid import ULID

from graphql_api.adapters.catalog_files import (
    DEFAULT_CONTEXT_WINDOW,
    ModelFile,
    read_assistants,
    read_models,
)
from graphql_api.adapters.data_folder import locked
from graphql_api.adapters.echo import EchoModel
from graphql_api.adapters.llama_cpp import CONTEXT_TOKENS, LlamaCppServer
from graphql_api.adapters.memory import MemoryGenerationLog
from graphql_api.adapters.openai.model import OpenAIModel
from graphql_api.adapters.sql.engine import open_store
from graphql_api.adapters.toktok import TokTokCounter
from graphql_api.domain.history import HistoryLimits
from graphql_api.domain.models import Health, Model
from graphql_api.errors import report_bug
from graphql_api.ports.model import LanguageModel, ModelEndpoint
from graphql_api.ports.store import Store
from graphql_api.pricing import PriceTable
from graphql_api.schema.build import build_schema
from graphql_api.schema.context import Services
from graphql_api.schema.endpoint import (
    MAX_BODY_BYTES,
    MAX_FRAME_BYTES,
    Endpoint,
)
from graphql_api.schema.guards import Guard
from graphql_api.schema.probes import probes
from graphql_api.services.answering import Answering
from graphql_api.services.catalog import Catalog
from graphql_api.services.chat import Chat
from graphql_api.services.generations import Generations
from graphql_api.services.recovery import Recovery
from graphql_api.services.shelf import Shelf
from graphql_api.services.slots import Slots
from graphql_api.services.turns import Turns
from graphql_api.services.watching import Watching
from graphql_api.settings import OPENAI_URL, Settings

# Open streams are cut after this; a generation then gets `drain_s` to finish.
_GRACE_S: Final = 2
_WINDOW_S: Final = 0.04
_CHECK_S: Final = 5
_log = logging.getLogger(__name__)
_MAX_MESSAGES: Final = 1_000
_CONTEXT_WINDOWS: Final = {"local": CONTEXT_TOKENS}


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class _FixedEndpoint:
    def __init__(self, endpoint: ModelEndpoint) -> None:
        self._endpoint = endpoint

    async def endpoint(self) -> ModelEndpoint:
        return self._endpoint


@asynccontextmanager
async def _alive(
    model: OpenAIModel, child: LlamaCppServer | None
) -> AsyncGenerator[None]:
    async with AsyncExitStack() as stack:
        if child is not None:
            await stack.enter_async_context(child)
        stack.push_async_callback(model.aclose)
        yield


def _open_model(
    settings: Settings,
) -> tuple[LanguageModel, AbstractAsyncContextManager[None]]:
    """The model that the settings name, and the context in which it lives."""
    if settings.provider == "echo":
        return EchoModel(), nullcontext()
    child = LlamaCppServer() if settings.provider == "local" else None
    fixed = ModelEndpoint(
        base_url=settings.openai_base_url, api_key=settings.openai_api_key
    )
    model = OpenAIModel(
        child or _FixedEndpoint(fixed), idle_timeout_s=settings.idle_timeout_s
    )
    return model, _alive(model, child)


class _Checks:
    def __init__(self, model: LanguageModel, store: Store) -> None:
        self._model = model
        self._store = store

    async def __call__(self) -> tuple[Health, ...]:
        model, database = await asyncio.gather(self._model.health(), self._database())
        return (model, database, Health("generation log", ok=True))

    async def _database(self) -> Health:
        try:
            async with asyncio.timeout(_CHECK_S):
                # A look-up that finds nothing: asked often, it must read no texts.
                await self._store.turns.find("", ["none"])
        except Exception as error:  # noqa: BLE001 whatever it is, it does not answer
            masked = report_bug(_log, "database.down", error)
            return Health("database", ok=False, detail=masked.message)
        return Health("database", ok=True)


async def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve on the listening socket until SIGTERM or Ctrl-C.

    Raises:
        SettingsError: A file that the settings name is missing or wrong.
    """
    config = uvicorn.Config(
        create_app(settings),
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_GRACE_S,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    await uvicorn.Server(config).serve(sockets=[listener])


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

    app = FastAPI(
        title="Sidekick",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.include_router(
        Endpoint(build_schema(), services, origins=settings.allowed_origins)
    )
    app.include_router(probes(services))
    app.add_middleware(
        Guard,
        hosts=settings.allowed_hosts,
        origins=settings.allowed_origins,
        max_body_bytes=MAX_BODY_BYTES,
    )
    return app


@dataclass(frozen=True, slots=True)
class _Parts:
    """What needs no open connection, so that wrong settings are found at once."""

    model: LanguageModel
    alive: AbstractAsyncContextManager[None]
    catalog: Catalog
    prices: PriceTable
    log: MemoryGenerationLog


def _parts(settings: Settings) -> _Parts:
    model, alive = _open_model(settings)
    files = read_models(settings.models_file, provider=settings.provider)
    return _Parts(
        model=model,
        alive=alive,
        catalog=_catalog(settings, files),
        prices=PriceTable(files.prices),
        log=MemoryGenerationLog(window_s=_WINDOW_S, keep_s=settings.keep_generation_s),
    )


@asynccontextmanager
async def _running(settings: Settings, parts: _Parts) -> AsyncGenerator[Services]:
    """Everything open and recovered; at the end drained and closed, in that order."""
    async with AsyncExitStack() as stack:
        store = await _open_store(settings, stack)
        await stack.enter_async_context(parts.alive)
        await stack.enter_async_context(parts.log)
        services, recovery = _services(settings, parts, store)
        await recovery.recover()
        checkpoints = asyncio.create_task(
            recovery.checkpoint_for_ever(), name="checkpoints"
        )
        try:
            yield services
            await services.generations.drain(settings.drain_s)
        finally:
            checkpoints.cancel()
            await asyncio.wait([checkpoints])


async def _open_store(settings: Settings, stack: AsyncExitStack) -> Store:
    address: Path | str | None = settings.database_url
    if address is None:
        folder = stack.enter_context(locked(settings.data_dir))
        address = folder / "sidekick.db"
    opened = await stack.enter_async_context(open_store(address))
    return Store(opened.conversations, opened.messages, opened.turns, opened.ledger)


def _services(
    settings: Settings, parts: _Parts, store: Store
) -> tuple[Services, Recovery]:
    clock, catalog = _Clock(), parts.catalog
    limits = HistoryLimits(
        message_chars=settings.max_message_chars,
        history_chars=settings.max_history_chars,
        messages=_MAX_MESSAGES,
    )
    slots = Slots(live=settings.max_live, queued=settings.max_queued)
    answering = Answering(
        parts.model, prices=parts.prices, counter=TokTokCounter(), clock=clock
    )
    chat = Chat(
        catalog=catalog,
        limits=limits,
        max_completion_tokens=settings.max_completion_tokens,
        answering=answering,
        slots=slots,
    )
    generations = Generations(
        parts.log, answering=answering, slots=slots, new_id=lambda: _new_id("gen")
    )
    services = Services(
        chat=chat,
        generations=generations,
        watching=Watching(generations, store.turns),
        turns=Turns(
            store,
            chat=chat,
            answering=answering,
            generations=generations,
            clock=clock,
            new_id=_new_id,
        ),
        shelf=Shelf(store, catalog=catalog, limits=limits, clock=clock, new_id=_new_id),
        catalog=catalog,
        prices=parts.prices,
        health=_Checks(parts.model, store),
        clock=clock,
        version=_version(),
    )
    recovery = Recovery(
        store,
        answering=answering,
        generations=generations,
        catalog=catalog,
        clock=clock,
    )
    return services, recovery


def _new_id(prefix: str) -> str:
    return f"{prefix}_{ULID()}"


def _catalog(settings: Settings, files: ModelFile) -> Catalog:
    default = files.models.get(settings.model) or Model(
        name=settings.model,
        provider=settings.provider,
        context_window=_CONTEXT_WINDOWS.get(settings.provider, DEFAULT_CONTEXT_WINDOW),
        free=settings.provider != "openai",
    )
    return Catalog(
        models=(default, *_others(settings, files, default)),
        default_model=default,
        assistants=read_assistants(settings.assistants_file),
    )


def _others(settings: Settings, files: ModelFile, default: Model) -> Iterable[Model]:
    """Further models that can be chosen.

    Of another server than OpenAI's only those are known that the operator lists.
    """
    if settings.provider != "openai":
        return
    for model in files.models.values():
        known = settings.openai_base_url == OPENAI_URL or model.name in files.own
        if known and model != default:
            yield model


def _version() -> str:
    try:
        return version("sidekick-chat")
    except PackageNotFoundError:  # a checkout that is not installed
        return "0.1.0"
