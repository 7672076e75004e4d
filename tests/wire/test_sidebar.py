import pytest

from tests.wire.conftest import Server, Tab
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio
SOON_S = 0.05


async def load(tab: Tab) -> None:
    await tab.fire("sidebar_state.load")
    await tab.until(lambda: tab.side("ready"))


async def delete(tab: Tab, place: str) -> None:
    await tab.fire("chat_state.delete", ids=[place])
    await tab.until(lambda: place in (tab.side("gone") or []))


async def test_conversations_are_listed_newest_first_a_page_at_a_time(
    tab: Tab, api: FakeApi
) -> None:
    for number in range(40):
        api.shelf.talk(f"Chat {number}")
    await load(tab)
    assert (len(tab.titles), tab.titles[0], tab.side("more")) == (30, "Chat 39", True)

    await tab.fire("sidebar_state.read_on")
    await tab.until(lambda: len(tab.titles) == 40)

    assert (tab.titles[-1], tab.side("more")) == ("Chat 0", False)


async def test_a_pinned_conversation_is_listed_however_old_it_is(
    tab: Tab, api: FakeApi
) -> None:
    old = api.shelf.talk("Old")
    for number in range(40):
        api.shelf.talk(f"Chat {number}")
    await load(tab)

    await tab.fire("sidebar_state.pin", conversation_id=old.id, pinned=True)
    await tab.until(lambda: "Old" in tab.titles)
    await load(tab)
    await tab.until(lambda: tab.side("fresh") == [])

    pins = {item["title"]: item["pinned"] for item in tab.side("items")}
    assert [title for title, pinned in pins.items() if pinned] == ["Old"]
    assert len(pins) == 31


async def test_what_is_changed_and_changed_back_is_shown_as_it_is(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Who?")
    await load(tab)

    for title in ("Robin", "Who?"):
        name = {"conversation_id": talk.id, "title": title}
        await tab.fire("sidebar_state.rename", **name)
        await tab.until(lambda title=title: tab.titles == [title])


async def test_many_are_archived_together_and_come_back_together(
    tab: Tab, api: FakeApi
) -> None:
    ids = [api.shelf.talk(f"Chat {number}").id for number in range(3)]
    await load(tab)

    await tab.fire("sidebar_state.archive", ids=ids[:2], archived=True)
    await tab.until(lambda: tab.titles == ["Chat 2"] and tab.side("undo")["text"])
    assert tab.side("undo")["text"] == "Archived 2 conversations"
    await tab.fire("sidebar_state.take_back")
    await tab.until(lambda: len(tab.titles) == 3)

    assert not any(talk.archived for talk in api.shelf.talks.values())


async def test_a_new_title_is_shown_everywhere(tab: Tab, api: FakeApi) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await load(tab)

    title = {"conversation_id": talk.id, "title": "  The butler \ud83d "}
    await tab.fire("sidebar_state.rename", **title)
    await tab.until(lambda: tab.titles == ["The butler \ufffd"])

    assert talk.title == "The butler \ufffd"


async def test_an_archived_conversation_is_in_the_archive_and_can_come_back(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Old", "Yes")
    api.shelf.talk("New", "Yes")
    await load(tab)
    await tab.fire("sidebar_state.archive", ids=[talk.id], archived=True)
    await tab.until(lambda: tab.titles == ["New"])

    await tab.fire("sidebar_state.show_archived", archived=True)
    await tab.until(lambda: tab.side("archived") and tab.titles == ["Old"])
    await tab.fire("sidebar_state.take_back")
    await tab.until(lambda: tab.titles == [])

    assert not talk.archived


async def test_a_deletion_that_is_undone_is_never_sent(tab: Tab, api: FakeApi) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await load(tab)
    await tab.visit(talk.id)
    await delete(tab, talk.id)
    assert (tab.titles, tab.chat("phase")) == ([], "home")
    assert tab.side("undo")["text"] == "Deleted “Who?”"

    await tab.fire("sidebar_state.take_back")
    await tab.until(lambda: tab.titles == ["Who?"])

    assert list(api.shelf.talks) == [talk.id]
    assert "mutation Delete" not in str(api.requests)


async def test_a_deleted_conversation_counts_as_gone_while_it_waits(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await load(tab)
    await delete(tab, talk.id)

    await tab.visit(talk.id)

    assert tab.chat("phase") == "missing"


class TestSoon:
    @pytest.fixture
    def wait_s(self) -> float:
        return SOON_S

    async def test_a_deletion_is_sent_when_the_time_to_undo_is_over(
        self, tab: Tab, api: FakeApi
    ) -> None:
        talk = api.shelf.talk("Who?", "Alfred")
        await load(tab)

        await delete(tab, talk.id)
        await tab.until(lambda: tab.side("undo")["text"] == "")

        assert api.shelf.talks == {}

    async def test_a_hundred_and_one_deletions_are_two_requests(
        self, tab: Tab, api: FakeApi
    ) -> None:
        ids = [api.shelf.talk(f"Chat {number}").id for number in range(101)]
        await load(tab)

        await tab.fire("chat_state.delete", ids=ids)
        await tab.until(lambda: tab.side("undo")["text"].startswith("Deleted 101"))
        await tab.until(lambda: tab.side("undo")["text"] == "")

        assert api.shelf.talks == {}
        assert sum("mutation Delete" in one["query"] for one in api.requests) == 2

    async def test_a_deletion_is_sent_though_the_tab_was_closed(
        self, tab: Tab, api: FakeApi, page: Server
    ) -> None:
        talk = api.shelf.talk("Who?", "Alfred")
        await load(tab)
        await delete(tab, talk.id)
        await tab.close()

        from reflex_app.state.service import service  # noqa: PLC0415 - after the page

        await page.wait_for(service().deletions.settled([talk.id]))

        assert api.shelf.talks == {}


async def test_a_turn_sends_only_what_changed_of_the_list(
    tab: Tab, api: FakeApi
) -> None:
    for number in range(30):
        api.shelf.talk(f"Chat {number}")
    await load(tab)
    before = tab.side("items")

    await tab.ask("Who is it?")
    await tab.answered()

    assert tab.side("items") == before
    assert [item["title"] for item in tab.side("fresh")] == ["Who is it?"]
    assert tab.titles[0] == "Who is it?"


async def test_what_is_asked_of_a_conversation_that_goes_is_asked_in_a_new_one(
    tab: Tab,
) -> None:
    await tab.ask("Who is it?")
    await tab.answered()
    place = tab.chat("place")

    await tab.fire("chat_state.delete", ids=[place])
    await tab.fire("chat_state.send", text="Who else?", place=place)

    await tab.until(lambda: tab.chat("place") not in {"", place})
    await tab.until(lambda: tab.rows and tab.rows[0]["content"] == "Who else?")
