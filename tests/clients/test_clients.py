"""Clients that others wrote, in their own languages, against the real API.

Each script runs once and prints a line for each of its checks; each check is a test.
"""

import re
from pathlib import Path

import pytest

from tests.clients.conftest import Outcomes

FOLDER = Path(__file__).parent
SCRIPTS = {
    "apollo.mjs": "node",
    "fetch.mjs": "node",
    "graphql_sse.mjs": "node",
    "graphql_ws.mjs": "node",
    "relay.mjs": "node",
    "urql.mjs": "node",
    "python/ariadne_client.py": "python",
    "python/gql_client.py": "python",
}
# A key of the mapping that a script hands to its suite: a sentence.
CHECK = re.compile(r"""^ +['"]([\w-]+ [\w ,-]+)['"]: """, re.MULTILINE)


def checks(script: str) -> list[str]:
    return CHECK.findall((FOLDER / script).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("script", "check"),
    [(script, check) for script in SCRIPTS for check in checks(script)],
)
def test_a_client_of_others(outcomes: Outcomes, script: str, check: str) -> None:
    assert outcomes(SCRIPTS[script], script)[check] is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_check_of_a_client_is_forgotten(outcomes: Outcomes, script: str) -> None:
    assert list(outcomes(SCRIPTS[script], script)) == checks(script)
