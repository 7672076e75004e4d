"""Takes GraphiQL's built files from npm: `python -m tools.graphiql` takes them anew.

`graphiql.json` names the packages and the hash of each archive. Nothing of them is
installed or run: a few files are copied out, and the browser gets them as they are.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.progress import SetupError, Shell, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCK = "tools/graphiql.json"
FOLDER = ".graphiql"
LIMIT_S = 120


def take(root: Path, shell: Shell) -> None:
    """Put the files of `graphiql.json` into the folder `.graphiql`.

    Raises:
        SetupError: npm failed, or an archive is not the one that is wanted.
    """
    wanted = json.loads((root / LOCK).read_text("utf-8"))
    archives = root / FOLDER / "archives"
    shutil.rmtree(root / FOLDER, ignore_errors=True)
    archives.mkdir(parents=True)
    shell.run(*_pack(root, archives, wanted), limit_s=LIMIT_S, env=_environ(root))
    for package in wanted:
        unpack(package, archives / package["file"], root / FOLDER)
    shutil.rmtree(archives)


def unpack(package: dict[str, Any], archive: Path, folder: Path) -> None:
    """Copy a package's wanted files into the folder.

    Raises:
        SetupError: the archive is not the one that is wanted.
    """
    found = hashlib.sha512(archive.read_bytes()).hexdigest()
    if found != package["sha512"]:
        raise SetupError(f"{package['package']} is not the archive in {LOCK}.")
    with tarfile.open(archive) as tar:
        for name, target in package["take"].items():
            content = tar.extractfile(f"package/{name}")
            if content is None:
                raise SetupError(f"{package['package']} has no file {name}.")
            (folder / target).write_bytes(content.read())


def _pack(root: Path, archives: Path, wanted: Iterable[dict[str, Any]]) -> list[str]:
    npm = root / ".venv" / "bin" / "npm"
    names = [package["package"] for package in wanted]
    options = ["--silent", "--prefer-offline", "--pack-destination"]
    return [str(npm), "pack", *options, str(archives), *names]


def _environ(root: Path) -> dict[str, str]:
    # npm asks the PATH for its node.
    path = f"{root / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path}


def main() -> int:
    """Take the files; return the exit code."""
    root = Path(__file__).resolve().parent.parent
    log = root / ".sidekick" / "setup.log"
    log.parent.mkdir(exist_ok=True)
    try:
        take(root, Shell(root, log=log, terminal=Terminal(), kept_fds=()))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
