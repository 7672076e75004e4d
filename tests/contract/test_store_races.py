"""Races on the store (R5): what must happen once happens once, over every database."""

import asyncio
import random
from contextlib import suppress
from decimal import Decimal

import pytest
from sqlalchemy import Connection, event, exc

from graphql_api.domain.conversations import BegunTurn
from graphql_api.domain.generations import Status
from graphql_api.errors import BudgetExceeded, Conflict
from tests.contract.store_data import (
    GONE,
    LATER,
    ME,
    TALK,
    answered,
    branch,
    budget,
    charged,
    limit,
    outcome,
    stored,
    talk,
    together,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio


@pytest.fixture
async def empty_talk(store: SqlStore) -> SqlStore:
    await store.conversations.create(ME, talk())
    return store


async def test_one_key_used_64_times_at_once_begins_one_turn(
    empty_talk: SqlStore,
) -> None:
    begun = await together(
        empty_talk.turns.begin(ME, turn(number, key="k")) for number in range(64)
    )
    fresh = [one for one in begun if isinstance(one, BegunTurn) and one.fresh]
    assert len(fresh) == 1
    again = BegunTurn(fresh[0].generation_id, fresh=False)
    assert begun.count(again) == 63
    assert len(await branch(empty_talk)) == 2


async def test_64_turns_at_once_in_a_conversation_are_one(empty_talk: SqlStore) -> None:
    begun = await together(
        empty_talk.turns.begin(ME, turn(number)) for number in range(64)
    )
    assert sum(isinstance(one, BegunTurn) for one in begun) == 1
    assert sum(isinstance(one, Conflict) for one in begun) == 63


async def test_200_turns_on_a_budget_for_nine_are_nine(store: SqlStore) -> None:
    await limit(store, "0.99")
    names = [f"cnv_{number}" for number in range(200)]
    for name in names:
        await store.conversations.create(ME, talk(name))
    begun = await together(
        store.turns.begin(ME, turn(name, conversation_id=name, reserve="0.11"))
        for name in names
    )
    assert sum(isinstance(one, BegunTurn) for one in begun) == 9
    assert sum(isinstance(one, BudgetExceeded) for one in begun) == 191
    assert await budget(store) == (0, Decimal("0.99"))


async def test_32_ends_of_a_turn_are_one(empty_talk: SqlStore) -> None:
    await limit(empty_talk, "1")
    await empty_talk.turns.begin(ME, turn())
    ended = await together(
        empty_talk.turns.finish("gen_1", outcome(), at=LATER) for _ in range(32)
    )
    assert sorted(ended, key=str) == [False] * 31 + [True]
    assert await budget(empty_talk) == (Decimal("0.0021"), 0)


async def test_an_end_and_a_sweep_settle_a_turn_once(empty_talk: SqlStore) -> None:
    await limit(empty_talk, "1")
    await empty_talk.turns.begin(ME, turn())
    finished, swept = await together(
        [
            empty_talk.turns.finish("gen_1", outcome(), at=LATER),
            empty_talk.turns.sweep(GONE, at=LATER),
        ]
    )
    assert finished is (swept == [])
    assert (await budget(empty_talk))[1] == 0
    assert len(await charged(empty_talk)) == 1


async def test_deleting_among_turns_neither_blocks_nor_leaks(store: SqlStore) -> None:
    await limit(store, "100")
    names = [f"cnv_{number}" for number in range(20)]
    for name in names:
        await store.conversations.create(ME, talk(name))
    turns = [turn(name, conversation_id=name, key=name) for name in names]
    deleted = [store.conversations.delete(ME, name) for name in names]
    begun = [store.turns.begin(ME, one) for one in turns]
    ended = [
        store.turns.finish(one.generation_id, outcome(), at=LATER) for one in turns
    ]
    ran = await together(
        run for runs in zip(begun, deleted, ended, strict=True) for run in runs
    )
    assert [type(one) for one in ran if isinstance(one, exc.SQLAlchemyError)] == []
    assert (await budget(store))[1] == 0


async def test_a_lost_reply_to_a_commit_is_no_lost_race(empty_talk: SqlStore) -> None:
    await limit(empty_talk, "1")
    await empty_talk.turns.begin(ME, turn())
    lose_next_reply(empty_talk)
    assert await empty_talk.turns.finish("gen_1", outcome(), at=LATER)
    assert (await stored(empty_talk, "msg_a1")).status is Status.COMPLETED
    assert await budget(empty_talk) == (Decimal("0.0021"), 0)


@pytest.mark.parametrize("key", [None, "k"])
async def test_a_turn_whose_reply_was_lost_is_begun_once(
    empty_talk: SqlStore, key: str | None
) -> None:
    lose_next_reply(empty_talk)
    begun = await empty_talk.turns.begin(ME, turn(key=key))
    assert begun == BegunTurn("gen_1", fresh=True)
    assert await branch(empty_talk) == ["msg_q1", "msg_a1"]


async def test_a_broken_connection_before_the_commit_is_tried_again(
    empty_talk: SqlStore,
) -> None:
    lose_next_reply(empty_talk, committed=False)
    assert (await empty_talk.turns.begin(ME, turn())).fresh
    assert await branch(empty_talk) == ["msg_q1", "msg_a1"]


async def test_turns_cancelled_anywhere_leave_nothing_half_done(
    store: SqlStore,
) -> None:
    await limit(store, "1000")
    chance = random.Random(5)  # noqa: S311 - a reproducible choice, no secret
    for number in range(40):
        name = f"cnv_{number}"
        await store.conversations.create(ME, talk(name))
        begin = store.turns.begin(ME, turn(number, conversation_id=name))
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(0, 0.006)):
                await begin
        begun = await branch(store, name)
        assert begun in ([], [f"msg_q{number}", f"msg_a{number}"])
    await store.turns.sweep(GONE, at=LATER)
    assert await budget(store) == (0, 0)
    await store.conversations.create(ME, talk(TALK + "_after"))
    await answered(store, "after", conversation_id=TALK + "_after")


def lose_next_reply(store: SqlStore, *, committed: bool = True) -> None:
    """Break the connection at the next commit, after or before it is carried out."""
    engine = store.database.writer

    def lose(connection: Connection) -> None:
        event.remove(engine, "commit", lose)
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if committed:
            raw.commit()
        else:
            raw.rollback()
        raw.close()
        gone = exc.OperationalError("COMMIT", None, OSError("the connection broke"))
        gone.connection_invalidated = True
        connection.invalidate()
        raise gone

    event.listen(engine, "commit", lose)
