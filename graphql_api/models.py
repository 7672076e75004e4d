"""Which models there are, and how they are opened: the settings decide."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import replace
from typing import Final

from graphql_api.adapters.catalog_files import (
    DEFAULT_CONTEXT_WINDOW,
    ModelFile,
    read_assistants,
)
from graphql_api.adapters.echo import EchoModel
from graphql_api.adapters.llama_cpp import CONTEXT_TOKENS, LlamaCppServer
from graphql_api.adapters.openai.model import OpenAIModel
from graphql_api.adapters.scripted.model import ScriptedModel
from graphql_api.domain.models import Model
from graphql_api.ports.model import LanguageModel, ModelEndpoint
from graphql_api.services.catalog import Catalog
from graphql_api.settings import OPENAI_URL, Settings

_CONTEXT_WINDOWS: Final = {"local": CONTEXT_TOKENS}


def open_model(
    settings: Settings,
) -> tuple[LanguageModel, AbstractAsyncContextManager[None]]:
    """The model that the settings name, and the context in which it lives."""
    if settings.provider == "echo":
        return EchoModel(), nullcontext()
    if settings.provider == "mock":
        return _open_mock(settings), nullcontext()
    child = LlamaCppServer() if settings.provider == "local" else None
    fixed = ModelEndpoint(
        base_url=settings.openai_base_url, api_key=settings.openai_api_key
    )
    model = OpenAIModel(
        child or _FixedEndpoint(fixed), idle_timeout_s=settings.idle_timeout_s
    )
    return model, _alive(model, child)


def _open_mock(settings: Settings) -> ScriptedModel:
    return ScriptedModel(
        fault=settings.mock_fault,
        tokens_per_s=settings.mock_tokens_per_s,
        idle_timeout_s=settings.idle_timeout_s,
    )


def catalog_of(settings: Settings, files: ModelFile) -> Catalog:
    """The models and personas that clients can choose from."""
    default = files.models.get(settings.model) or Model(
        name=settings.model,
        provider=settings.provider,
        context_window=_CONTEXT_WINDOWS.get(settings.provider, DEFAULT_CONTEXT_WINDOW),
        free=settings.provider in {"local", "echo"},
        # What the embedded model writes for a title is worse than the rule's.
        titles=settings.provider == "openai",
    )
    models = [default, *_others(settings, files, default)]
    if settings.titles == "rule":
        models = [replace(model, titles=False) for model in models]
    return Catalog(
        models=models,
        default_model=models[0],
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
