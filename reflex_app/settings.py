"""Every environment variable of the page, read once and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from urllib.parse import urlsplit

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the page is served and where it finds the API."""

    host: str = "127.0.0.1"
    """Address to listen on (`SIDEKICK_UI_HOST`)."""
    port: int = 3000
    """Port to listen on, 0 for any free one (`SIDEKICK_UI_PORT`)."""
    api_url: str = "http://127.0.0.1:8000/graphql"
    """GraphQL endpoint of the API (`SIDEKICK_API_URL`, else `SIDEKICK_API_PORT`)."""
    max_message_chars: int = 20_000
    """Longest message in code points (`SIDEKICK_MAX_MESSAGE_CHARS`)."""
    allowed_hosts: tuple[str, ...] = LOCAL_HOSTS
    """Host names that browsers may use for us (`SIDEKICK_ALLOWED_HOSTS` adds some, and
    `SIDEKICK_PUBLIC_URL` has one)."""


def read_settings(variables: Mapping[str, str] = environ) -> Settings:
    """Read the settings from `variables`.

    Raises:
        SettingsError: a value cannot be used.
    """
    api_port = _integer(variables, "SIDEKICK_API_PORT", 8000, low=1, high=65535)
    return Settings(
        host=_host(variables),
        port=_integer(variables, "SIDEKICK_UI_PORT", 3000, low=0, high=65535),
        api_url=_api_url(variables, f"http://127.0.0.1:{api_port}/graphql"),
        max_message_chars=_integer(
            variables, "SIDEKICK_MAX_MESSAGE_CHARS", 20_000, low=1, high=1_000_000
        ),
        allowed_hosts=(
            *LOCAL_HOSTS,
            *_names(variables, "SIDEKICK_ALLOWED_HOSTS"),
            *_public_host(variables),
        ),
    )


def _host(variables: Mapping[str, str]) -> str:
    host = variables.get("SIDEKICK_UI_HOST", "").strip() or "127.0.0.1"
    if host not in {"127.0.0.1", "::1", "localhost"}:
        msg = (
            f"SIDEKICK_UI_HOST is {host!r}, but this release has no authentication "
            "and so listens on loopback only: use 127.0.0.1"
        )
        raise SettingsError(msg)
    return host


def _integer(
    variables: Mapping[str, str], name: str, default: int, *, low: int, high: int
) -> int:
    text = variables.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        msg = f"{name} must be a whole number from {low} to {high}, not {text!r}"
        raise SettingsError(msg)
    return int(text)


def _api_url(variables: Mapping[str, str], default: str) -> str:
    url = variables.get("SIDEKICK_API_URL", "").strip() or default
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"SIDEKICK_API_URL must be an http or https address, not {url!r}"
        raise SettingsError(msg)
    return url


def _public_host(variables: Mapping[str, str]) -> tuple[str, ...]:
    """The host of the address that people use; the API checks the rest of it."""
    url = variables.get("SIDEKICK_PUBLIC_URL", "").strip()
    try:
        host = urlsplit(url).hostname
    except ValueError as error:
        msg = f"SIDEKICK_PUBLIC_URL must be an http or https address, not {url!r}"
        raise SettingsError(msg) from error
    return (host,) if host else ()


def _names(variables: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = variables.get(name, "").split(",")
    return tuple(part.strip().lower() for part in parts if part.strip())
