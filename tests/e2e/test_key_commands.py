"""`keys create`, `list` and `revoke` as commands, beside a running API."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.services import ROOT, Service, running_api

LIMIT_S = 60
VIEWER = {"query": "{ viewer { displayName } }"}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Service]:
    settings = {"SIDEKICK_AUTH": "keys", "SIDEKICK_RECHECK_S": "0.01"}
    with running_api(tmp_path / "log", **settings) as api:
        yield api


def keys(api: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "graphql_api", "keys", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SIDEKICK_DATA_DIR": str(api.log.parent)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def status(api: Service, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.post(f"{api.url}/graphql", json=VIEWER, headers=headers).status_code


def test_a_key_is_made_used_listed_and_revoked_while_the_api_runs(
    guarded: Service,
) -> None:
    made = keys(guarded, "create", "CI bot", "--scopes", "read", "--days", "3")
    token = made.stdout.strip()
    assert token.startswith("sk-sidekick-")
    assert "shown this once" in made.stderr
    assert status(guarded, token) == 200
    listed = keys(guarded, "list").stdout
    assert token not in listed
    assert token.rsplit("-", 1)[0] not in listed
    line = next(line for line in listed.splitlines() if "CI bot" in line)
    revoked = keys(guarded, "revoke", line.split()[0])
    assert (revoked.returncode, status(guarded, token)) == (0, 401)
    assert "revoked" in keys(guarded, "list").stdout
    assert token not in guarded.output()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", " "), 1, "needs a name"),
        (("create", "x", "--scopes", "root"), 2, "no scope 'root'"),
        (("create", "x", "--days", "0"), 1, "1 to 3,650 days"),
        (("create", "x", "--daily-usd", "lots"), 2, "--daily-usd is 'lots'"),
        (("create", "x", "--concurrent", "0"), 2, "must be 1 or more"),
        (("create", "x", "--principal", "usr_nobody"), 1, "no principal 'usr_nobody'"),
        (("revoke", "key_1"), 1, "no such key"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    nowhere = Service(None, "", tmp_path / "log")  # type: ignore[arg-type]
    done = keys(nowhere, *arguments)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
