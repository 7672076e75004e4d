"""L3: what an answer may read and write, and how many at once, over the whole API."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from graphql_api.domain.access import Limits
from tests.keys import new_key
from tests.schema.conftest import Api, open_api

pytestmark = pytest.mark.anyio
CHAT = """mutation ($text: String!) { chat(history: [{role: USER, content: $text}]) {
  message { content } tokenUsage { promptTokens completionTokens } } }"""
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!) { sendMessage(input: {
  conversationId: $id, content: $text}) { generation { id } } }"""
STOP = """mutation ($id: ID!) { stopGeneration(input: {generationId: $id}) {
  generation { status } } }"""


@pytest.fixture
async def strict(tmp_path: Path, anyio_backend: str) -> AsyncGenerator[Api]:
    settings = {
        "SIDEKICK_DATA_DIR": str(tmp_path),
        "SIDEKICK_AUTH": "keys",
        "SIDEKICK_MAX_PROMPT_TOKENS": "400",
        "SIDEKICK_MAX_COMPLETION_TOKENS": "5",
        "SIDEKICK_CONCURRENT_ANSWERS": "1",
        "SIDEKICK_DRAIN_S": "0",
    }
    async for api in open_api(**settings):
        yield api


async def ask(api: Api, token: str, document: str, **variables: object) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    return (await api.post(document, variables, **headers)).json()


def code(reply: Any) -> tuple[str, object]:
    extensions = reply["errors"][0]["extensions"]
    return extensions["code"], extensions.get("reason") or extensions.get("limit")


async def talk(api: Api, token: str) -> str:
    made = await ask(api, token, CREATE)
    return made["data"]["createConversation"]["conversation"]["id"]


async def test_what_a_model_reads_is_capped(strict: Api, tmp_path: Path) -> None:
    _, token = await new_key(tmp_path)
    refused = await ask(strict, token, CHAT, text="word " * 2_000)
    assert code(refused) == ("BAD_USER_INPUT", "TOO_LONG")
    conversation = await talk(strict, token)
    refused = await ask(strict, token, SEND, id=conversation, text="word " * 2_000)
    assert code(refused) == ("BAD_USER_INPUT", "TOO_LONG")


async def test_answers_of_a_principal_at_once_are_limited(
    strict: Api, tmp_path: Path
) -> None:
    _, token = await new_key(tmp_path)
    one, other = await talk(strict, token), await talk(strict, token)
    slow = {"text": "__slow__ " + "w " * 100}
    run = (await ask(strict, token, SEND, id=one, **slow))["data"]["sendMessage"]
    assert code(await ask(strict, token, SEND, id=other, **slow)) == ("RATE_LIMITED", 1)
    assert code(await ask(strict, token, CHAT, **slow)) == ("RATE_LIMITED", 1)
    await ask(strict, token, STOP, id=run["generation"]["id"])
    assert "data" in await ask(strict, token, CHAT, text="Robin?")


async def test_tokens_of_a_key_are_limited(strict: Api, tmp_path: Path) -> None:
    _, token = await new_key(tmp_path, limits=Limits(tokens_per_minute=5))
    assert "errors" not in await ask(strict, token, CHAT, text="Who is Robin?")
    refused = await ask(strict, token, CHAT, text="Who is Robin?")
    assert code(refused) == ("RATE_LIMITED", 5)
    conversation = await talk(strict, token)
    refused = await ask(strict, token, SEND, id=conversation, text="Who is Robin?")
    assert code(refused) == ("RATE_LIMITED", 5)
