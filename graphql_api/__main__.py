"""The command line: `python -m graphql_api` and a command."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from graphql_api.errors import SettingsError
from graphql_api.settings import Settings, read_settings
from graphql_api.telemetry import set_up_logs

_FORMATS: Final = ("sidekick", "chatgpt")
_EXPORT: Final = """Write everything that is stored to a file of JSON lines: all
conversations with all versions of their messages and what they cost, the ledger,
budgets. The server may run meanwhile. DATABASE_URL or SIDEKICK_DATA_DIR says what to
export, as for serve."""
_IMPORT: Final = """Store what export wrote, or the conversations.json of ChatGPT's data
export, also in its ZIP archive. All of it is stored or, after any error, nothing; what
is stored already is not stored twice. Stop the server first, unless it uses PostgreSQL.
DATABASE_URL or SIDEKICK_DATA_DIR says where to, as for serve."""
_EXIT_CODES: Final = """Exit codes: 0 done; 1 the file cannot be written or imported; 2
wrong usage or settings; 130 Ctrl-C."""
_log = logging.getLogger("graphql_api")

# The mock asks no provider and keeps nothing, whatever the environment says.
_NOT_FOR_MOCKS: Final = (
    "OPENAI_API_KEY",
    "OPENAI_API_KEY_FILE",
    "OPENAI_BASE_URL",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "SIDEKICK_AUTH",
    "SIDEKICK_MODEL",
)

_GREETING: Final = """\
Starting a mock of the Sidekick API: http://localhost:{port}/graphql
Open it in a browser for GraphiQL; docs/clients.md says what it understands.
Press Ctrl-C to stop.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give the exit code."""
    chosen = _parser().parse_args(arguments)
    match chosen.command:
        case "schema":
            return _print_schema()
        case "mock":
            options = {
                "SIDEKICK_API_PORT": chosen.port,
                "SIDEKICK_MOCK_FAULT": chosen.fault,
                "SIDEKICK_MOCK_TOKENS_PER_S": chosen.tokens_per_s,
            }
            return _mock({name: text for name, text in options.items() if text})
        case "keys" | "stop-answers" | "allow-answers" | "export" | "import":
            return _with_store(chosen)
        case _:
            return _serve(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m graphql_api")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the API until SIGTERM or Ctrl-C")
    mock = commands.add_parser(
        "mock",
        help="serve it with scripted answers and faults, and keep nothing",
        epilog="What a question may say in brackets is in docs/clients.md.",
    )
    mock.add_argument("--port", help="port to listen on (8000); 0: any free one")
    mock.add_argument("--fault", help="how each answer fails: cut, overloaded, down …")
    mock.add_argument("--tokens-per-s", help="speed (50); 0: as fast as it goes")
    commands.add_parser("schema", help="print the GraphQL schema")
    keys = commands.add_parser("keys", help="make, show and revoke API keys")
    _describe_keys(keys)
    stop = commands.add_parser(
        "stop-answers", help="refuse all new answers, of running servers too"
    )
    stop.add_argument("--reason", default="", help="why, for those who are refused")
    commands.add_parser("allow-answers", help="let answers begin again")
    _describe_export(
        commands.add_parser("export", help="write everything that is stored to a file")
    )
    _describe_import(
        commands.add_parser(
            "import", help="store what `export` wrote, or ChatGPT's conversations"
        )
    )
    return parser


def _describe_export(export: argparse.ArgumentParser) -> None:
    export.description, export.epilog = _EXPORT, _EXIT_CODES
    export.add_argument(
        "file", nargs="?", default="-", help="file to write; - is the standard output"
    )


def _describe_keys(keys: argparse.ArgumentParser) -> None:
    commands = keys.add_subparsers(dest="keys_command", required=True)
    create = commands.add_parser("create", help="make a key and print it, this once")
    create.add_argument("name", help="what it is for, to tell keys apart")
    create.add_argument(
        "--scopes",
        default="chat,read",
        help="what it may do: chat, read, usage, admin, with commas (chat,read)",
    )
    create.add_argument("--days", type=int, help="for how long (until it is revoked)")
    create.add_argument(
        "--principal", help="whom it acts for, for example usr_local (somebody new)"
    )
    create.add_argument("--requests-per-minute", type=_count, metavar="N")
    create.add_argument("--tokens-per-minute", type=_count, metavar="N")
    create.add_argument("--concurrent", type=_count, metavar="N")
    create.add_argument("--daily-usd", metavar="USD")
    create.add_argument("--monthly-usd", metavar="USD")
    commands.add_parser("list", help="show all keys, without their secrets")
    revoke = commands.add_parser("revoke", help="end a key for good")
    revoke.add_argument("id", help="its identifier, as `keys list` shows it")


def _count(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and int(text) > 0):
        msg = f"{text!r} must be 1 or more"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _describe_import(import_: argparse.ArgumentParser) -> None:
    import_.description, import_.epilog = _IMPORT, _EXIT_CODES
    import_.add_argument("file", type=Path, help="file to read")
    import_.add_argument(
        "--format", choices=_FORMATS, help="whose export it is; found out if not given"
    )


def _with_store(given: argparse.Namespace) -> int:
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        print(error.message, file=sys.stderr)
        return 2
    from graphql_api import key_commands, switch_commands, transfer  # noqa: PLC0415 heavy

    if given.command == "keys":
        return key_commands.run(given, settings)
    if given.command in {"stop-answers", "allow-answers"}:
        return switch_commands.run(given, settings)
    if given.command == "export":
        return transfer.export_to(given.file, settings)
    return transfer.import_from(given.file, given.format, settings)


def _print_schema() -> int:
    from graphql_api.schema.build import build_schema  # noqa: PLC0415 heavy

    print(build_schema().as_str().rstrip())
    return 0


def _mock(options: Mapping[str, str]) -> int:
    # uvicorn hands a SIGTERM on when it is done: the folder must still be removed.
    signal.signal(signal.SIGTERM, _exit)
    kept = {k: text for k, text in os.environ.items() if k not in _NOT_FOR_MOCKS}
    with TemporaryDirectory(prefix="sidekick-mock-") as folder:
        own = {
            "SIDEKICK_PROVIDER": "mock",
            "SIDEKICK_DATA_DIR": folder,
            # Titles by the script would be made up, too.
            "SIDEKICK_TITLES": "rule",
        }
        return _serve({**kept, **own, **options}, greeting=_GREETING)


def _exit(_number: int, _frame: object) -> None:
    sys.exit(0)


def _serve(environ: Mapping[str, str], *, greeting: str = "") -> int:
    set_up_logs()
    try:
        settings = read_settings(environ)
        listener = _listener(settings)
        print(greeting.format(port=listener.getsockname()[1]), end="", flush=True)
    except SettingsError as error:
        print(error.message, file=sys.stderr)
        return 2
    from graphql_api.serving import serve  # noqa: PLC0415 heavy

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
