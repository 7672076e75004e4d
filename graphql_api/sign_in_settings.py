"""The settings of signing in, which go together: half of them would be worse than none.

Read by `settings`, which has all the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from graphql_api.domain.access import Limits
from graphql_api.environment import Environment
from graphql_api.errors import SettingsError

Auth = Literal["keys", "oidc"]

_AUTH: Final[Mapping[str, Auth]] = {"keys": "keys", "oidc": "oidc"}
_SWITCH: Final = {"on": True, "off": False}
_LEAST_SECRET_BYTES: Final = 32
_GUEST_REQUESTS: Final = 60
_GUEST_TOKENS: Final = 20_000
_GUEST_DAILY_USD: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """How people sign in.

    Attributes:
        issuer: The OpenID provider, exactly as its tokens name it.
        client_id: Our name there.
        client_secret: Our secret there; None: we have none.
        audience: Whom bearer tokens must be meant for.
        public_url: Address that people's browsers use, without a path.
        session_secret: Signs what browsers keep; never shown.
        admins: Subjects, and e-mail addresses in lower case, of who may do everything.
        guests: Limits of visitors without an account; None: there are no guests.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    audience: str
    public_url: str
    session_secret: str = field(repr=False)
    admins: frozenset[str]
    guests: Limits | None

    @property
    def host(self) -> str:
        """Name of the host in the public address."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether people's browsers come by https."""
        return self.public_url.startswith("https:")


def read_auth(read: Environment) -> frozenset[Auth]:
    """How callers may show who they are; empty: they need not.

    Raises:
        SettingsError: The words are not known.
    """
    words = read.words("SIDEKICK_AUTH")
    if words in {(), ("off",)}:
        return frozenset()
    if unknown := sorted(set(words) - set(_AUTH)):
        msg = f"SIDEKICK_AUTH has {unknown[0]!r}; it must be off, or one or more of "
        raise SettingsError(f"{msg}{', '.join(_AUTH)} with commas between them.")
    return frozenset(_AUTH[word] for word in words)


def read_sign_in(environ: Mapping[str, str]) -> SignInSettings:
    """How people sign in, from environment variables.

    Raises:
        SettingsError: A value is missing or wrong; the message names the variable.
    """
    read = Environment(environ)
    client_id = read.needed("SIDEKICK_OIDC_CLIENT_ID")
    secret = read.needed("SIDEKICK_SESSION_SECRET")
    if len(secret.encode()) < _LEAST_SECRET_BYTES:
        msg = f"SIDEKICK_SESSION_SECRET needs {_LEAST_SECRET_BYTES} random bytes"
        raise SettingsError(f"{msg} or more, for example of `openssl rand -hex 32`.")
    issuer = read.needed("SIDEKICK_OIDC_ISSUER")
    _checked("SIDEKICK_OIDC_ISSUER", issuer)
    return SignInSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=environ.get("SIDEKICK_OIDC_CLIENT_SECRET") or None,
        audience=environ.get("SIDEKICK_OIDC_AUDIENCE") or client_id,
        public_url=_public_url(read.needed("SIDEKICK_PUBLIC_URL")),
        session_secret=secret,
        admins=frozenset(_admin(word) for word in read.words("SIDEKICK_ADMINS")),
        guests=_guests(read),
    )


def _guests(read: Environment) -> Limits | None:
    if not read.choice("SIDEKICK_GUESTS", _SWITCH, "off"):
        return None
    daily_usd = read.usd("SIDEKICK_GUEST_DAILY_BUDGET_USD")
    return Limits(
        requests_per_minute=read.integer(
            "SIDEKICK_GUEST_REQUESTS_PER_MINUTE", _GUEST_REQUESTS
        ),
        tokens_per_minute=read.integer(
            "SIDEKICK_GUEST_TOKENS_PER_MINUTE", _GUEST_TOKENS
        ),
        concurrent=read.integer("SIDEKICK_GUEST_CONCURRENT", 1),
        daily_usd=_GUEST_DAILY_USD if daily_usd is None else daily_usd,
    )


def _admin(word: str) -> str:
    # Subjects are compared exactly, addresses as people write them.
    return word.casefold() if "@" in word else word


def _public_url(address: str) -> str:
    parts = _checked("SIDEKICK_PUBLIC_URL", address)
    if parts.path not in {"", "/"} or parts.query:
        msg = f"SIDEKICK_PUBLIC_URL is {address!r}; it must have no path."
        raise SettingsError(msg)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _checked(name: str, address: str) -> SplitResult:
    """Take an address apart that secrets may be sent to.

    Raises:
        SettingsError: It is neither https nor on this machine.
    """
    try:
        parts = urlsplit(address)
        here = _is_loopback(parts.hostname or "")
    except ValueError:
        parts, here = urlsplit(""), False
    fits = parts.scheme == "https" or (parts.scheme == "http" and here)
    if not fits or not parts.hostname or parts.username or parts.fragment:
        msg = f"{name} must be an address as in https://chat.example.org"
        raise SettingsError(f"{msg}; http only on this machine.")
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
