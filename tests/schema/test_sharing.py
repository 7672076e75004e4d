"""Shares over GraphQL: a copy that stays, and a token that opens nothing else."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.test_conversations import EDIT, create, follow, send

pytestmark = pytest.mark.anyio
SHARE = """mutation ($input: ShareConversationInput!) {
  shareConversation(input: $input) {
    token share { id title messageCount createdAt expiresAt revokedAt } } }"""
REVOKE = """mutation ($id: ID!) { revokeShare(input: {shareId: $id}) {
  share { id revokedAt } } }"""
OPEN = """query ($token: String!) { sharedConversation(token: $token) {
  title assistantName createdAt expiresAt
  messages { role content modelName createdAt } } }"""
SHARES = "query ($id: ID!) { conversation(id: $id) { shares { id messageCount } } }"


async def shared(api: Api, conversation: str, **wanted: Any) -> Any:
    given = {"conversationId": conversation, **wanted}
    return (await api.data(SHARE, input=given))["shareConversation"]


async def opened(api: Api, token: str) -> Any:
    return (await api.data(OPEN, token=token))["sharedConversation"]


async def test_a_copy_is_not_changed_by_what_happens_to_the_conversation(
    api: Api,
) -> None:
    talk = await create(api)
    asked = await send(api, talk, "Who is Robin?")
    token = (await shared(api, talk))["token"]
    before = await opened(api, token)
    wanted = {"messageId": asked["userMessage"]["id"], "content": "Who is Batman?"}
    edited = (await api.data(EDIT, input=wanted))["editMessage"]
    await follow(api, edited["generation"]["id"])
    await send(api, talk, "And then?")
    assert [m["content"] for m in before["messages"]] == ["Who is Robin?"] * 2
    assert await opened(api, token) == before


async def test_a_copy_names_no_object_of_the_owner(api: Api) -> None:
    talk = await create(api)
    asked = await send(api, talk, "Who is Robin?")
    made = await shared(api, talk)
    text = json.dumps(await opened(api, made["token"]))
    private = [talk, made["share"]["id"], asked["userMessage"]["id"]]
    private += [asked["assistantMessage"]["id"], asked["generation"]["id"], "usr_"]
    assert [word for word in private if word in text] == []


async def test_a_token_is_no_identifier_and_an_identifier_no_token(api: Api) -> None:
    talk = await create(api)
    await send(api, talk, "Who is Robin?")
    made = await shared(api, talk)
    node = "query ($id: ID!) { node(id: $id) { id } conversation(id: $id) { id } }"
    assert await api.data(node, id=made["token"]) == {
        "node": None,
        "conversation": None,
    }
    assert await opened(api, made["share"]["id"]) is None
    found = await api.data("query ($id: ID!) { node(id: $id) { id } }", **made["share"])
    assert found == {"node": {"id": made["share"]["id"]}}


async def test_a_revoked_link_is_as_one_that_never_was(api: Api) -> None:
    talk = await create(api)
    await send(api, talk, "Who is Robin?")
    made = await shared(api, talk, expiresInDays=7)
    listed = (await api.data(SHARES, id=talk))["conversation"]["shares"]
    assert listed == [{"id": made["share"]["id"], "messageCount": 2}]
    revoked = await api.data(REVOKE, id=made["share"]["id"])
    assert revoked["revokeShare"]["share"]["revokedAt"]
    assert await opened(api, made["token"]) is None
    assert (await api.data(SHARES, id=talk))["conversation"]["shares"] == []


async def test_a_link_works_for_thirty_days_unless_told_otherwise(api: Api) -> None:
    talk = await create(api)
    await send(api, talk, "Who is Robin?")
    share = (await shared(api, talk))["share"]
    made, ends = (
        datetime.fromisoformat(share[name]) for name in ("createdAt", "expiresAt")
    )
    assert ends - made == timedelta(days=30)
    error = await api.error(SHARE, input={"conversationId": talk, "expiresInDays": 0})
    assert error["extensions"]["field"] == "input.expiresInDays"


async def test_each_link_has_a_long_token_of_its_own(api: Api) -> None:
    talk = await create(api)
    await send(api, talk, "Who is Robin?")
    tokens = {(await shared(api, talk))["token"] for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) == 32 for token in tokens)
