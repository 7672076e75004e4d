import pytest

from tests.wire.conftest import Tab
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio

WARM = {"assistant": "ast_comics", "model": "", "temperature": "1.5", "limit": "7"}
KEPT = {"modelId": None, "temperature": 1.5, "maxCompletionTokens": 7}


def options(api: FakeApi) -> list[dict]:
    return [talk.options for talk in api.shelf.talks.values()]


async def choose(tab: Tab, **wanted: str) -> None:
    await tab.fire("chat_state.choose", **wanted)
    await tab.until(lambda: tab.chat("choice") == wanted)


async def test_a_new_conversation_begins_with_what_was_chosen(
    tab: Tab, api: FakeApi
) -> None:
    await choose(tab, **WARM)
    await tab.ask("Who is it?")
    await tab.answered()

    assert options(api) == [KEPT]
    assert tab.chat("choice") == WARM


async def test_a_choice_is_kept_by_the_api_and_read_with_the_conversation(
    tab: Tab, api: FakeApi
) -> None:
    talk = api.shelf.talk("Who?", "Alfred")
    await tab.visit(talk.id)
    await choose(tab, **WARM)
    await tab.ask("And then?")
    await tab.answered()
    assert talk.options == KEPT

    await tab.visit("")
    assert tab.chat("choice")["temperature"] == ""
    await tab.visit(talk.id)
    assert tab.chat("choice") == WARM
