"""Begins and ends turns until it is killed; says what was confirmed to it.

Run as ``python -m tests.contract.store_victim URL ROUND``. Each line is an event and
the number of a turn: ``begun 7``, ``finished 7 COST``.
"""

import asyncio
import sys
from itertools import count

from tests.contract.store_data import LATER, ME, outcome, talk, turn
from tests.contract.store_places import SqlStore, open_store

_AT_ONCE = 6


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def _answer(store: SqlStore, name: str, number: int) -> None:
    conversation_id = f"cnv_{name}"
    await store.conversations.create(ME, talk(conversation_id))
    one = turn(name, conversation_id=conversation_id, reserve="0.5", key=name)
    await store.turns.begin(ME, one)
    _say("begun", name)
    await store.turns.checkpoint({one.generation_id: "Robin"})
    cost = f"0.{number % 7 + 1}"
    await store.turns.finish(one.generation_id, outcome(name, cost=cost), at=LATER)
    _say("finished", name, cost)


async def _answer_for_ever(store: SqlStore, prefix: str) -> None:
    for number in count():
        await _answer(store, f"{prefix}_{number}", number)


async def _main(url: str, round_name: str) -> None:
    async with open_store(url) as store, asyncio.TaskGroup() as group:
        for lane in range(_AT_ONCE):
            group.create_task(_answer_for_ever(store, f"{round_name}_{lane}"))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
