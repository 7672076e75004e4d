"""Limits of principals, keys and the service, over every database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from graphql_api.domain.access import Payer
from graphql_api.domain.accounts import (
    SERVICE,
    Account,
    Budget,
    BudgetPeriod,
    BudgetScope,
    Period,
)
from graphql_api.errors import BudgetExceeded
from tests.contract.store_data import (
    GONE,
    LATER,
    ME,
    NOW,
    OTHER,
    answered,
    outcome,
    talk,
    turn,
)
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
KEY = "key_1"
DAY, MONTH = Period.day(NOW), Period.month(NOW)
TOMORROW = Period.day(DAY.end)
MINE, TODAYS = Account(ME, MONTH), Account(ME, DAY)
KEYS, ALL = Account(KEY, MONTH), Account(SERVICE, MONTH)
WITH_KEY = replace(turn(reserve="0.01"), key_id=KEY)


def budget(
    limit: str, account: Account = MINE, *, spent: str = "0", reserved: str = "0"
) -> Budget:
    return Budget(
        account=account,
        limit_usd=Decimal(limit),
        spent_usd=Decimal(spent),
        reserved_usd=Decimal(reserved),
    )


async def limit(store: SqlStore, account: Account, usd: str | None) -> None:
    amount = None if usd is None else Decimal(usd)
    await store.budgets.limit(account.owner, {account.period: amount})


@pytest.fixture
async def empty_talk(store: SqlStore) -> SqlStore:
    await store.conversations.create(ME, talk())
    return store


async def test_without_a_limit_there_is_no_budget(store: SqlStore) -> None:
    assert await store.budgets.find([MINE, TODAYS, KEYS, ALL]) == []


async def test_a_limit_is_for_one_owner_and_one_period(store: SqlStore) -> None:
    await limit(store, MINE, "2.5")
    others = [TODAYS, Account(ME, Period.month(MONTH.end)), Account(OTHER, MONTH)]
    assert await store.budgets.find([*others, MINE, ALL]) == [budget("2.5")]


async def test_a_reserve_is_held_in_every_account_of_the_payer(
    empty_talk: SqlStore,
) -> None:
    for account in (MINE, TODAYS, KEYS, ALL, Account(OTHER, MONTH)):
        await limit(empty_talk, account, "1")
    await empty_talk.turns.begin(ME, WITH_KEY)
    held = await empty_talk.budgets.find([MINE, TODAYS, KEYS, ALL])
    assert [one.reserved_usd for one in held] == [Decimal("0.01")] * 4
    await empty_talk.turns.finish("gen_1", outcome(), at=LATER)
    paid = await empty_talk.budgets.find([MINE, TODAYS, KEYS, ALL])
    assert [one.spent_usd for one in paid] == [Decimal("0.0021")] * 4
    (theirs,) = await empty_talk.budgets.find([Account(OTHER, MONTH)])
    assert (theirs.spent_usd, theirs.reserved_usd) == (0, 0)


@pytest.mark.parametrize("full", [MINE, TODAYS, KEYS, ALL])
async def test_one_account_without_room_refuses_and_holds_nothing_elsewhere(
    empty_talk: SqlStore, full: Account
) -> None:
    for account in (MINE, TODAYS, KEYS, ALL):
        await limit(empty_talk, account, "0.009" if account == full else "1")
    with pytest.raises(BudgetExceeded) as refused:
        await empty_talk.turns.begin(ME, WITH_KEY)
    assert refused.value.limit is not None
    assert refused.value.limit.scope == full.scope
    found = await empty_talk.budgets.find([MINE, TODAYS, KEYS, ALL])
    assert [one.reserved_usd for one in found] == [0] * 4


async def test_what_was_spent_before_the_limit_counts(empty_talk: SqlStore) -> None:
    await empty_talk.turns.begin(ME, WITH_KEY)
    await empty_talk.turns.finish("gen_1", outcome(), at=LATER)
    await answered(empty_talk, 2, parent_id="msg_a1")
    await answered(empty_talk, 3, parent_id="msg_a2", at=NOW - timedelta(days=1))
    for account in (MINE, TODAYS, KEYS, ALL):
        await limit(empty_talk, account, "1")
    found = await empty_talk.budgets.find([MINE, TODAYS, KEYS, ALL])
    spent = [str(one.spent_usd.normalize()) for one in found]
    assert spent == ["0.0063", "0.0042", "0.0021", "0.0063"]


async def test_an_answer_that_began_before_its_limit_counts_when_it_ends(
    empty_talk: SqlStore,
) -> None:
    await empty_talk.turns.begin(ME, WITH_KEY)
    for account in (MINE, KEYS):
        await limit(empty_talk, account, "1")
    assert await empty_talk.budgets.find([MINE]) == [budget("1")]
    await empty_talk.turns.finish("gen_1", outcome(), at=LATER)
    found = await empty_talk.budgets.find([MINE, KEYS])
    assert found == [budget("1", spent="0.0021"), budget("1", KEYS, spent="0.0021")]


async def test_an_answer_belongs_to_the_day_on_which_it_was_asked_for(
    empty_talk: SqlStore,
) -> None:
    tomorrow = Account(ME, TOMORROW)
    await limit(empty_talk, TODAYS, "1")
    await limit(empty_talk, tomorrow, "1")
    await empty_talk.turns.begin(ME, turn(at=DAY.end - timedelta(microseconds=1)))
    await empty_talk.turns.finish("gen_1", outcome(), at=DAY.end)
    found = await empty_talk.budgets.find([TODAYS, tomorrow])
    assert found == [budget("1", TODAYS, spent="0.0021"), budget("1", tomorrow)]
    await limit(empty_talk, Account(SERVICE, TOMORROW), "1")
    (late,) = await empty_talk.budgets.find([Account(SERVICE, TOMORROW)])
    assert late.spent_usd == 0


async def test_another_limit_keeps_what_is_spent_and_held(
    empty_talk: SqlStore,
) -> None:
    await limit(empty_talk, MINE, "1")
    await empty_talk.turns.begin(ME, turn(reserve="0.01"))
    await limit(empty_talk, MINE, "3")
    assert await empty_talk.budgets.find([MINE]) == [budget("3", reserved="0.01")]


async def test_a_limit_refuses_what_does_not_fit_until_it_is_lifted(
    empty_talk: SqlStore,
) -> None:
    await limit(empty_talk, MINE, "0.005")
    with pytest.raises(BudgetExceeded):
        await empty_talk.turns.begin(ME, turn(reserve="0.01"))
    await limit(empty_talk, MINE, None)
    await empty_talk.turns.begin(ME, turn(reserve="0.01"))
    assert await empty_talk.budgets.find([MINE]) == []


async def test_a_limit_that_is_lifted_and_set_again_counts_all_there_was(
    empty_talk: SqlStore,
) -> None:
    await limit(empty_talk, MINE, "1")
    await empty_talk.turns.begin(ME, turn(reserve="0.01"))
    await limit(empty_talk, MINE, None)
    await limit(empty_talk, MINE, "2")
    assert await empty_talk.budgets.find([MINE]) == [budget("2", reserved="0.01")]
    await empty_talk.turns.sweep(GONE, at=LATER)
    assert await empty_talk.budgets.find([MINE]) == [budget("2")]


async def test_a_refusal_tells_the_limit_and_when_to_come_back(
    empty_talk: SqlStore,
) -> None:
    await limit(empty_talk, TODAYS, "0.02")
    await answered(empty_talk, 1)
    with pytest.raises(BudgetExceeded) as refused:
        await empty_talk.turns.begin(ME, turn(2, parent_id="msg_a1", reserve="0.018"))
    error, reached = refused.value, refused.value.limit
    assert error.message == (
        "The answer may cost up to $0.0180, and $0.0179 is left of your $0.02 for the "
        "day. The day's budget starts anew on 2026-11-23 at midnight (UTC)."
    )
    assert reached is not None
    assert (reached.limit_usd, reached.spent_usd) == (
        Decimal("0.02"),
        Decimal("0.0021"),
    )
    assert reached.resets_at == DAY.end
    assert error.retry_after_ms == -(-(DAY.end - NOW) // timedelta(milliseconds=1))


async def test_of_two_limits_without_room_the_last_to_start_anew_is_named(
    empty_talk: SqlStore,
) -> None:
    for account in (TODAYS, KEYS):
        await limit(empty_talk, account, "0")
    with pytest.raises(BudgetExceeded, match="this key's") as refused:
        await empty_talk.turns.begin(ME, WITH_KEY)
    assert refused.value.limit is not None
    assert refused.value.limit.period is BudgetPeriod.MONTH


async def test_the_service_s_amounts_are_told_to_nobody(empty_talk: SqlStore) -> None:
    await limit(empty_talk, ALL, "0.0042")
    with pytest.raises(BudgetExceeded) as refused:
        await empty_talk.turns.begin(ME, turn(reserve="0.01"))
    reached = refused.value.limit
    assert reached is not None
    assert reached.scope is BudgetScope.SERVICE
    assert (reached.limit_usd, reached.spent_usd, reached.reserved_usd) == (None,) * 3
    assert "$" not in refused.value.message


async def test_a_payer_pays_from_accounts_of_its_own(store: SqlStore) -> None:
    await limit(store, MINE, "0")
    await limit(store, KEYS, "0")
    await store.conversations.create(OTHER, talk("cnv_theirs"))
    theirs = turn(2, conversation_id="cnv_theirs")
    await store.turns.begin(OTHER, replace(theirs, key_id="key_2"))
    assert await store.budgets.find([MINE, KEYS]) == [budget("0"), budget("0", KEYS)]


@pytest.mark.parametrize(
    ("at", "day", "name", "end"),
    [
        (NOW, "2026-11-22", "2026-11", datetime(2026, 12, 1, tzinfo=UTC)),
        (MONTH.end, "2026-12-01", "2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        (
            MONTH.end - timedelta(microseconds=1),
            "2026-11-30",
            "2026-11",
            datetime(2026, 12, 1, tzinfo=UTC),
        ),
        (
            datetime(2028, 2, 29, tzinfo=UTC),
            "2028-02-29",
            "2028-02",
            datetime(2028, 3, 1, tzinfo=UTC),
        ),
    ],
)
async def test_periods_are_those_of_the_calendar(
    at: datetime, day: str, name: str, end: datetime
) -> None:
    assert (Period.month(at).name, Period.month(at).end) == (name, end)
    assert Period.day(at).name == day
    assert Period.day(at).end - Period.day(at).start == timedelta(days=1)


def test_an_owner_is_known_by_its_identifier() -> None:
    payer = Payer(principal_id=ME, key_id=KEY)
    assert Account(str(payer.key_id), DAY).scope is BudgetScope.KEY
    assert Account(payer.principal_id, DAY).scope is BudgetScope.VIEWER
