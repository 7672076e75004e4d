"""Stored conversations over GraphQL: the tree, its turns, and what they cost."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest

from graphql_api.domain.conversations import UsageRow
from graphql_api.schema.usage import UsageReport
from tests.schema.conftest import Api, open_api

pytestmark = pytest.mark.anyio

MESSAGE = "id role content status parent { id } tokenUsage { totalTokens }"
PAYLOAD = f"""
  conversation {{ id title }}
  userMessage {{ {MESSAGE} }}
  assistantMessage {{ {MESSAGE} }}
  generation {{ id status message {{ id }} }}
"""
CREATE = """mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id title assistant { name } } }
}"""
SEND = f"""mutation ($input: SendMessageInput!) {{
  sendMessage(input: $input) {{ {PAYLOAD} }} }}"""
EDIT = f"""mutation ($input: EditMessageInput!) {{
  editMessage(input: $input) {{ {PAYLOAD} }} }}"""
REGENERATE = f"""mutation ($input: RegenerateMessageInput!) {{
  regenerateMessage(input: $input) {{ {PAYLOAD} }} }}"""
CONVERSATION = f"""query ($id: ID!) {{ conversation(id: $id) {{
  id title archived tokenUsage {{ totalTokens }}
  cost {{ amount currency items {{ kind }} }}
  activeGeneration {{ id }}
  messages(first: 100) {{ nodes {{ {MESSAGE} versions {{ id }} }} totalCount }}
}} }}"""
FOLLOW = """subscription ($id: ID!, $after: String) {
  generationEvents(generationId: $id, after: $after) {
    __typename cursor
    ... on GenerationDelta { delta }
    ... on GenerationReset { text }
    ... on GenerationEnded { status message { content } storedMessage { id } }
  }
}"""


async def create(api: Api, **wanted: Any) -> str:
    data = await api.data(CREATE, input=wanted)
    return data["createConversation"]["conversation"]["id"]


async def follow(api: Api, generation_id: str, after: str | None = None) -> list[Any]:
    answer = await api.post(
        FOLLOW, {"id": generation_id, "after": after}, accept="text/event-stream"
    )
    lines = [line for line in answer.text.splitlines() if line.startswith("data: {")]
    payloads = [json.loads(line[6:]) for line in lines]
    assert all("errors" not in payload for payload in payloads), payloads
    return [payload["data"]["generationEvents"] for payload in payloads]


async def send(api: Api, conversation: str, content: str, **more: Any) -> Any:
    wanted = {"conversationId": conversation, "content": content, **more}
    payload = (await api.data(SEND, input=wanted))["sendMessage"]
    await follow(api, payload["generation"]["id"])
    return payload


async def read(api: Api, conversation: str) -> Any:
    return (await api.data(CONVERSATION, id=conversation))["conversation"]


def texts(conversation: Any) -> list[str]:
    return [node["content"] for node in conversation["messages"]["nodes"]]


async def test_a_turn_is_stored_with_its_usage_and_title(api: Api) -> None:
    conversation = await create(api)
    payload = await send(api, conversation, "Who is Robin?")
    assert payload["generation"]["message"]["id"] == payload["assistantMessage"]["id"]
    found = await read(api, conversation)
    assert texts(found) == ["Who is Robin?", "Who is Robin?"]
    assert found["title"] == "Who is Robin?"
    assert found["activeGeneration"] is None
    assert found["tokenUsage"]["totalTokens"] == 6
    assert found["cost"] == {"amount": "0", "currency": "USD", "items": []}
    answer = found["messages"]["nodes"][1]
    assert answer["status"] == "COMPLETED"
    assert answer["parent"]["id"] == payload["userMessage"]["id"]


async def test_the_whole_branch_is_told_to_the_model(api: Api) -> None:
    conversation = await create(api)
    await send(api, conversation, "one two")
    await send(api, conversation, "three")
    found = await read(api, conversation)
    # The echo counts the words of the history: 2 + 2 + 1, and its answer 1.
    last = found["messages"]["nodes"][-1]
    assert last["tokenUsage"]["totalTokens"] == 6


async def test_an_edited_question_and_a_new_answer_are_versions(api: Api) -> None:
    conversation = await create(api)
    first = await send(api, conversation, "old question")
    wanted = {"messageId": first["userMessage"]["id"], "content": "new question"}
    edited = (await api.data(EDIT, input=wanted))["editMessage"]
    await follow(api, edited["generation"]["id"])
    found = await read(api, conversation)
    assert texts(found) == ["new question", "new question"]
    assert len(found["messages"]["nodes"][0]["versions"]) == 2
    wanted = {"messageId": edited["assistantMessage"]["id"]}
    again = (await api.data(REGENERATE, input=wanted))["regenerateMessage"]
    await follow(api, again["generation"]["id"])
    found = await read(api, conversation)
    assert len(found["messages"]["nodes"][1]["versions"]) == 2


async def test_an_older_version_can_be_shown_again(api: Api) -> None:
    conversation = await create(api)
    first = await send(api, conversation, "old")
    wanted = {"messageId": first["userMessage"]["id"], "content": "new"}
    edited = (await api.data(EDIT, input=wanted))["editMessage"]
    await follow(api, edited["generation"]["id"])
    select = """mutation ($input: SelectMessageVersionInput!) {
      selectMessageVersion(input: $input) { conversation { id } } }"""
    await api.data(select, input={"messageId": first["userMessage"]["id"]})
    assert texts(await read(api, conversation)) == ["old", "old"]


async def test_the_same_key_gives_the_first_result_and_another_body_a_conflict(
    api: Api,
) -> None:
    conversation = await create(api)
    first = await send(api, conversation, "once", idempotencyKey="k1")
    second = await send(api, conversation, "once", idempotencyKey="k1")
    assert first["generation"]["id"] == second["generation"]["id"]
    assert len(texts(await read(api, conversation))) == 2
    wanted = {"conversationId": conversation, "content": "x", "idempotencyKey": "k1"}
    error = await api.error(SEND, input=wanted)
    assert error["extensions"]["code"] == "CONFLICT"


async def test_many_sends_of_one_key_at_once_begin_one_turn(api: Api) -> None:
    conversation = await create(api)
    sends = [send(api, conversation, "race", idempotencyKey="k") for _ in range(16)]
    payloads = await asyncio.gather(*sends)
    assert len({payload["generation"]["id"] for payload in payloads}) == 1
    assert len(texts(await read(api, conversation))) == 2


async def test_a_second_message_while_one_is_answered_is_a_conflict(api: Api) -> None:
    conversation = await create(api)
    wanted = {"conversationId": conversation, "content": "__slow__ " + "w " * 200}
    begun = (await api.data(SEND, input=wanted))["sendMessage"]
    error = await api.error(SEND, input={**wanted, "content": "me too"})
    assert error["extensions"]["code"] == "CONFLICT"
    assert error["extensions"]["retryable"]
    active = (await read(api, conversation))["activeGeneration"]
    assert active["id"] == begun["generation"]["id"]
    stop = """mutation ($id: ID!) { stopGeneration(input: {generationId: $id}) {
      generation { status message { status } } } }"""
    stopped = await api.data(stop, id=begun["generation"]["id"])
    generation = stopped["stopGeneration"]["generation"]
    assert generation == {"status": "STOPPED", "message": {"status": "STOPPED"}}
    await send(api, conversation, "now it is my turn")


async def test_conversations_are_listed_searched_renamed_and_archived(api: Api) -> None:
    batman, robin = await create(api, title="Bats"), await create(api)
    await send(api, robin, "The boy wonder flies")
    listing = """query ($search: String, $archived: Boolean) {
      conversations(search: $search, archived: $archived) {
        nodes { id } totalCount pageInfo { hasNextPage } } }"""
    page = (await api.data(listing))["conversations"]
    assert [node["id"] for node in page["nodes"]] == [robin, batman]
    found = (await api.data(listing, search="wonder"))["conversations"]["nodes"]
    assert [node["id"] for node in found] == [robin]
    update = """mutation ($input: UpdateConversationInput!) {
      updateConversation(input: $input) { conversation { title archived } } }"""
    wanted = {"conversationId": robin, "title": "Bird", "archived": True}
    changed = await api.data(update, input=wanted)
    assert changed["updateConversation"]["conversation"] == {
        "title": "Bird",
        "archived": True,
    }
    archived = (await api.data(listing, archived=True))["conversations"]["nodes"]
    assert [node["id"] for node in archived] == [robin]


async def test_a_search_gives_passages_of_titles_and_of_messages(api: Api) -> None:
    titled, told = await create(api, title="The boy wonder"), await create(api)
    asked = (await send(api, told, "A *wonder* of 哥谭市"))["userMessage"]["id"]
    search = """query ($words: String!, $within: SearchPlace!) {
      search(query: $words, within: $within) { nodes {
        conversation { id } message { id role } snippet { text hit } } } }"""
    (title,) = (await api.data(search, words="boy wonder", within="TITLES"))["search"][
        "nodes"
    ]
    assert (title["conversation"]["id"], title["message"]) == (titled, None)
    assert title["snippet"][-1] == {"text": "wonder", "hit": True}
    found = (await api.data(search, words="谭", within="MESSAGES"))["search"]["nodes"]
    assert found[-1]["message"] == {"id": asked, "role": "USER"}
    assert {"text": "谭", "hit": True} in found[-1]["snippet"]


async def test_a_search_is_bounded(api: Api) -> None:
    search = """query ($words: String!, $first: Int) {
      search(query: $words, within: MESSAGES, first: $first) { nodes {
        snippet { text } } } }"""
    for variables, field in (
        ({"words": "x" * 201}, "query"),
        ({"words": "x", "first": 101}, "first"),
    ):
        error = await api.error(search, **variables)
        assert error["extensions"]["field"] == field


async def test_a_conversation_is_pinned_without_being_moved(api: Api) -> None:
    older, newer = await create(api), await create(api)
    update = """mutation ($input: UpdateConversationInput!) {
      updateConversation(input: $input) { conversation { pinnedAt } } }"""
    wanted = {"conversationId": older, "pinned": True}
    changed = (await api.data(update, input=wanted))["updateConversation"]
    assert changed["conversation"]["pinnedAt"] is not None
    both = """{ all: conversations { nodes { id } }
      pinned: conversations(pinned: true) { nodes { id } } }"""
    listed = await api.data(both)
    assert [node["id"] for node in listed["all"]["nodes"]] == [newer, older]
    assert [node["id"] for node in listed["pinned"]["nodes"]] == [older]


async def test_many_conversations_are_archived_and_deleted_at_once(api: Api) -> None:
    ids = [await create(api) for _ in range(3)]
    several = [*ids, ids[0], "cnv_unknown"]
    archive = """mutation ($input: ArchiveConversationsInput!) {
      archiveConversations(input: $input) { conversations { id archived } } }"""
    moved = await api.data(
        archive, input={"conversationIds": several, "archived": True}
    )
    assert moved["archiveConversations"]["conversations"] == [
        {"id": identifier, "archived": True} for identifier in ids
    ]
    delete = """mutation ($input: DeleteConversationsInput!) {
      deleteConversations(input: $input) { deletedConversationIds } }"""
    for deleted in (ids, []):
        payload = await api.data(delete, input={"conversationIds": several})
        assert payload["deleteConversations"]["deletedConversationIds"] == deleted
    error = await api.error(delete, input={"conversationIds": ["cnv"] * 101})
    assert error["extensions"]["reason"] == "TOO_MANY"


async def test_a_deleted_conversation_is_gone_and_its_usage_is_not(api: Api) -> None:
    conversation = await create(api)
    payload = await send(api, conversation, "delete me")
    delete = """mutation ($id: ID!) { deleteConversation(input: {conversationId: $id}) {
      deletedConversationId } }"""
    await api.data(delete, id=conversation)
    assert await read(api, conversation) is None
    node = "query ($id: ID!) { node(id: $id) { id } }"
    for identifier in (conversation, payload["userMessage"]["id"]):
        assert (await api.data(node, id=identifier))["node"] is None
    usage = """{ usage(since: "2026-01-01T00:00:00Z", groupBy: MODEL) {
      total { requests } rows { key requests promptTokens cost { amount } } } }"""
    report = (await api.data(usage))["usage"]
    assert report["total"]["requests"] == 1
    assert report["rows"][0]["key"] == "echo"


async def test_a_report_calls_assistants_by_their_names(api: Api) -> None:
    await send(api, await create(api), "who answers?")
    usage = """{ usage(since: "2026-01-01T00:00:00Z", groupBy: ASSISTANT) {
      rows { key requests } } }"""
    rows = (await api.data(usage))["usage"]["rows"]
    assert rows == [{"key": "Comic book assistant", "requests": 1}]


def test_a_long_report_keeps_the_parts_that_cost_most_in_their_order() -> None:
    rows = [_row(f"cnv_{number:03}", cost=number) for number in range(500)]
    report = UsageReport.of(rows, names={})
    assert [row.key for row in report.rows] == [row.key for row in rows[100:]]
    assert report.total.requests == 500


def _row(key: str, *, cost: int) -> UsageRow:
    return UsageRow(
        key=key,
        requests=1,
        prompt_tokens=1,
        completion_tokens=1,
        cost_usd=Decimal(cost),
        unpriced_requests=0,
        estimated=False,
    )


async def test_feedback_is_given_and_taken_back(api: Api) -> None:
    conversation = await create(api)
    payload = await send(api, conversation, "judge me")
    judge = """mutation ($input: GiveFeedbackInput!) { giveFeedback(input: $input) {
      message { feedback { rating comment } } } }"""
    answer = payload["assistantMessage"]["id"]
    wanted = {"messageId": answer, "rating": "UP", "comment": "Wow"}
    given = (await api.data(judge, input=wanted))["giveFeedback"]["message"]
    assert given["feedback"] == {"rating": "UP", "comment": "Wow"}
    taken = (await api.data(judge, input={"messageId": answer}))["giveFeedback"]
    assert taken["message"]["feedback"] is None
    question = {"messageId": payload["userMessage"]["id"], "rating": "UP"}
    error = await api.error(judge, input=question)
    assert error["extensions"]["reason"] == "WRONG_ROLE"


async def test_a_failed_answer_is_stored_as_such_and_not_told_again(api: Api) -> None:
    conversation = await create(api)
    await send(api, conversation, "__crash__")
    found = await read(api, conversation)
    assert found["messages"]["nodes"][1]["status"] == "FAILED"
    await send(api, conversation, "three plain words")
    last = (await read(api, conversation))["messages"]["nodes"][-1]
    assert last["tokenUsage"]["totalTokens"] == 6


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (SEND, {"conversationId": "cnv_nobody", "content": "x"}),
        (EDIT, {"messageId": "msg_nobody", "content": "x"}),
        (REGENERATE, {"messageId": "msg_nobody"}),
    ],
)
async def test_what_does_not_exist_is_not_found(
    api: Api, query: str, variables: dict[str, str]
) -> None:
    error = await api.error(query, input=variables)
    assert error["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "more",
    [
        {"content": " "},
        {"content": "x" * 20_001},
        {"content": "x", "idempotencyKey": ""},
        {"content": "x", "idempotencyKey": "k" * 65},
        {"content": "x", "options": {"temperature": 3}},
        {"content": "x", "options": {"modelId": "mdl_none"}},
    ],
)
async def test_a_bad_send_stores_nothing(api: Api, more: dict[str, Any]) -> None:
    conversation = await create(api)
    error = await api.error(SEND, input={"conversationId": conversation, **more})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert texts(await read(api, conversation)) == []


async def test_a_conversation_goes_on_when_it_is_longer_than_a_history_may_be(
    anyio_backend: str,
) -> None:
    async for api in open_api(SIDEKICK_MAX_HISTORY_CHARS="54"):
        conversation = await create(api)
        for number in range(4):
            await send(api, conversation, f"question number {number}")
        found = await read(api, conversation)
        assert len(texts(found)) == 8
        # The echo hears the last turn and the question, 9 words, and says 3.
        last = found["messages"]["nodes"][-1]
        assert last["tokenUsage"]["totalTokens"] == 12
