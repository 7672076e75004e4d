"""Races on the store (R5): what must happen once happens once, over every database."""

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, event, exc

from graphql_api.domain.accounts import SERVICE, Account, Budget, Period
from graphql_api.domain.conversations import BegunTurn, NewTurn
from graphql_api.domain.generations import Status
from graphql_api.errors import BudgetExceeded, Conflict
from tests.contract.store_data import (
    GONE,
    LATER,
    ME,
    NOW,
    OTHER,
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
from tests.contract.test_store_runs import run

pytestmark = pytest.mark.anyio


PRINCIPALS = [f"prn_{number}" for number in range(5)]
KEYS = [f"key_{number}" for number in range(5)]
NEXT_DAY = NOW + timedelta(days=1)


def with_key(one: NewTurn) -> NewTurn:
    return replace(one, key_id="key_1")


async def sums(store: SqlStore, *owners: str) -> list[Budget]:
    """Read the budgets of the owners for the month of the tests."""
    month = Period.month(NOW)
    return list(await store.budgets.find([Account(owner, month) for owner in owners]))


async def held_by(store: SqlStore, *owners: str) -> Decimal:
    return sum((one.reserved_usd for one in await sums(store, *owners)), Decimal(0))


async def spent_by(store: SqlStore, *owners: str) -> Decimal:
    return sum((one.spent_usd for one in await sums(store, *owners)), Decimal(0))


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


@pytest.mark.parametrize("owner", [SERVICE, "key_1"])
async def test_200_turns_of_many_on_what_is_left_for_nine_are_nine(
    store: SqlStore, owner: str
) -> None:
    for principal in (ME, OTHER):
        await limit(store, "100", principal)
    await limit(store, "0.99", owner)
    payers = [(ME if number % 2 else OTHER, f"cnv_{number}") for number in range(200)]
    for principal, name in payers:
        await store.conversations.create(principal, talk(name))
    begun = await together(
        store.turns.begin(
            principal, with_key(turn(name, conversation_id=name, reserve="0.11"))
        )
        for principal, name in payers
    )
    assert sum(isinstance(one, BegunTurn) for one in begun) == 9
    assert sum(isinstance(one, BudgetExceeded) for one in begun) == 191
    assert await held_by(store, owner) == Decimal("0.99")
    assert await held_by(store, ME, OTHER) == Decimal("0.99")


async def test_200_runs_on_a_budget_for_nine_are_nine(store: SqlStore) -> None:
    await limit(store, "0.99", SERVICE)
    begun = await together(
        store.runs.begin(run(number, reserve="0.11")) for number in range(200)
    )
    assert begun.count(None) == 9
    assert sum(isinstance(one, BudgetExceeded) for one in begun) == 191
    assert await budget(store) == (0, Decimal("0.99"))


async def test_many_payers_at_once_neither_block_nor_leak(store: SqlStore) -> None:
    chance = random.Random(7)  # noqa: S311 - a reproducible choice, no secret
    owners = [*PRINCIPALS, *KEYS, SERVICE]

    async def live(number: int) -> None:
        principal, name = chance.choice(PRINCIPALS), f"cnv_{number}"
        await store.conversations.create(principal, talk(name))
        paid = turn(number, conversation_id=name, at=chance.choice([NOW, NEXT_DAY]))
        await store.turns.begin(principal, replace(paid, key_id=chance.choice(KEYS)))
        await limit(store, str(chance.randint(100, 200)), chance.choice(owners))
        await store.turns.finish(paid.generation_id, outcome(), at=LATER)

    for owner in owners:
        both = {Period.day(NOW): Decimal(100), Period.day(NEXT_DAY): Decimal(100)}
        await store.budgets.limit(owner, both)
    ran = await together(live(number) for number in range(120))
    assert [one for one in ran if one is not None] == []
    assert await held_by(store, *owners) == 0
    assert await spent_by(store, SERVICE) == 120 * Decimal("0.0021")
    assert await spent_by(store, *PRINCIPALS) == 120 * Decimal("0.0021")


async def test_a_limit_that_is_set_while_answers_end_misses_none(
    store: SqlStore,
) -> None:
    for number in range(40):
        name = f"cnv_{number}"
        await store.conversations.create(ME, talk(name))
        await store.turns.begin(ME, with_key(turn(number, conversation_id=name)))
    ended = [
        store.turns.finish(f"gen_{number}", outcome(), at=LATER) for number in range(40)
    ]
    limits = [limit(store, "10", owner) for owner in (ME, "key_1", SERVICE)]
    ran = await together([*ended[:12], *limits, *ended[12:]])
    assert [one for one in ran if isinstance(one, BaseException)] == []
    for owner in (ME, "key_1", SERVICE):
        assert await spent_by(store, owner) == 40 * Decimal("0.0021")


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
