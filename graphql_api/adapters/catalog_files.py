"""Assistants, models and price overrides from TOML files."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec

from graphql_api.domain.models import Assistant, Model
from graphql_api.domain.money import PriceList
from graphql_api.errors import SettingsError

# What a model that no file lists is taken to hold, in tokens.
DEFAULT_CONTEXT_WINDOW: Final = 128_000
_T = TypeVar("_T")
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Assistant(msgspec.Struct, forbid_unknown_fields=True):
    key: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,40}$")]
    name: str
    system_prompt: str
    description: str | None = None
    model: str | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.7
    starters: tuple[str, ...] = ()


class _AssistantsFile(msgspec.Struct, forbid_unknown_fields=True):
    assistants: Annotated[list[_Assistant], msgspec.Meta(min_length=1)]


class _Prices(msgspec.Struct, forbid_unknown_fields=True):
    prompt: Decimal
    completion: Decimal
    cached_prompt: Decimal | None = None
    cache_write: Decimal | None = None
    effective_at: _Instant | None = None

    def __post_init__(self) -> None:
        rates = (self.prompt, self.completion, self.cached_prompt, self.cache_write)
        if any(
            rate is not None and not (rate.is_finite() and rate >= 0) for rate in rates
        ):
            msg = "a price must be a number from 0"
            raise ValueError(msg)


class _Model(msgspec.Struct, forbid_unknown_fields=True):
    context_window: Annotated[int, msgspec.Meta(gt=0)] = DEFAULT_CONTEXT_WINDOW
    shutdown_at: _Instant | None = None
    replacement: str | None = None
    titles: bool = True
    price: _Prices | None = None


class _ModelsFile(msgspec.Struct, forbid_unknown_fields=True):
    models: dict[str, _Model]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What the files say about models, by name.

    Attributes:
        models: The models, without the provider's own knowledge.
        own: Names of the models in the operator's file.
        prices: The operator's own prices; they win over any price table.
    """

    models: Mapping[str, Model]
    own: frozenset[str]
    prices: Mapping[str, PriceList]


def read_assistants(path: Path | None) -> Sequence[Assistant]:
    """Assistants of a file, or the ones that come with the package.

    Raises:
        SettingsError: The file is missing or wrong.
    """
    text = _text(path, "assistants.toml", "SIDEKICK_ASSISTANTS_FILE")
    parsed = _parse(text, _AssistantsFile, path or Path("assistants.toml"))
    return [
        Assistant(
            key=item.key,
            name=item.name,
            description=item.description,
            system_prompt=item.system_prompt.strip(),
            model=item.model,
            temperature=item.temperature,
            starters=item.starters,
        )
        for item in parsed.assistants
    ]


def read_models(path: Path | None, *, provider: str) -> ModelFile:
    """Models of the package's own file and, on top, of the operator's.

    Raises:
        SettingsError: The file is missing or wrong.
    """
    own = {} if path is None else _models(path)
    found = _models(None) | own
    return ModelFile(
        models={
            name: Model(
                name=name,
                provider=provider,
                context_window=item.context_window,
                shutdown_at=item.shutdown_at,
                replacement=item.replacement,
                titles=item.titles,
            )
            for name, item in found.items()
        },
        own=frozenset(own),
        prices={
            name: _price_list(item.price) for name, item in found.items() if item.price
        },
    )


def _models(path: Path | None) -> dict[str, _Model]:
    text = _text(path, "models.toml", "SIDEKICK_MODELS_FILE")
    return _parse(text, _ModelsFile, path or Path("models.toml")).models


def _price_list(prices: _Prices) -> PriceList:
    return PriceList(
        prompt=prices.prompt,
        completion=prices.completion,
        cached_prompt=prices.cached_prompt,
        cache_write=prices.cache_write,
        effective_at=prices.effective_at,
        source="settings",
    )


def _text(path: Path | None, name: str, variable: str) -> str:
    if path is None:
        return files("graphql_api").joinpath(name).read_text(encoding="utf-8")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{variable} is {str(path)!r}, which cannot be read: {error}"
        raise SettingsError(msg) from error


def _parse(text: str, shape: type[_T], path: Path) -> _T:
    try:
        return msgspec.convert(tomllib.loads(text), shape)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"{path} is wrong: {error}"
        raise SettingsError(msg) from error
