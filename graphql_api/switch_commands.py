"""The commands `stop-answers` and `allow-answers`: the kill switch without a page.

Running servers obey within two seconds and need no restart.
"""

import argparse
import asyncio
import sys

from ulid import ULID

from graphql_api.adapters.clock import SystemClock
from graphql_api.adapters.data_folder import DATABASE
from graphql_api.adapters.sql.engine import open_store
from graphql_api.domain.administration import COMMAND_LINE, KillSwitch
from graphql_api.errors import ClientError, SettingsError
from graphql_api.services.switch import AnswerSwitch
from graphql_api.settings import Settings

_DONE, _REFUSED, _USAGE = 0, 1, 2


def run(given: argparse.Namespace, settings: Settings) -> int:
    """Carry out a command; the exit code."""
    stop = given.command == "stop-answers"
    try:
        asyncio.run(_turn(settings, on=stop, reason=given.reason if stop else ""))
    except (SettingsError, ClientError) as error:
        sys.stderr.write(f"{error.message}\n")
        return _USAGE if isinstance(error, SettingsError) else _REFUSED
    told = "New answers are refused." if stop else "Answers may begin again."
    sys.stderr.write(f"{told}\n")
    return _DONE


async def _turn(settings: Settings, *, on: bool, reason: str) -> KillSwitch:
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = settings.database_url or settings.data_dir / DATABASE
    async with open_store(address) as store:
        switch = AnswerSwitch(
            store, clock=SystemClock(), new_id=lambda prefix: f"{prefix}_{ULID()}"
        )
        return await switch.turn(on=on, reason=reason, by=COMMAND_LINE)
