"""What administrators see of everybody, over every database."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from graphql_api.domain.access import Payer, Principal, PrincipalKind
from graphql_api.domain.accounts import NewRun
from graphql_api.domain.administration import AuditAction, PrincipalOrder
from graphql_api.domain.conversations import Purpose
from graphql_api.domain.generations import Problem, Status
from graphql_api.errors import BadInput, ErrorCode
from tests.contract.store_data import (
    ALL,
    GONE,
    LATER,
    ME,
    NOW,
    answered,
    done,
    first,
    outcome,
    talk,
    turn,
)
from tests.contract.store_places import SqlStore
from tests.contract.test_store_keys import BOT, DIGEST, KEY

pytestmark = pytest.mark.anyio
NEWEST, SPENT = PrincipalOrder.NEWEST, PrincipalOrder.SPENT
NAMES = ("usr_a", "usr_b", "usr_c")
TOO_LATE = Problem(code=ErrorCode.TIMEOUT, message="It's late.", retryable=True)


async def spend(
    store: SqlStore, principal_id: str, number: int, usd: str | None, days_ago: int
) -> None:
    """Have a title paid that was asked for some days ago."""
    run = NewRun(
        generation_id=f"gen_{number}",
        payer=Payer(principal_id=principal_id),
        conversation_id="cnv_x",
        purpose=Purpose.TITLE,
        model_name="gpt-6-luna",
        assistant_key="comics",
        reserve_usd=None,
        at=NOW - timedelta(days=days_ago),
    )
    await store.runs.begin(run)
    await store.runs.end(run.generation_id, outcome(cost=usd))


@pytest.fixture
async def people(store: SqlStore) -> SqlStore:
    """Three principals, of whom the second spent most."""
    for age, name in enumerate(NAMES):
        at = NOW + timedelta(seconds=age)
        kind = PrincipalKind.SERVICE
        await store.principals.add(
            Principal(id=name, kind=kind, name=name, created_at=at)
        )
    for number, (name, usd, days_ago) in enumerate(
        [
            ("usr_a", "0.000000000001", 0),
            ("usr_b", "1.5", 3),
            ("usr_b", "0.25", 0),
            ("usr_b", "99", 40),
            ("usr_b", None, 0),
        ]
    ):
        await spend(store, name, number, usd, days_ago)
    return store


async def test_spending_is_that_of_today_and_of_this_month(people: SqlStore) -> None:
    page = await people.oversight.principals(NEWEST, ALL, at=NOW)
    sums = {
        one.principal.id: (one.spent_today_usd, one.spent_this_month_usd)
        for one in page.items
    }
    assert sums == {
        "usr_a": (Decimal("1E-12"), Decimal("1E-12")),
        "usr_b": (Decimal("0.25"), Decimal("1.75")),
        "usr_c": (0, 0),
    }


@pytest.mark.parametrize(
    ("order", "expected"),
    [(NEWEST, ["usr_c", "usr_b", "usr_a"]), (SPENT, ["usr_b", "usr_a", "usr_c"])],
)
async def test_principals_are_read_in_pages(
    people: SqlStore, order: PrincipalOrder, expected: list[str]
) -> None:
    seen, after = [], None
    for _ in NAMES:
        page = await people.oversight.principals(order, first(1, after), at=NOW)
        seen += [one.principal.id for one in page.items]
        assert (page.total, page.has_previous) == (3, after is not None)
        after = seen[-1]
    assert (seen, page.has_next) == (expected, False)


@pytest.mark.parametrize("order", [NEWEST, SPENT])
async def test_a_cursor_must_name_a_principal(
    people: SqlStore, order: PrincipalOrder
) -> None:
    with pytest.raises(BadInput):
        await people.oversight.principals(order, first(1, "usr_d"), at=NOW)


async def test_a_standing_counts_conversations_and_tells_the_last_deed(
    store: SqlStore,
) -> None:
    await store.conversations.create(ME, talk())
    await answered(store)
    await store.conversations.create(ME, talk("cnv_2"))
    (standing,) = (await store.oversight.standings([ME, "usr_x"], at=NOW)).values()
    assert (standing.principal.kind, standing.conversations) == ("LOCAL", 2)
    assert standing.last_active_at == LATER
    assert standing.spent_today_usd == Decimal("0.0021")


async def test_the_use_of_a_key_is_a_deed(store: SqlStore) -> None:
    entry = done(AuditAction.CREATE_API_KEY)
    await store.api_keys.create(KEY, DIGEST, entry, owner=BOT)
    before = (await store.oversight.standings([BOT.id], at=NOW))[BOT.id]
    await store.api_keys.used([KEY.id], at=LATER)
    after = (await store.oversight.standings([BOT.id], at=NOW))[BOT.id]
    assert (before.last_active_at, after.last_active_at) == (None, LATER)
    assert after.principal == BOT


async def test_keys_of_all_principals_are_read_in_pages(store: SqlStore) -> None:
    for number in range(3):
        owner = replace(BOT, id=f"usr_{number}")
        key = replace(KEY, id=f"key_{number}", principal_id=owner.id)
        entry = done(AuditAction.CREATE_API_KEY, f"aud_{number}")
        await store.api_keys.create(key, DIGEST, entry, owner=owner)
    page = await store.oversight.api_keys(first(2))
    rest = await store.oversight.api_keys(first(2, page.items[-1].id))
    assert [key.id for key in (*page.items, *rest.items)] == [
        *("key_2", "key_1", "key_0")
    ]
    assert (page.has_next, rest.has_next) == (True, False)


async def test_failures_are_counted_by_code_and_shown_newest_first(
    store: SqlStore,
) -> None:
    failed = replace(outcome(), status=Status.FAILED, problem=TOO_LATE)
    for number, end in enumerate((failed, outcome(), failed)):
        await store.conversations.create(ME, talk(f"cnv_{number}"))
        begun = turn(number, conversation_id=f"cnv_{number}")
        await store.turns.begin(ME, begun)
        at = NOW + timedelta(minutes=number)
        assert await store.turns.finish(begun.generation_id, end, at=at)
    found = await store.oversight.failures(NOW, newest=20)
    later = await store.oversight.failures(LATER, newest=20)
    assert found.counts == {ErrorCode.TIMEOUT: 2}
    assert [one.generation_id for one in found.newest] == ["gen_2", "gen_0"]
    assert (found.newest[0].principal_id, found.newest[0].code) == (ME, "TIMEOUT")
    assert later.counts == {ErrorCode.TIMEOUT: 1}
    assert len((await store.oversight.failures(NOW, newest=1)).newest) == 1


async def test_interrupted_answers_are_failures(store: SqlStore) -> None:
    await store.conversations.create(ME, talk())
    await store.turns.begin(ME, turn())
    await store.turns.sweep(GONE, at=LATER)
    found = await store.oversight.failures(NOW, newest=20)
    assert found.counts == {ErrorCode.INTERRUPTED: 1}
    assert found.newest[0].at == LATER
