"""The command line: `python -m graphql_api serve | schema`."""

import argparse
import asyncio
import logging
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from graphql_api.errors import SettingsError
from graphql_api.settings import Settings, read_settings
from graphql_api.telemetry import set_up_logs

_log = logging.getLogger("graphql_api")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m graphql_api")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the API until SIGTERM or Ctrl-C")
    commands.add_parser("schema", help="print the GraphQL schema")
    command = parser.parse_args(arguments).command
    return _print_schema() if command == "schema" else _serve()


def _print_schema() -> int:
    from graphql_api.schema.build import build_schema  # noqa: PLC0415 heavy

    print(build_schema().as_str().rstrip())
    return 0


def _serve() -> int:
    set_up_logs()
    try:
        settings = read_settings(os.environ)
        listener = _listener(settings)
    except SettingsError as error:
        print(error.message, file=sys.stderr)
        return 2
    from graphql_api.app import serve  # noqa: PLC0415 heavy

    try:
        # Ctrl-C has been obeyed when it arrives here: uvicorn hands it on at its end.
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(settings, listener))
    except SettingsError as error:
        print(error.message, file=sys.stderr)
        return 2
    return 0


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        msg = (
            f"Port {settings.port} on {settings.host} cannot be used: "
            f"{error.strerror}. Set SIDEKICK_API_PORT to another one."
        )
        raise SettingsError(msg) from error
    _log.info("api.listening port=%d", listener.getsockname()[1])
    return listener


if __name__ == "__main__":
    sys.exit(main())
