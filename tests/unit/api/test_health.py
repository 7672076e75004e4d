"""How often the parts are asked how they are."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from graphql_api.services.health import Checks
from tests.fakes import ScriptedModel

pytestmark = pytest.mark.anyio


@dataclass
class Database:
    """Counts how often it is asked, and fails on demand."""

    asked: int = 0
    down: bool = False
    time_s: float = 0

    async def find(self, *_: object) -> dict[str, Any]:
        self.asked += 1
        if self.down:
            raise ConnectionError
        return {}


def checks(database: Database) -> Checks:
    store: Any = SimpleNamespace(turns=database)
    return Checks(ScriptedModel([]), store, time_s=lambda: database.time_s)


async def test_the_database_is_asked_once_in_five_seconds() -> None:
    database = Database()
    check = checks(database)
    for database.time_s in (0, 1, 4.9):
        assert all(part.ok for part in await check())
    assert database.asked == 1


async def test_a_database_that_goes_down_and_comes_back_is_noticed() -> None:
    database = Database()
    check, seen = checks(database), list[bool]()
    for database.time_s, database.down in ((0, False), (5, True), (10, False)):
        seen.append((await check())[1].ok)
    assert seen == [True, False, True]
