import csv
import json
from base64 import b64decode
from io import StringIO
from urllib.parse import unquote

import pytest

from tests.wire.conftest import Server, Tab
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio

REFUSAL = {"message": "Too long.", "extensions": {"code": "BAD_USER_INPUT"}}
FAILURE = {
    "code": "MODEL_UNAVAILABLE",
    "message": "The model is busy.",
    "retryable": True,
    "retryAfterMs": 2000,
}


def file_of(event: dict) -> tuple[str, str]:
    payload = event["payload"]
    head, _, data = payload["url"].partition(",")
    text = b64decode(data).decode() if head.endswith("base64") else unquote(data)
    return payload["filename"], text


async def download(tab: Tab, kind: str) -> tuple[str, str]:
    tab.events.clear()
    await tab.fire("chat_state.download", kind=kind)
    await tab.until(lambda: tab.events)
    return file_of(tab.events[0])


async def test_the_page_introduces_the_assistant_of_the_api(tab: Tab) -> None:
    await tab.until(lambda: tab.vars.get("service_state.ready"))

    assert tab.vars["service_state.assistant"]["name"] == "Comic book assistant"
    assert tab.vars["service_state.max_chars"] == 40


async def test_a_turn_shows_the_answer_and_its_cost(tab: Tab) -> None:
    await tab.ask("Who is it?")
    await tab.answered()

    assert [row["role"] for row in tab.rows] == ["USER", "ASSISTANT"]
    assert tab.rows[1]["content"] == "Who is it?"
    assert tab.rows[1]["meta"] == "6 tokens · $0.0004"
    assert tab.chat("total") == "$0.0004"


async def test_the_browser_cannot_make_up_an_answer(tab: Tab) -> None:
    await tab.ask("Who is it?")
    generation = tab.chat("generation")

    await tab.fire("chat_state.lost", generation_id=generation, text="I am a lie")
    await tab.until(lambda: not tab.chat("busy"))

    assert tab.rows[1]["content"] == "Who is it?"


async def test_the_whole_history_is_sent_with_the_next_question(
    tab: Tab, api: FakeApi
) -> None:
    await tab.ask("One")
    await tab.answered()
    await tab.ask("Two")

    history = api.requests[-1]["variables"]["history"]
    assert [(m["role"], m["content"]) for m in history] == [
        ("USER", "One"),
        ("ASSISTANT", "One"),
        ("USER", "Two"),
    ]


async def test_a_refused_question_stays_with_the_reason_and_can_be_retried(
    tab: Tab, api: FakeApi
) -> None:
    api.refusal = REFUSAL
    await tab.fire("chat_state.send", text="Who?")
    await tab.until(lambda: tab.rows and tab.rows[0]["error"])
    assert (tab.rows[0]["error"], tab.chat("busy")) == ("Too long.", False)

    api.refusal = None
    await tab.fire("chat_state.retry")
    await tab.until(lambda: tab.chat("generation"))
    await tab.answered()

    assert [row["content"] for row in tab.rows] == ["Who?", "Who?"]
    assert tab.rows[0]["error"] == ""


async def test_a_failed_answer_is_replaced_by_the_next_try(
    tab: Tab, api: FakeApi
) -> None:
    api.failing = FAILURE
    await tab.ask("Who?")
    await tab.answered()
    assert tab.rows[1]["error"] == "The model is busy."
    assert (tab.rows[1]["can_retry"], tab.rows[1]["retry_after_s"]) == (True, 2)

    api.failing = None
    await tab.fire("chat_state.retry")
    await tab.until(lambda: tab.chat("generation"))
    await tab.answered()

    assert [row["error"] for row in tab.rows] == ["", ""]


async def test_stop_reaches_the_api_and_keeps_what_was_written(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)
    await tab.ask("Who is it?")

    await tab.fire("chat_state.stop")
    await tab.until(lambda: tab.chat("stopping"))
    await tab.answered()

    assert tab.rows[1]["note"].startswith("Stopped")
    assert api.runs["gen_1"].stopped


async def test_an_answer_the_api_forgot_is_kept_as_interrupted(
    tab: Tab, api: FakeApi
) -> None:
    await tab.ask("Who is it?")
    generation = tab.chat("generation")
    api.runs.clear()

    await tab.fire("chat_state.lost", generation_id=generation, text="Who is")
    await tab.until(lambda: not tab.chat("busy"))

    assert tab.rows[1]["content"] == "Who is"
    assert tab.rows[1]["note"] == "Interrupted"
    assert tab.chat("total") == "$0.00 + ?"


async def test_clear_stops_the_answer_and_empties_the_page(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)
    await tab.ask("Who is it?")

    await tab.fire("chat_state.clear")
    await tab.until(lambda: not tab.chat("busy"))
    await tab.ask("Next")

    assert [row["content"] for row in tab.rows] == ["Next"]
    assert api.runs["gen_1"].stopped


async def test_a_late_ending_of_a_cleared_turn_changes_nothing(tab: Tab) -> None:
    await tab.ask("Who is it?")
    generation = tab.chat("generation")
    await tab.fire("chat_state.clear")
    await tab.until(lambda: not tab.chat("busy"))

    await tab.fire("chat_state.finished", generation_id=generation, cursor="")
    await tab.ask("Next")

    assert [row["content"] for row in tab.rows] == ["Next"]


async def test_a_second_question_while_one_is_answered_is_not_taken(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)
    await tab.ask("One")

    await tab.fire("chat_state.send", text="Two")
    api_server.call(api.go_on.set)
    await tab.answered()

    assert [row["content"] for row in tab.rows] == ["One", "One"]


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


async def test_an_api_that_is_down_is_noticed_and_found_again(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    api_server.stop()
    await tab.fire("chat_state.send", text="Who?")
    await tab.until(lambda: tab.vars.get("service_state.offline"))

    assert "cannot be reached" in tab.rows[0]["error"]
    assert tab.rows[0]["can_retry"]


async def test_a_turn_costs_little_traffic_however_long_the_conversation(
    tab: Tab,
) -> None:
    sizes = []
    for number in range(40):
        before = tab.bytes_received
        await tab.ask(f"Question {number} " + "word " * 40)
        await tab.answered()
        sizes.append(tab.bytes_received - before)

    late, early = sum(sizes[30:]), sum(sizes[10:20])
    assert late < 2 * early


async def test_downloads_are_named_after_the_moment_and_hold_every_message(
    tab: Tab,
) -> None:
    await tab.ask("=1+1")
    await tab.answered()

    name, text = await download(tab, "csv")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert name == "conversation_20261122174503.csv"
    assert [row["content"] for row in rows] == ["'=1+1", "'=1+1"]

    name, text = await download(tab, "json")
    assert name == "conversation_20261122174503.json"
    assert json.loads(text)["messages"][1]["content"] == "=1+1"

    name, text = await download(tab, "md")
    assert name == "conversation_20261122174503.md"
    assert "=1+1" in text
