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


async def download(tab: Tab, place: str, kind: str) -> tuple[str, str]:
    tab.events.clear()
    await tab.fire("chat_state.download", conversation_id=place, kind=kind)
    await tab.until(lambda: tab.events)
    return file_of(tab.events[0])


def questions(api: FakeApi) -> list[str]:
    return [
        said.content
        for talk in api.shelf.talks.values()
        for said in talk.messages.values()
        if said.role == "USER"
    ]


async def test_the_page_introduces_the_assistant_of_the_api(tab: Tab) -> None:
    await tab.until(lambda: tab.vars.get("service_state.ready"))

    assert tab.vars["service_state.assistant"]["name"] == "Comic book assistant"
    assert tab.vars["service_state.max_chars"] == 40


async def test_a_first_question_makes_a_conversation_with_an_address(
    tab: Tab, api: FakeApi
) -> None:
    await tab.ask("Who is it?")
    await tab.answered()

    assert [tab.chat("place")] == list(api.shelf.talks)
    assert tab.chat("heading") == "Who is it? · Sidekick"
    assert tab.titles == ["Who is it?"]


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


async def test_a_question_whose_reply_was_lost_is_asked_and_paid_once(
    tab: Tab, api: FakeApi
) -> None:
    api.lost_replies = 1

    await tab.ask("Who?")
    await tab.answered()

    assert questions(api) == ["Who?"]
    assert len(api.runs) == 1
    assert [row["failure"]["title"] for row in tab.rows] == ["", ""]


async def test_a_retry_uses_the_key_of_the_question_whose_replies_were_lost(
    tab: Tab, api: FakeApi
) -> None:
    api.lost_replies = 2
    await tab.say("Who?")
    await tab.until(lambda: tab.rows and tab.rows[0]["can_retry"])

    await tab.fire("chat_state.retry")
    await tab.until(lambda: tab.chat("generation"))
    await tab.answered()

    assert (questions(api), len(api.runs)) == (["Who?"], 1)
    assert [row["content"] for row in tab.rows] == ["Who?", "Who?"]


async def test_a_question_that_landed_is_not_offered_for_a_retry(
    tab: Tab, api: FakeApi
) -> None:
    api.lost_replies = 2
    await tab.say("Who?")
    await tab.until(lambda: tab.rows and tab.rows[0]["can_retry"])

    await tab.fire("chat_state.look")
    await tab.until(lambda: len(tab.rows) == 2 or tab.chat("generation"))

    assert [row["content"] for row in tab.rows][:1] == ["Who?"]
    assert not tab.rows[0]["can_retry"]


async def test_a_refused_question_stays_with_the_reason_and_can_be_retried(
    tab: Tab, api: FakeApi
) -> None:
    api.refusal = REFUSAL
    await tab.say("Who?")
    await tab.until(lambda: tab.rows and tab.rows[0]["failure"]["title"])
    assert (tab.rows[0]["failure"]["text"], tab.chat("busy")) == ("Too long.", False)

    api.refusal = None
    await tab.fire("chat_state.retry")
    await tab.until(lambda: tab.chat("generation"))
    await tab.answered()

    assert [row["content"] for row in tab.rows] == ["Who?", "Who?"]
    assert tab.rows[0]["failure"]["title"] == ""


async def test_a_refused_question_can_be_discarded(tab: Tab, api: FakeApi) -> None:
    api.refusal = REFUSAL
    await tab.say("Who?")
    await tab.until(lambda: tab.rows and tab.rows[0]["can_discard"])

    await tab.fire("chat_state.discard")
    await tab.until(lambda: not tab.rows)

    assert tab.chat("empty")


async def test_a_failed_answer_gets_another_version(tab: Tab, api: FakeApi) -> None:
    api.failing = FAILURE
    await tab.ask("Who?")
    await tab.answered()
    assert tab.rows[1]["failure"]["title"] == "The model is busy"
    assert (tab.rows[1]["can_retry"], tab.rows[1]["retry_after_s"]) == (True, 2)

    api.failing = None
    await tab.fire("chat_state.retry")
    await tab.until(lambda: tab.chat("generation"))
    await tab.answered()

    assert [row["failure"]["title"] for row in tab.rows] == ["", ""]
    assert (tab.rows[1]["version"], questions(api)) == ("2 of 2", ["Who?"])


async def test_an_edited_question_is_answered_and_the_old_one_kept(
    tab: Tab, api: FakeApi
) -> None:
    await tab.ask("Who?")
    await tab.answered()

    asked = tab.rows[0]["key"]
    await tab.fire("chat_state.edit", message_id=asked, text="Where?")
    await tab.until(lambda: tab.chat("generation"))
    await tab.answered()
    assert [row["content"] for row in tab.rows] == ["Where?", "Where?"]
    assert (tab.rows[0]["version"], tab.rows[0]["previous"]) == ("2 of 2", asked)

    await tab.fire("chat_state.select", message_id=asked)
    await tab.until(lambda: tab.rows[0]["version"] == "1 of 2")

    assert [row["content"] for row in tab.rows] == ["Who?", "Who?"]


async def test_an_answer_can_be_judged_and_the_judgement_taken_back(
    tab: Tab, api: FakeApi
) -> None:
    await tab.ask("Who?")
    await tab.answered()
    answer = tab.rows[1]["key"]

    judged = {"message_id": answer, "rating": "UP", "comment": "Yes \ud83d"}
    await tab.fire("chat_state.judge", **judged)
    await tab.until(lambda: tab.rows[1]["rating"] == "UP")
    _, said = api.shelf.of_message(answer)
    assert (said.rating, said.comment) == ("UP", "Yes \ufffd")

    await tab.fire("chat_state.judge", message_id=answer, rating="", comment="")
    await tab.until(lambda: tab.rows[1]["rating"] == "")
    assert said.rating is None


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


async def test_an_answer_out_of_reach_keeps_what_the_browser_saw(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)
    await tab.ask("Who is it?")
    generation = tab.chat("generation")
    api_server.stop()

    await tab.fire("chat_state.lost", generation_id=generation, text="Who is")
    await tab.until(lambda: not tab.chat("busy"))

    assert tab.rows[1]["content"] == "Who is"
    assert tab.rows[1]["note"] == "Interrupted"
    assert tab.chat("total") == "$0.00 + ?"


async def test_a_new_chat_leaves_the_answer_of_the_old_one_running(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)
    await tab.ask("Who is it?")
    first = tab.chat("place")

    await tab.visit()
    api_server.call(api.go_on.set)
    assert (tab.rows, tab.chat("busy")) == ([], False)
    await tab.ask("Next")
    await tab.answered()
    await tab.visit(first)
    assert tab.rows[0]["content"] == "Who is it?"
    assert not api.runs["gen_1"].stopped


async def test_a_text_meant_for_another_conversation_is_not_sent(
    tab: Tab, api: FakeApi
) -> None:
    await tab.ask("One")
    await tab.answered()

    await tab.fire("chat_state.send", text="Lost", place="cnv_elsewhere")
    await tab.ask("Two")

    assert questions(api) == ["One", "Two"]


async def test_a_second_question_while_one_is_answered_is_not_taken(
    tab: Tab, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)
    await tab.ask("One")

    await tab.say("Two")
    api_server.call(api.go_on.set)
    await tab.answered()

    assert [row["content"] for row in tab.rows] == ["One", "One"]


async def test_an_api_that_is_down_is_noticed(tab: Tab, api_server: Server) -> None:
    api_server.stop()
    await tab.say("Who?")
    await tab.until(lambda: tab.vars.get("service_state.offline"))
    await tab.until(lambda: tab.rows and tab.rows[0]["failure"]["title"])

    assert "cannot be reached" in tab.rows[0]["failure"]["title"]
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
    assert sum(sizes[10:]) / 30 < 4_000


async def test_any_conversation_can_be_downloaded_whole(tab: Tab, api: FakeApi) -> None:
    talk = api.shelf.talk(*(["=1+1", "Two"] * 75))

    name, text = await download(tab, talk.id, "csv")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert name == "conversation_20261122174503.csv"
    assert [row["content"] for row in rows] == ["'=1+1", "Two"] * 75

    _, text = await download(tab, talk.id, "json")
    message = json.loads(text)["messages"][1]
    assert message["receipt"][1]["amount"] == "0.0004"
    _, text = await download(tab, talk.id, "md")
    assert text.startswith("# =1+1\n")
