"""Every environment variable of the service, with its unit and default.

Read once, at the start, and passed down; nothing else reads the environment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

from platformdirs import user_data_path

from graphql_api.errors import SettingsError

Provider = Literal["local", "openai", "echo"]

OPENAI_URL: Final = "https://api.openai.com/v1"
DEFAULT_OPENAI_MODEL: Final = "gpt-6-luna"
LOCAL_MODEL: Final = "smollm2-135m-instruct"
ECHO_MODEL: Final = "echo"
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_DEFAULT_MODELS: Final[Mapping[Provider, str]] = {
    "local": LOCAL_MODEL,
    "openai": DEFAULT_OPENAI_MODEL,
    "echo": ECHO_MODEL,
}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The service's settings; see `docs/settings.md` for the variables.

    Attributes:
        host: Address to listen on; only loopback in this release.
        port: TCP port of the API, 0 for any free one.
        provider: Who answers.
        model: Name of the default model.
        openai_api_key: Key for the provider; never shown.
        openai_base_url: Address of the provider's API.
        data_dir: Folder for what the service keeps.
        database_url: Address of a PostgreSQL; None: SQLite in the data folder.
        assistants_file: Personas; None: the ones that come with the package.
        models_file: Prices and dates of models on top of the package's own.
        allowed_hosts: Further values of the Host header that are served.
        allowed_origins: Further origins whose pages may call the API.
        max_message_chars: Most characters of a user's message.
        max_history_chars: Most characters of a whole history.
        max_live: Generations that run at once; more wait in line.
        max_queued: Generations that wait in line; more are refused.
        max_completion_tokens: Upper bound of an answer in tokens; None: no bound.
        idle_timeout_s: Longest silence of a provider in seconds.
        keep_generation_s: Seconds for which an ended generation can be followed.
        drain_s: Seconds that running generations get to finish at shutdown.
    """

    host: str
    port: int
    provider: Provider
    model: str
    openai_api_key: str = field(repr=False)
    openai_base_url: str
    data_dir: Path
    database_url: str | None = field(repr=False)
    assistants_file: Path | None
    models_file: Path | None
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    max_message_chars: int
    max_history_chars: int
    max_live: int
    max_queued: int
    max_completion_tokens: int | None
    idle_timeout_s: float
    keep_generation_s: float
    drain_s: float


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables.

    Raises:
        SettingsError: A value is wrong; the message names the variable.
    """
    read = _Reader(environ)
    provider = _provider(environ)
    _check_key(environ, provider)
    return Settings(
        host=_host(environ),
        port=read.integer("SIDEKICK_API_PORT", 8000, low=0, high=65535),
        provider=provider,
        model=_model(environ, provider),
        openai_api_key=_key(environ),
        openai_base_url=environ.get("OPENAI_BASE_URL") or OPENAI_URL,
        data_dir=read.path("SIDEKICK_DATA_DIR") or user_data_path("sidekick"),
        database_url=environ.get("DATABASE_URL") or None,
        assistants_file=read.path("SIDEKICK_ASSISTANTS_FILE"),
        models_file=read.path("SIDEKICK_MODELS_FILE"),
        allowed_hosts=read.words("SIDEKICK_ALLOWED_HOSTS"),
        allowed_origins=read.words("SIDEKICK_ALLOWED_ORIGINS"),
        max_message_chars=read.integer("SIDEKICK_MAX_MESSAGE_CHARS", 4000),
        max_history_chars=read.integer("SIDEKICK_MAX_HISTORY_CHARS", 200_000),
        max_live=read.integer("SIDEKICK_MAX_LIVE", 4 if provider == "local" else 200),
        max_queued=read.integer("SIDEKICK_MAX_QUEUED", 100, low=0),
        max_completion_tokens=read.optional("SIDEKICK_MAX_COMPLETION_TOKENS"),
        idle_timeout_s=read.seconds("SIDEKICK_IDLE_TIMEOUT_S", 60, low=0.1),
        keep_generation_s=read.seconds("SIDEKICK_KEEP_GENERATION_S", 600),
        drain_s=read.seconds("SIDEKICK_DRAIN_S", 2),
    )


def _provider(environ: Mapping[str, str]) -> Provider:
    value = environ.get("SIDEKICK_PROVIDER") or "auto"
    if value == "auto":
        remote = environ.get("OPENAI_API_KEY") or environ.get("OPENAI_BASE_URL")
        return "openai" if remote else "local"
    for provider in get_args(Provider):
        if value == provider:
            return provider
    names = ", ".join(("auto", *get_args(Provider)))
    msg = f"SIDEKICK_PROVIDER is {value!r}; it must be one of {names}."
    raise SettingsError(msg)


def _key(environ: Mapping[str, str]) -> str:
    key = environ.get("OPENAI_API_KEY", "").strip()
    if not (key.isascii() and key.isprintable()):
        msg = "OPENAI_API_KEY holds characters that no key has."
        raise SettingsError(msg)
    return key


def _check_key(environ: Mapping[str, str], provider: Provider) -> None:
    own_server = environ.get("OPENAI_BASE_URL")
    if provider == "openai" and not own_server and not environ.get("OPENAI_API_KEY"):
        msg = (
            "SIDEKICK_PROVIDER is 'openai', but OPENAI_API_KEY is not set: set it, or "
            "set OPENAI_BASE_URL to a server that needs none."
        )
        raise SettingsError(msg)


def _model(environ: Mapping[str, str], provider: Provider) -> str:
    default = _DEFAULT_MODELS[provider]
    model = environ.get("SIDEKICK_MODEL") or default
    if provider != "openai" and model != default:
        msg = (
            f"SIDEKICK_MODEL is {model!r}, but the {provider} provider only has "
            f"{default!r}. Set OPENAI_API_KEY or OPENAI_BASE_URL to use other models."
        )
        raise SettingsError(msg)
    return model


def _host(environ: Mapping[str, str]) -> str:
    host = environ.get("SIDEKICK_API_HOST") or "127.0.0.1"
    if host not in _LOOPBACK:
        msg = (
            f"SIDEKICK_API_HOST is {host!r}, but this release has no authentication "
            "and so listens on loopback only: use 127.0.0.1."
        )
        raise SettingsError(msg)
    return host


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def integer(
        self, name: str, default: int, *, low: int = 1, high: int = 10**9
    ) -> int:
        return self._number(name, default, int, low, high)

    def optional(self, name: str) -> int | None:
        return self.integer(name, 0) if self._environ.get(name) else None

    def seconds(self, name: str, default: float, *, low: float = 0) -> float:
        return self._number(name, default, float, low, 86_400)

    def path(self, name: str) -> Path | None:
        value = self._environ.get(name)
        return Path(value) if value else None

    def words(self, name: str) -> tuple[str, ...]:
        value = self._environ.get(name, "")
        return tuple(word.strip() for word in value.split(",") if word.strip())

    def _number(
        self,
        name: str,
        default: _T,
        parse: Callable[[str], _T],
        low: float,
        high: float,
    ) -> _T:
        text = self._environ.get(name)
        if not text:
            return default
        try:
            value = parse(text) if text.isascii() else None
        except ValueError:
            value = None
        if not isinstance(value, int | float) or not low <= value <= high:
            msg = f"{name} is {text!r}; it must be a number from {low:g} to {high:g}."
            raise SettingsError(msg)
        return value
