"""The commands `keys create`, `keys list` and `keys revoke`.

They open the database beside a running server, which needs no restart: it looks every
key up by itself.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from rich.console import Console
from rich.table import Table
from ulid import ULID

from graphql_api.adapters.clock import SystemClock
from graphql_api.adapters.data_folder import DATABASE
from graphql_api.adapters.sql.engine import open_store
from graphql_api.domain.access import ApiKey, Limits, Scope
from graphql_api.domain.administration import COMMAND_LINE
from graphql_api.environment import Environment
from graphql_api.errors import ClientError, SettingsError
from graphql_api.ports.store import Store
from graphql_api.services.keys import Keys, NewKey
from graphql_api.settings import Settings

_DONE, _REFUSED, _USAGE = 0, 1, 2
_MOST_COLUMNS: Final = 300
_SECRET_BYTES: Final = 32
_SCOPES: Final = tuple(scope.value.lower() for scope in Scope)
_Command = Callable[[Keys, argparse.Namespace], Awaitable[None]]


def run(given: argparse.Namespace, settings: Settings) -> int:
    """Carry out a command; the exit code."""
    commands: dict[str, _Command] = {
        "create": _create,
        "list": _list,
        "revoke": _revoke,
    }
    try:
        asyncio.run(_with_keys(settings, commands[given.keys_command], given))
    except SettingsError as error:
        _say(error.message)
        return _USAGE
    except ClientError as error:
        _say(error.message)
        return _REFUSED
    return _DONE


async def _with_keys(
    settings: Settings, command: _Command, given: argparse.Namespace
) -> None:
    address: str | Path | None = settings.database_url
    if address is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        address = settings.data_dir / DATABASE
    async with open_store(address) as store:
        await command(keys_of(store), given)


def keys_of(store: Store) -> Keys:
    """Makes keys of 256 random bits in a store."""
    return Keys(
        store,
        clock=SystemClock(),
        new_id=lambda prefix: f"{prefix}_{ULID()}",
        new_secret=lambda: token_urlsafe(_SECRET_BYTES),
    )


async def _create(keys: Keys, given: argparse.Namespace) -> None:
    wanted = NewKey(
        name=given.name,
        scopes=_scopes(given.scopes),
        principal_id=given.principal,
        limits=_limits(given),
        days=given.days,
    )
    key, token = await keys.create(wanted, by=COMMAND_LINE)
    # Alone on the standard output, so that a script can keep it.
    sys.stdout.write(f"{token}\n")
    _say(f"Key {key.id} for {key.principal_id}. Keep it now: it is shown this once.")


async def _list(keys: Keys, _: argparse.Namespace) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "name", "scopes", "ends with", "for", "used", "state"):
        table.add_column(heading, no_wrap=True)
    for key in await keys.list():
        table.add_row(
            *(key.id, key.name, " ".join(sorted(key.scopes)).lower(), f"…{key.hint}"),
            *(key.principal_id, _day(key.used_at) or "never", _state(key)),
        )
    # Whole lines, however narrow the terminal: identifiers are there to be copied.
    Console(width=_MOST_COLUMNS).print(table)


async def _revoke(keys: Keys, given: argparse.Namespace) -> None:
    key = await keys.revoke(given.id, by=COMMAND_LINE)
    _say(f"Revoked {key.id} ({key.name}).")


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)}"
    if not key.works(datetime.now(UTC)):
        return f"expired {_day(key.expires_at)}"
    return f"until {_day(key.expires_at)}" if key.expires_at else "works"


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d}"


def _scopes(text: str) -> frozenset[Scope]:
    words = {word.strip().lower() for word in text.split(",") if word.strip()}
    if unknown := sorted(words - set(_SCOPES)):
        msg = f"There is no scope {unknown[0]!r}; there are {', '.join(_SCOPES)}."
        raise SettingsError(msg)
    return frozenset(Scope[word.upper()] for word in words)


def _limits(given: argparse.Namespace) -> Limits:
    read = Environment(
        {"--daily-usd": given.daily_usd or "", "--monthly-usd": given.monthly_usd or ""}
    )
    return Limits(
        requests_per_minute=given.requests_per_minute,
        tokens_per_minute=given.tokens_per_minute,
        concurrent=given.concurrent,
        daily_usd=read.usd("--daily-usd"),
        monthly_usd=read.usd("--monthly-usd"),
    )


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
