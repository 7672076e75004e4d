"""A killed process loses nothing that was confirmed and charges nothing twice (R1)."""

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from graphql_api.domain.generations import Status
from tests.contract.store_data import GONE, LATER, ME, budget, charged, limit
from tests.contract.store_places import SqlStore, open_store

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 8
CHANCE = random.Random(1)  # noqa: S311 - a reproducible choice, no secret


@contextmanager
def victim(url: str, round_name: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.contract.store_victim", url, round_name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        try:
            yield run
        finally:
            run.kill()


def confirmed_before_a_kill(url: str, round_name: str) -> list[list[str]]:
    """Let it work up to a random number of events, kill it; what it had said."""
    with victim(url, round_name) as run:
        assert run.stdout is not None
        said = [run.stdout.readline() for _ in range(CHANCE.randint(1, 60))]
        run.kill()
        said += run.stdout.readlines()
    # The last line may be cut off in the middle.
    return [line.split() for line in said if line.endswith("\n")]


async def check(store: SqlStore, said: list[list[str]]) -> None:
    finished = {words[1]: Decimal(words[2]) for words in said if words[0] == "finished"}
    begun = {words[1] for words in said if words[0] == "begun"}
    messages = await store.messages.find(ME, [f"msg_a{name}" for name in begun])
    assert len(messages) == len(begun)
    for name, cost in finished.items():
        message = messages[f"msg_a{name}"]
        assert (message.status, message.content) == (Status.COMPLETED, name)
        assert message.cost is not None
        assert message.cost.amount == cost


async def check_money(store: SqlStore, path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ended = "SELECT generation_id FROM messages WHERE generation_id IS NOT NULL"
        generations = {row[0] for row in file.execute(ended)}
        file.execute(
            "INSERT INTO message_words (message_words) VALUES ('integrity-check')"
        )
    ledger = await charged(store)
    assert set(ledger) == generations
    spent = sum((cost for cost in ledger.values() if cost), Decimal(0))
    assert await budget(store) == (spent, 0)


async def test_nothing_confirmed_is_lost_when_the_process_is_killed(
    migrated_file: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(migrated_file, tmp_path / "sidekick.db"))
    url, said = f"sqlite:///{path}", []
    async with open_store(url) as store:
        await limit(store, "1000000")
    for number in range(ROUNDS):
        said += confirmed_before_a_kill(url, f"r{number}")
        async with open_store(url) as store:
            await store.turns.sweep(GONE, at=LATER)
            await check(store, said)
            await check_money(store, path)
    assert any(words[0] == "finished" for words in said)
