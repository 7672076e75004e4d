"""Every environment variable of the service, with its unit and default.

Read once, at the start, and passed down; nothing else reads the environment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from platformdirs import user_data_path

from graphql_api.domain.access import Limits
from graphql_api.environment import Environment, with_secrets
from graphql_api.errors import SettingsError
from graphql_api.sign_in_settings import (
    Auth,
    SignInSettings,
    read_auth,
    read_sign_in,
)

Titles = Literal["model", "rule"]
Provider = Literal["local", "openai", "echo", "mock"]

OPENAI_URL: Final = "https://api.openai.com/v1"
DEFAULT_OPENAI_MODEL: Final = "gpt-6-luna"
LOCAL_MODEL: Final = "smollm2-135m-instruct"
ECHO_MODEL: Final = "echo"
MOCK_MODEL: Final = "mock-1"
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_DEFAULT_MODELS: Final[Mapping[Provider, str]] = {
    "local": LOCAL_MODEL,
    "openai": DEFAULT_OPENAI_MODEL,
    "echo": ECHO_MODEL,
    "mock": MOCK_MODEL,
}
_TITLES: Final[Mapping[str, Titles]] = {"model": "model", "rule": "rule"}
_SECRET_FILES: Final = {
    "OPENAI_API_KEY_FILE": "OPENAI_API_KEY",
    "DATABASE_URL_FILE": "DATABASE_URL",
    "SIDEKICK_OIDC_CLIENT_SECRET_FILE": "SIDEKICK_OIDC_CLIENT_SECRET",
    "SIDEKICK_SESSION_SECRET_FILE": "SIDEKICK_SESSION_SECRET",
}
_SWITCH: Final = {"on": True, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLimits:
    """The largest GraphQL request that is looked at; each number is of one document.

    Attributes:
        chars: Characters of its text.
        tokens: Names, numbers, strings and punctuation marks; comments on their own.
        depth: Fields below one another.
        fields: Fields, with fragments unfolded.
        pairs: Pairs of fields with the same name, which validation compares.
        aliases: Fields with an alias, with fragments unfolded.
        root_fields: Fields of one operation's first level.
        directives: Directives applied, with fragments unfolded.
        fragments: Fragment definitions.
        operations: Operation definitions.
        cost: Points by `@cost` and `@listSize`, of the operation that runs.
        values: Values that the answer can hold by `@listSize`.
        variable_values: Values in the variables, at all depths.
    """

    chars: int = 50_000
    tokens: int = 1_500
    depth: int = 16
    fields: int = 400
    pairs: int = 20_000
    aliases: int = 50
    root_fields: int = 20
    directives: int = 50
    fragments: int = 50
    operations: int = 20
    cost: int = 5_000
    values: int = 10_000
    variable_values: int = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The service's settings; see `docs/settings.md` for the variables.

    Attributes:
        host: Address to listen on; other than loopback only with authentication.
        auth: How callers may show who they are; empty: they need not.
        sign_in: How people sign in; None: they cannot.
        recheck_s: Seconds after which a revoked key works no more.
        limits: Limits of each principal that has none of its own.
        service_limits: What all together may spend.
        address_limits: Limits of each address, whoever asks from there.
        trusted_proxies: Addresses whose X-Forwarded-For is believed.
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
        max_prompt_tokens: Most tokens that a model reads for an answer; None: any.
        max_completion_tokens: Upper bound of an answer in tokens; None: no bound.
        idle_timeout_s: Longest silence of a provider in seconds.
        titles: Who writes titles: a model that can, or always the rule.
        keep_generation_s: Seconds for which an ended generation can be followed.
        drain_s: Seconds that running generations get to finish at shutdown.
        send_timeout_s: Seconds a client may read nothing before it is cut off.
        mock_fault: How the mock's answers fail; None: they do not.
        mock_tokens_per_s: Speed of the mock; 0: as fast as it goes.
        document_limits: The largest GraphQL request that is looked at.
        request_timeout_s: Seconds for a request's head, and again for its body.
        introspection: Whether clients may ask for the schema.
        trusted_documents: File of the only documents that are run; None: all are.
    """

    host: str
    port: int
    auth: frozenset[Auth]
    sign_in: SignInSettings | None
    recheck_s: float
    limits: Limits
    service_limits: Limits
    address_limits: Limits
    trusted_proxies: tuple[str, ...]
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
    max_prompt_tokens: int | None
    max_completion_tokens: int | None
    idle_timeout_s: float
    titles: Titles
    keep_generation_s: float
    drain_s: float
    send_timeout_s: float
    mock_fault: str | None
    mock_tokens_per_s: float
    document_limits: DocumentLimits
    request_timeout_s: float
    introspection: bool
    trusted_documents: Path | None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables.

    Raises:
        SettingsError: A value is wrong; the message names the variable.
    """
    environ = with_secrets(environ, _SECRET_FILES)
    read = Environment(environ)
    provider = _provider(environ)
    _check_key(environ, provider)
    auth = read_auth(read)
    sign_in = read_sign_in(environ) if "oidc" in auth else None
    own_hosts = (sign_in.host,) if sign_in else ()
    own_origins = (sign_in.public_url,) if sign_in else ()
    return Settings(
        host=_host(environ, safe=bool(auth)),
        port=read.integer("SIDEKICK_API_PORT", 8000, low=0, high=65535),
        auth=auth,
        sign_in=sign_in,
        recheck_s=read.seconds("SIDEKICK_RECHECK_S", 20, low=0.01, high=60),
        limits=_limits(read),
        service_limits=Limits(
            daily_usd=read.usd("SIDEKICK_SERVICE_DAILY_BUDGET_USD"),
            monthly_usd=read.usd("SIDEKICK_SERVICE_MONTHLY_BUDGET_USD"),
        ),
        address_limits=Limits(
            requests_per_minute=read.optional("SIDEKICK_ADDRESS_REQUESTS_PER_MINUTE"),
            tokens_per_minute=read.optional("SIDEKICK_ADDRESS_TOKENS_PER_MINUTE"),
            concurrent=read.optional("SIDEKICK_ADDRESS_CONCURRENT_ANSWERS"),
        ),
        trusted_proxies=read.words("SIDEKICK_TRUSTED_PROXIES") or ("127.0.0.1", "::1"),
        provider=provider,
        model=_model(environ, provider),
        openai_api_key=_key(environ),
        openai_base_url=environ.get("OPENAI_BASE_URL") or OPENAI_URL,
        data_dir=read.path("SIDEKICK_DATA_DIR") or user_data_path("sidekick"),
        database_url=environ.get("DATABASE_URL") or None,
        assistants_file=read.path("SIDEKICK_ASSISTANTS_FILE"),
        models_file=read.path("SIDEKICK_MODELS_FILE"),
        allowed_hosts=read.words("SIDEKICK_ALLOWED_HOSTS") + own_hosts,
        allowed_origins=read.words("SIDEKICK_ALLOWED_ORIGINS") + own_origins,
        max_message_chars=read.integer("SIDEKICK_MAX_MESSAGE_CHARS", 20_000),
        max_history_chars=read.integer("SIDEKICK_MAX_HISTORY_CHARS", 200_000),
        max_live=read.integer("SIDEKICK_MAX_LIVE", 4 if provider == "local" else 200),
        max_queued=read.integer("SIDEKICK_MAX_QUEUED", 100, low=0),
        max_prompt_tokens=read.optional("SIDEKICK_MAX_PROMPT_TOKENS"),
        max_completion_tokens=read.optional("SIDEKICK_MAX_COMPLETION_TOKENS"),
        idle_timeout_s=read.seconds("SIDEKICK_IDLE_TIMEOUT_S", 60, low=0.1),
        keep_generation_s=read.seconds("SIDEKICK_KEEP_GENERATION_S", 600),
        titles=read.choice("SIDEKICK_TITLES", _TITLES, "model"),
        drain_s=read.seconds("SIDEKICK_DRAIN_S", 2),
        send_timeout_s=read.seconds("SIDEKICK_SEND_TIMEOUT_S", 30, low=0.1),
        mock_fault=environ.get("SIDEKICK_MOCK_FAULT") or None,
        mock_tokens_per_s=read.integer("SIDEKICK_MOCK_TOKENS_PER_S", 50, low=0),
        document_limits=_document_limits(read),
        request_timeout_s=read.seconds("SIDEKICK_REQUEST_TIMEOUT_S", 10, low=0.1),
        introspection=read.choice("SIDEKICK_INTROSPECTION", _SWITCH, "on"),
        trusted_documents=read.path("SIDEKICK_TRUSTED_DOCUMENTS"),
    )


def _limits(read: Environment) -> Limits:
    return Limits(
        requests_per_minute=read.optional("SIDEKICK_REQUESTS_PER_MINUTE"),
        tokens_per_minute=read.optional("SIDEKICK_TOKENS_PER_MINUTE"),
        concurrent=read.optional("SIDEKICK_CONCURRENT_ANSWERS"),
        daily_usd=read.usd("SIDEKICK_DAILY_BUDGET_USD"),
        monthly_usd=read.usd("SIDEKICK_MONTHLY_BUDGET_USD"),
    )


def _document_limits(read: Environment) -> DocumentLimits:
    usual = DocumentLimits()
    return DocumentLimits(
        chars=read.integer("SIDEKICK_MAX_DOCUMENT_CHARS", usual.chars),
        tokens=read.integer("SIDEKICK_MAX_DOCUMENT_TOKENS", usual.tokens),
        depth=read.integer("SIDEKICK_MAX_DEPTH", usual.depth, high=100),
        fields=read.integer("SIDEKICK_MAX_FIELDS", usual.fields),
        pairs=read.integer("SIDEKICK_MAX_PAIRS", usual.pairs),
        aliases=read.integer("SIDEKICK_MAX_ALIASES", usual.aliases),
        root_fields=read.integer("SIDEKICK_MAX_ROOT_FIELDS", usual.root_fields),
        directives=read.integer("SIDEKICK_MAX_DIRECTIVES", usual.directives),
        fragments=read.integer("SIDEKICK_MAX_FRAGMENTS", usual.fragments),
        operations=read.integer("SIDEKICK_MAX_OPERATIONS", usual.operations),
        cost=read.integer("SIDEKICK_MAX_COST", usual.cost),
        values=read.integer("SIDEKICK_MAX_VALUES", usual.values),
        variable_values=read.integer(
            "SIDEKICK_MAX_VARIABLE_VALUES", usual.variable_values
        ),
    )


def _provider(environ: Mapping[str, str]) -> Provider:
    remote = environ.get("OPENAI_API_KEY") or environ.get("OPENAI_BASE_URL")
    usual: Provider = "openai" if remote else "local"
    allowed: dict[str, Provider] = {one: one for one in get_args(Provider)}
    allowed = {"auto": usual, **allowed}
    return Environment(environ).choice("SIDEKICK_PROVIDER", allowed, "auto")


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


def _host(environ: Mapping[str, str], *, safe: bool) -> str:
    host = environ.get("SIDEKICK_API_HOST") or "127.0.0.1"
    named = environ.get("SIDEKICK_ALLOWED_HOSTS") or environ.get("SIDEKICK_PUBLIC_URL")
    if host not in _LOOPBACK and not (safe and named):
        msg = (
            f"SIDEKICK_API_HOST is {host!r}, which others can reach. Set SIDEKICK_AUTH "
            "to say who may call (for example keys), and SIDEKICK_ALLOWED_HOSTS to "
            "the host names they use; or listen on 127.0.0.1."
        )
        raise SettingsError(msg)
    return host
