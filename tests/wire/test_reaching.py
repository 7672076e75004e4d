"""Bringing a message that was found onto the page."""

import pytest

from tests.wire.conftest import Server, Tab
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio


async def reach(tab: Tab, message_id: str) -> str:
    """Ask for a message; what came of it."""
    await tab.fire("chat_state.reach", message_id=message_id)
    await tab.until(lambda: (tab.chat("reached") or "").startswith(f"{message_id} "))
    return tab.chat("reached").split()[1]


async def test_a_message_far_back_is_shown_with_all_that_follow(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk(*(f"Message {number}" for number in range(520)))
    first = talk.branch()[7]
    await tab.visit(talk.id)

    assert await reach(tab, first.id) == "shown"

    shown = [row["key"] for row in tab.rows]
    assert first.id in shown
    assert shown == [said.id for said in talk.branch()[-len(shown) :]]
    assert len(shown) == 450 + 70


async def test_a_message_is_shown_though_a_page_before_came_by_scrolling(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk(*(f"Message {number}" for number in range(520)))
    first = talk.branch()[7]
    await tab.visit(talk.id)

    await tab.fire("chat_state.reach", message_id=first.id)
    await tab.fire("chat_state.read_back")
    await tab.until(lambda: tab.chat("reached") == f"{first.id} shown")

    shown = [row["key"] for row in tab.rows]
    assert first.id in shown
    assert shown == [said.id for said in talk.branch()[-len(shown) :]]


async def test_a_message_on_the_page_is_not_read_again(tab: Tab, api: FakeApi) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await tab.visit(talk.id)
    before = len(api.requests)

    assert await reach(tab, talk.branch()[0].id) == "shown"

    assert len(api.requests) == before


async def test_a_message_of_another_version_has_that_version_selected(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Who is Batman?", "Bruce")
    other = talk.branch()[1]
    await tab.visit(talk.id)
    await tab.fire("chat_state.edit", message_id=talk.branch()[0].id, text="Robin?")
    await tab.until(lambda: tab.rows and tab.rows[0]["content"] == "Robin?")
    await tab.answered()

    assert await reach(tab, other.id) == "version"

    assert [row["content"] for row in tab.rows] == ["Who is Batman?", "Bruce"]


async def test_no_version_is_selected_while_an_answer_is_written(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Who is Batman?", "Bruce")
    other = talk.branch()[1]
    await tab.visit(talk.id)
    api.go_on.clear()
    await tab.fire("chat_state.edit", message_id=talk.branch()[0].id, text="Robin?")
    await tab.until(lambda: tab.chat("generation"))

    assert await reach(tab, other.id) == "busy"


async def test_a_message_out_of_reach_says_so(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    talk = api.shelf.talk(*(f"Message {number}" for number in range(60)))
    await tab.visit(talk.id)
    api_server.stop()

    assert await reach(tab, talk.branch()[0].id) == "unreachable"
