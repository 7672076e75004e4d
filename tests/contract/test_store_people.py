"""Users and guests over every database: a guest becomes a user, once, with all."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from graphql_api.adapters.sql.tables import principals
from graphql_api.domain.access import Payer, PrincipalKind
from graphql_api.domain.accounts import Account, Budget, NewRun, Period
from graphql_api.domain.conversations import Purpose, UsageGroup
from graphql_api.domain.generations import Status
from graphql_api.domain.identity import Identity
from tests.contract.store_data import (
    LATER,
    NOW,
    TALK,
    limit,
    outcome,
    talk,
    together,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
GUEST = "gst_1"
ALICE = Identity(
    issuer="https://id.example",
    subject="alice",
    name="Älice",
    email=None,
    expires_at=LATER,
)
MONTH = Period.month(NOW)
DAY = Period.day(NOW)
RUN = NewRun(
    generation_id="gen_run",
    payer=Payer(principal_id=GUEST),
    conversation_id=None,
    purpose=Purpose.ANSWER,
    model_name="gpt-6-luna",
    assistant_key="comics",
    reserve_usd=Decimal("0.01"),
    at=NOW,
)


async def enter(store: SqlStore, user_id: str = "usr_1", **changed: object) -> str:
    identity = replace(ALICE, **changed)  # type: ignore[arg-type]
    return (await store.people.enter(identity, user_id, at=NOW)).id


async def talks(store: SqlStore, principal_id: str) -> list[str]:
    return list(await store.conversations.find(principal_id, [TALK]))


async def spent(store: SqlStore, principal_id: str) -> list[Decimal]:
    rows = await store.ledger.usage(
        principal_id, UsageGroup.MODEL, since=NOW, until=MONTH.end
    )
    return [row.cost_usd for row in rows]


async def account(store: SqlStore, principal_id: str, period: Period = MONTH) -> Budget:
    (found,) = await store.budgets.find([Account(principal_id, period)])
    return found


@pytest.fixture
async def guest(store: SqlStore) -> SqlStore:
    """A guest with a conversation, in which an answer is being written."""
    await store.conversations.create(GUEST, talk())
    await limit(store, "1", GUEST)
    await store.turns.begin(GUEST, turn(key="key"))
    return store


async def test_a_person_is_one_user_however_often_they_come(store: SqlStore) -> None:
    ids = await together(enter(store, f"usr_{number}") for number in range(8))
    assert len(set(ids)) == 1
    again = await store.people.enter(replace(ALICE, name="Alice B."), "usr_x", at=LATER)
    assert (again.id, again.name, again.kind) == (ids[0], "Alice B.", "USER")
    assert (again.created_at, again.subject) == (NOW, "alice")


async def test_the_same_subject_of_another_issuer_is_somebody_else(
    store: SqlStore,
) -> None:
    await enter(store, "usr_1")
    assert await enter(store, "usr_2", issuer="https://other.example") == "usr_2"


async def test_a_guest_is_stored_as_one_with_the_first_conversation(
    store: SqlStore,
) -> None:
    assert await store.principals.find(GUEST) is None
    await store.conversations.create(GUEST, talk())
    found = await store.principals.find(GUEST)
    assert found is not None
    assert (found.kind, found.created_at) == (PrincipalKind.GUEST, NOW)


async def test_a_user_adopts_all_that_a_guest_has(guest: SqlStore) -> None:
    user_id = await enter(guest)
    await guest.turns.finish("gen_1", outcome(), at=LATER)
    assert await guest.people.adopt(GUEST, user_id)
    assert await talks(guest, user_id) == [TALK]
    assert await spent(guest, user_id) == [Decimal("0.0021")]
    assert await talks(guest, GUEST) == []
    assert await spent(guest, GUEST) == []
    assert await guest.people.successor(GUEST) == user_id


async def test_a_guest_is_adopted_once(guest: SqlStore) -> None:
    users = [await enter(guest, f"usr_{n}", subject=f"user-{n}") for n in range(6)]
    made = await together(guest.people.adopt(GUEST, user_id) for user_id in users)
    assert sorted(made) == [False] * 5 + [True]
    owners = [user_id for user_id in users if await talks(guest, user_id)]
    assert owners == [users[made.index(True)]]


async def test_nobody_adopts_a_user(guest: SqlStore) -> None:
    alice = await enter(guest, "usr_1")
    bob = await enter(guest, "usr_2", subject="bob")
    assert not await guest.people.adopt(alice, bob)
    assert not await guest.people.adopt("usr_local", bob)


async def test_a_pass_that_was_never_used_is_closed_too(store: SqlStore) -> None:
    user_id = await enter(store)
    assert await store.people.adopt(GUEST, user_id)
    assert await store.people.successor(GUEST) == user_id


async def test_what_a_guest_spent_and_holds_counts_as_the_user_s(
    guest: SqlStore,
) -> None:
    user_id = await enter(guest)
    await limit(guest, "1", user_id)
    await guest.runs.begin(RUN)
    await guest.runs.end("gen_run", outcome())
    await guest.people.adopt(GUEST, user_id)
    held = await account(guest, user_id)
    await guest.turns.finish("gen_1", outcome(), at=LATER)
    after = await account(guest, user_id)
    assert (held.reserved_usd, held.spent_usd) == (Decimal("0.01"), Decimal("0.0021"))
    assert (after.reserved_usd, after.spent_usd) == (0, Decimal("0.0042"))


async def test_an_answer_being_written_ends_as_the_user_s(guest: SqlStore) -> None:
    user_id = await enter(guest)
    await guest.people.adopt(GUEST, user_id)
    await limit(guest, "1", user_id)
    assert await guest.turns.finish("gen_1", outcome(), at=LATER)
    found = await guest.turns.find(user_id, ["gen_1"])
    assert found["gen_1"].status is Status.COMPLETED
    assert await spent(guest, user_id) == [Decimal("0.0021")]
    after = await account(guest, user_id)
    assert (after.reserved_usd, after.spent_usd) == (0, Decimal("0.0021"))


async def test_limits_that_only_one_of_them_has_count_for_both(
    guest: SqlStore,
) -> None:
    user_id = await enter(guest)
    await guest.turns.finish("gen_1", outcome(), at=LATER)
    await guest.runs.begin(replace(RUN, payer=Payer(principal_id=user_id)))
    await guest.runs.end("gen_run", outcome())
    await guest.budgets.limit(user_id, {DAY: Decimal(1)})
    await guest.people.adopt(GUEST, user_id)
    await limit(guest, "1", user_id)
    for period in (DAY, MONTH):
        assert (await account(guest, user_id, period)).spent_usd == Decimal("0.0042")


async def test_a_run_that_goes_on_is_charged_to_the_user(guest: SqlStore) -> None:
    user_id = await enter(guest)
    await limit(guest, "1", user_id)
    await guest.runs.begin(RUN)
    await guest.people.adopt(GUEST, user_id)
    assert (await account(guest, user_id)).reserved_usd == Decimal("0.02")
    await guest.runs.end("gen_run", outcome())
    assert (await account(guest, user_id)).reserved_usd == Decimal("0.01")
    assert await spent(guest, user_id) == [Decimal("0.0021")]


async def test_ends_and_limits_at_the_moment_of_adoption_lose_nothing(
    guest: SqlStore,
) -> None:
    user_id = await enter(guest)
    await guest.runs.begin(RUN)
    done = await together(
        [
            guest.turns.finish("gen_1", outcome(), at=LATER),
            guest.runs.end("gen_run", outcome()),
            limit(guest, "1", user_id),
            guest.people.adopt(GUEST, user_id),
            limit(guest, "1", GUEST),
        ]
    )
    assert [one for one in done if isinstance(one, BaseException)] == []
    after = await account(guest, user_id)
    assert (after.reserved_usd, after.spent_usd) == (0, Decimal("0.0042"))
    assert sum(await spent(guest, user_id)) == Decimal("0.0042")


async def test_a_key_that_the_guest_used_answers_the_user_the_same(
    guest: SqlStore,
) -> None:
    user_id = await enter(guest)
    await guest.people.adopt(GUEST, user_id)
    again = await guest.turns.begin(user_id, turn(2, key="key"))
    assert (again.generation_id, again.fresh) == ("gen_1", False)


async def test_keys_that_both_used_stay_the_user_s(guest: SqlStore) -> None:
    user_id = await enter(guest)
    await guest.conversations.create(user_id, talk("cnv_2"))
    theirs = turn(2, conversation_id="cnv_2", key="key")
    await guest.turns.begin(user_id, theirs)
    await guest.people.adopt(GUEST, user_id)
    again = await guest.turns.begin(user_id, replace(theirs, generation_id="gen_3"))
    assert again.generation_id == "gen_2"


async def test_what_comes_late_for_a_guest_comes_to_the_user(guest: SqlStore) -> None:
    user_id = await enter(guest)
    await guest.people.adopt(GUEST, user_id)
    await guest.conversations.create(GUEST, talk("cnv_2"))
    await guest.runs.begin(RUN)
    await guest.runs.end("gen_run", outcome())
    assert list(await guest.conversations.find(user_id, ["cnv_2"])) == ["cnv_2"]
    assert len(await spent(guest, user_id)) == 1


async def test_conversations_made_while_a_guest_is_adopted_are_not_lost(
    store: SqlStore,
) -> None:
    user_id = await enter(store)
    made = [store.conversations.create(GUEST, talk(f"cnv_{n}")) for n in range(8)]
    await together([*made[:4], store.people.adopt(GUEST, user_id), *made[4:]])
    ids = [f"cnv_{n}" for n in range(8)]
    assert sorted(await store.conversations.find(user_id, ids)) == ids
    rows = await store.database.read(
        lambda connection: connection.execute(select(principals)).all()
    )
    assert len(rows) == 2
