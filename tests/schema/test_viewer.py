"""The caller and the budget."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.schema.conftest import Api, open_api

pytestmark = pytest.mark.anyio
VIEWER = """{ viewer { id displayName anonymous budget {
  limit { amount currency } spent { amount } reserved { amount } resetsAt } } }"""
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!) {
  sendMessage(input: {conversationId: $id, content: $text}) { generation { id } } }"""


async def limited(limit: str, folder: Path) -> AsyncGenerator[Api]:
    mock = {"SIDEKICK_PROVIDER": "mock", "SIDEKICK_MOCK_TOKENS_PER_S": "0"}
    async for opened in open_api(
        **mock, SIDEKICK_MONTHLY_BUDGET_USD=limit, SIDEKICK_DATA_DIR=str(folder)
    ):
        yield opened


async def budget(api: Api) -> dict[str, object] | None:
    return (await api.data(VIEWER))["viewer"]["budget"]


async def ask(api: Api, text: str) -> dict[str, object]:
    made = await api.data(CREATE)
    wanted = {"id": made["createConversation"]["conversation"]["id"], "text": text}
    return (await api.post(SEND, wanted)).json()


async def spend(api: Api) -> None:
    """Ask a question, and wait until its answer is paid."""
    asked = await ask(api, "[reply: short] Who is Robin?")
    generation = asked["data"]["sendMessage"]["generation"]["id"]
    follow = """subscription ($id: ID!) {
      generationEvents(generationId: $id) { __typename } }"""
    body = {"query": follow, "variables": {"id": generation}}
    stream = {"accept": "text/event-stream"}
    await api.http.post("/graphql", json=body, headers=stream, timeout=20)


async def test_without_a_budget_it_is_null(api: Api) -> None:
    viewer = (await api.data(VIEWER))["viewer"]

    assert viewer["budget"] is None
    assert viewer["anonymous"] is True
    node = await api.data("query ($id: ID!) { node(id: $id) { id } }", id=viewer["id"])
    assert node["node"]["id"] == viewer["id"]


async def test_an_answer_is_taken_from_the_budget(tmp_path: Path) -> None:
    async for api in limited("2.50", tmp_path):
        assert (await budget(api))["limit"] == {"amount": "2.5", "currency": "USD"}
        await spend(api)

        after = await budget(api)

        assert Decimal(after["spent"]["amount"]) > 0
        assert Decimal(after["reserved"]["amount"]) == 0
        assert datetime.fromisoformat(after["resetsAt"]) > datetime.now(UTC)


async def test_a_viewer_who_spent_the_budget_is_refused(tmp_path: Path) -> None:
    async for api in limited("0", tmp_path):
        refused = await ask(api, "Who is Robin?")

        assert refused["errors"][0]["extensions"]["code"] == "BUDGET_EXCEEDED"


async def test_a_start_without_the_setting_lifts_the_limit(tmp_path: Path) -> None:
    async for api in limited("1", tmp_path):
        await spend(api)
    async for api in limited("", tmp_path):
        assert await budget(api) is None
    async for api in limited("1", tmp_path):
        assert Decimal((await budget(api))["spent"]["amount"]) > 0
