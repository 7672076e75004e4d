"""Several people use one page: each has what is theirs, and nothing of the others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from tests.wire.conftest import LIMIT_S, Server, Tab
from tests.wire.people import People

pytestmark = pytest.mark.anyio
ALICE, BOB = "sidekick=alice", "sidekick=bob"
SOON_S = 0.05

Open = Callable[..., Awaitable[Tab]]


@pytest.fixture
def people() -> People:
    known = People()
    known.person(ALICE, "Alice").shelf.talk("Who is Alfred?")
    known.person(BOB, "Bob").shelf.talk("Who is Robin?")
    return known


@pytest.fixture
def api_server(people: People) -> Iterator[Server]:
    server = Server(people.asgi)
    yield server
    server.stop()


@pytest.fixture
async def opened(connected: Server) -> AsyncIterator[Open]:
    tabs: list[Tab] = []

    async def open_one(cookies: str = "", token: str | None = None) -> Tab:
        tab = Tab(connected.port, token, cookies=cookies)
        tabs.append(tab)
        await tab.open()
        await tab.visit()
        await tab.fire("sidebar_state.load")
        return tab

    yield open_one
    for tab in tabs:
        await tab.close()


async def listed(tab: Tab) -> list[str]:
    await tab.until(lambda: tab.side("ready"))
    return tab.titles


async def test_two_people_at_once_see_each_their_own(opened: Open) -> None:
    alice, bob = await asyncio.gather(opened(ALICE), opened(BOB))

    assert await listed(alice) == ["Who is Alfred?"]
    assert await listed(bob) == ["Who is Robin?"]


async def test_a_call_carries_the_cookies_of_who_asks_and_no_more(
    opened: Open, people: People
) -> None:
    preferences = "theme=dark; sidekick_language=en; sidekick-login-1=x"

    await listed(await opened(f"{preferences}; {ALICE}"))

    seen = people.seen[ALICE]
    assert set(people.seen) == {ALICE}
    assert seen[b"x-forwarded-for"] == b"127.0.0.1"
    assert b"x-sidekick-visit" not in seen


async def test_nobody_sees_or_takes_back_what_another_deletes(
    opened: Open, people: People
) -> None:
    alice, bob = await opened(ALICE), await opened(BOB)
    (talk,) = people.apis[ALICE].shelf.talks
    await listed(alice)

    await bob.fire("chat_state.delete", ids=[talk])
    await bob.until(lambda: talk in (bob.side("gone") or []))
    await alice.fire("chat_state.delete", ids=[talk])
    await alice.until(lambda: alice.titles == [])
    await bob.fire("sidebar_state.take_back")
    await bob.until(lambda: bob.side("gone") == [])
    other = await opened(ALICE)

    assert await listed(other) == []


@pytest.mark.parametrize("wait_s", [SOON_S])
async def test_what_was_deleted_in_a_tab_that_is_closed_is_deleted(
    opened: Open, people: People
) -> None:
    alice = await opened(ALICE)
    shelf = people.apis[ALICE].shelf

    await alice.fire("chat_state.delete", ids=list(shelf.talks))
    await alice.until(lambda: alice.side("gone"))
    await alice.close()

    async with asyncio.timeout(LIMIT_S):
        while shelf.talks:  # noqa: ASYNC110 - the stand-in lives in another thread
            await asyncio.sleep(SOON_S)


async def test_somebody_else_in_the_same_tab_begins_with_nothing(
    opened: Open, people: People
) -> None:
    alice = await opened(ALICE)
    (talk,) = people.apis[ALICE].shelf.talks
    await alice.visit(talk)
    await alice.close()

    bob = await opened(BOB, token=alice.token)
    stranger = await opened(token=alice.token)

    assert (bob.rows, bob.chat("place"), await listed(bob)) == (
        [],
        "",
        ["Who is Robin?"],
    )
    assert stranger.titles == []


async def test_the_page_knows_who_is_signed_in(opened: Open) -> None:
    alice = await opened(ALICE)

    await alice.fire("visitor_state.load")
    await alice.until(lambda: alice.vars.get("visitor_state.name"))

    assert alice.vars["visitor_state.name"] == "Alice"
    assert alice.vars["visitor_state.open"]


async def test_who_is_not_signed_in_is_asked_to(opened: Open) -> None:
    stranger = await opened()

    await stranger.until(lambda: stranger.vars.get("visitor_state.refused"))
    await stranger.fire("door_state.arrive")
    await stranger.until(lambda: stranger.vars.get("door_state.kind"))

    assert stranger.vars["door_state.kind"] == "needed"
    assert not stranger.vars.get("service_state.offline")


async def test_where_only_keys_are_good_the_page_says_so(
    opened: Open, people: People
) -> None:
    people.signs_in = False
    stranger = await opened()

    await stranger.fire("door_state.arrive")
    await stranger.until(lambda: stranger.vars.get("door_state.kind"))

    assert stranger.vars["door_state.kind"] == "keys"


async def test_what_was_asked_as_the_session_ended_is_kept(
    opened: Open, people: People
) -> None:
    alice = await opened(ALICE)
    await alice.fire("visitor_state.load")
    await alice.until(lambda: alice.vars.get("visitor_state.owner"))
    del people.apis[ALICE]

    await alice.say("Is anybody there?")
    await alice.until(lambda: alice.vars.get("visitor_state.refused"))
    await alice.fire("door_state.arrive")
    await alice.until(lambda: alice.vars.get("door_state.kind"))

    assert alice.vars["visitor_state.unsent"] == "Is anybody there?"
    assert (alice.vars["door_state.kind"], alice.titles, alice.rows) == (
        "ended",
        [],
        [],
    )
