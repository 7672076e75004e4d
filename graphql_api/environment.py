"""Values of environment variables, each checked where it is read."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from graphql_api.errors import SettingsError

_T = TypeVar("_T")


_MAX_SECRET_BYTES: Final = 10_000


def with_secrets(
    environ: Mapping[str, str], files: Mapping[str, str]
) -> Mapping[str, str]:
    """The variables, with the secrets that are in files.

    A container is given its secrets as files: its variables are shown to more people.

    Args:
        environ: The variables.
        files: Which variable names the file that holds which secret.

    Raises:
        SettingsError: A file cannot be read, or a secret is given twice.
    """
    read = dict(environ)
    for variable, name in files.items():
        path = read.pop(variable, "")
        if path and read.get(name):
            msg = f"{name} and {variable} are both set: keep one of them."
            raise SettingsError(msg)
        if path:
            read[name] = _secret(variable, Path(path))
    return read


def _secret(variable: str, path: Path) -> str:
    try:
        text = path.read_bytes()[:_MAX_SECRET_BYTES].decode().strip()
    except OSError as error:
        msg = f"{variable} is {str(path)!r}, which cannot be read: {error.strerror}."
        raise SettingsError(msg) from error
    except UnicodeDecodeError:
        msg = f"{variable} is {str(path)!r}, which holds no text."
        raise SettingsError(msg) from None
    if not text:
        msg = f"{variable} is {str(path)!r}, which is empty."
        raise SettingsError(msg)
    return text


class Environment:
    """The variables, read as what they stand for.

    A wrong value raises `SettingsError`, whose message names the variable.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Take the variables by name."""
        self._environ = environ

    def integer(
        self, name: str, default: int, *, low: int = 1, high: int = 10**9
    ) -> int:
        """A whole number."""
        return self._number(name, default, int, low, high)

    def optional(self, name: str) -> int | None:
        """A whole number above 0; None when it is not set."""
        return self.integer(name, 0) if self._environ.get(name) else None

    def usd(self, name: str) -> Decimal | None:
        """An amount of US dollars; None when it is not set."""
        return self._number(name, None, _usd, 0, 1_000_000)

    def seconds(
        self, name: str, default: float, *, low: float = 0, high: float = 86_400
    ) -> float:
        """A duration in seconds, at most a day."""
        return self._number(name, default, float, low, high)

    def choice(self, name: str, allowed: Mapping[str, _T], default: str) -> _T:
        """One of the allowed words, as the value it stands for."""
        value = self._environ.get(name) or default
        if value not in allowed:
            msg = f"{name} is {value!r}; it must be one of {', '.join(allowed)}."
            raise SettingsError(msg)
        return allowed[value]

    def path(self, name: str) -> Path | None:
        """A path; None when it is not set."""
        value = self._environ.get(name)
        return Path(value) if value else None

    def needed(self, name: str) -> str:
        """A text that must be there."""
        value = self._environ.get(name, "").strip()
        if not value:
            msg = f"{name} is not set, and SIDEKICK_AUTH needs it."
            raise SettingsError(msg)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """The words between commas."""
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
        if not isinstance(value, int | float | Decimal) or not low <= value <= high:
            msg = f"{name} is {text!r}; it must be a number from {low:g} to {high:g}."
            raise SettingsError(msg)
        return value


def _usd(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text) else None
