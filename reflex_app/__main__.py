"""The command line of the page: `python -m reflex_app [serve | build]`."""

import sys

from reflex_app.build import build
from reflex_app.server import NotBuiltError, serve
from reflex_app.settings import SettingsError, read_settings

USAGE = """usage: python -m reflex_app [serve | build]

  serve  serve the built page (default); settings are environment variables
  build  build the page with the Node of this virtual environment
"""


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    match arguments:
        case [] | ["serve"]:
            return _serve()
        case ["build"]:
            return build()
        case _:
            print(USAGE, end="", file=sys.stderr)
            return 2


def _serve() -> int:
    try:
        serve(read_settings())
    except (SettingsError, NotBuiltError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
