"""Moving between conversations, and seeing what happens in them elsewhere."""

from collections.abc import AsyncIterator

import pytest

from tests.wire.conftest import Server, Tab
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio


@pytest.fixture
async def other(tab: Tab, page: Server) -> AsyncIterator[Tab]:
    """A second tab of the same page."""
    opened = Tab(page.port)
    await opened.open()
    yield opened
    await opened.close()


async def test_a_stored_conversation_opens_by_its_address(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Who?", "Alfred", title="The butler")

    await tab.visit(talk.id)

    assert [row["content"] for row in tab.rows] == ["Who?", "Alfred"]
    assert (tab.chat("phase"), tab.chat("heading")) == ("open", "The butler · Sidekick")


async def test_an_unknown_address_says_so_and_shows_nothing_else(
    tab: Tab, api: FakeApi
) -> None:
    await tab.visit(api.shelf.talk("Who?", "Alfred").id)

    await tab.visit("cnv_unknown")

    assert (tab.chat("phase"), tab.rows) == ("missing", [])


async def test_a_conversation_out_of_reach_opens_when_the_api_is_back(
    tab: Tab, api_server: Server
) -> None:
    api_server.stop()

    await tab.visit("cnv_1")

    assert tab.chat("phase") == "failed"
    assert tab.vars["service_state.offline"]


async def test_a_long_conversation_opens_at_its_end_and_reads_back(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk(*(f"Message {number}" for number in range(120)))
    await tab.visit(talk.id)
    assert (len(tab.rows), tab.chat("more")) == (50, True)

    await tab.fire("chat_state.read_back")
    await tab.until(lambda: len(tab.rows) == 100)
    await tab.fire("chat_state.read_back")
    await tab.until(lambda: len(tab.rows) == 120)

    contents = [row["content"] for row in tab.rows]
    assert contents == [f"Message {number}" for number in range(120)]
    assert not tab.chat("more")


async def test_earlier_messages_stay_when_a_turn_is_added(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk(*(f"Message {number}" for number in range(120)))
    await tab.visit(talk.id)
    await tab.fire("chat_state.read_back")
    await tab.until(lambda: len(tab.rows) == 100)

    await tab.ask("And?")
    await tab.answered()

    assert tab.rows[0]["content"] == "Message 20"
    assert len(tab.rows) == 102


async def test_a_tab_sees_the_question_and_the_answer_of_another(
    tab: Tab, other: Tab, api: FakeApi, api_server: Server
) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await tab.visit(talk.id)
    await other.visit(talk.id)
    api_server.call(api.go_on.clear)
    await tab.ask("And who else?")

    await other.fire("chat_state.look")
    await other.until(lambda: len(other.rows) == 3)

    assert other.rows[-1]["content"] == "And who else?"
    api_server.call(api.go_on.set)
    await other.answered()
    assert other.rows[-1]["content"] == "And who else?"


async def test_a_tab_sees_that_another_stopped_the_answer(
    tab: Tab, other: Tab, api: FakeApi, api_server: Server
) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await tab.visit(talk.id)
    api_server.call(api.go_on.clear)
    await tab.ask("And who else?")
    await other.visit(talk.id)

    await other.fire("chat_state.stop")
    await tab.answered()

    assert tab.rows[-1]["note"].startswith("Stopped")


async def test_a_conversation_deleted_elsewhere_is_gone_here_too(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await tab.visit(talk.id)
    api.shelf.talks.clear()

    await tab.fire("chat_state.look")
    await tab.until(lambda: tab.chat("phase") == "missing")

    assert tab.rows == []


async def test_looking_at_a_conversation_that_did_not_change_sends_nothing(
    tab: Tab, api: FakeApi
) -> None:
    await tab.visit(api.shelf.talk("Who?", "Alfred").id)
    turn = tab.chat("turn")

    await tab.fire("chat_state.look")
    await tab.ask("Next")

    assert tab.chat("turn") == turn + 1
    assert [r["query"].split("(")[0] for r in api.requests].count("query Glance") == 1


class TestTitles:
    @pytest.fixture
    def title_pauses_s(self) -> tuple[float, ...]:
        return (0.05,) * 60

    async def test_a_title_written_after_the_answer_appears_by_itself(
        self, tab: Tab, api: FakeApi
    ) -> None:
        await tab.ask("Who is it?")
        await tab.answered()

        next(iter(api.shelf.talks.values())).title = "The butler"
        await tab.until(lambda: tab.chat("heading") == "The butler · Sidekick")

        assert tab.titles == ["The butler"]


async def test_a_tab_that_comes_back_finds_its_conversation(
    tab: Tab, page: Server
) -> None:
    await tab.ask("Who is it?")
    await tab.answered()
    again = Tab(page.port, tab.token)
    await tab.close()

    await again.open()

    assert [row["content"] for row in again.rows] == ["Who is it?", "Who is it?"]
    await again.close()


async def test_a_conversation_that_was_left_before_it_was_there_is_listed(
    tab: Tab, api: FakeApi
) -> None:
    await tab.fire("chat_state.send", text="Who is it?", place="")
    await tab.until(lambda: tab.chat("busy"))
    await tab.fire("chat_state.open", place="cnv_unknown")

    # Two handlers run at once: either may end first.
    await tab.until(lambda: tab.titles == ["Who is it?"])
    await tab.until(lambda: tab.chat("phase") == "missing")
