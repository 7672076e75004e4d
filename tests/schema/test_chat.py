"""The stateless core over HTTP: chat, health, models, assistants, node."""

from typing import Any

import pytest

from tests.schema.conftest import Api, open_api

pytestmark = pytest.mark.anyio

CHAT = """
mutation ($history: [MessageInput!]!, $options: ChatOptionsInput) {
  chat(history: $history, options: $options) {
    message { role content }
    tokenUsage { promptTokens completionTokens totalTokens }
    cost { amount currency estimated priceSource }
    model { id name provider }
    finishReason
  }
}
"""


def user(content: str) -> dict[str, str]:
    return {"role": "USER", "content": content}


async def test_chat_answers_a_history_with_usage_and_cost(api: Api) -> None:
    history = [
        user("Hi"),
        {"role": "ASSISTANT", "content": "Hello hero"},
        user("Who is Robin?"),
    ]
    answer = (await api.data(CHAT, history=history))["chat"]
    assert answer == {
        "message": {"role": "ASSISTANT", "content": "Who is Robin?"},
        "tokenUsage": {"promptTokens": 6, "completionTokens": 3, "totalTokens": 9},
        "cost": {
            "amount": "0",
            "currency": "USD",
            "estimated": False,
            "priceSource": "free",
        },
        "model": {"id": "mdl_echo", "name": "echo", "provider": "echo"},
        "finishReason": "STOP",
    }


@pytest.mark.parametrize(
    ("variables", "reason", "field"),
    [
        ({"history": []}, "EMPTY", "history"),
        ({"history": [user("   ")]}, "BLANK", "history.0.content"),
        (
            {"history": [{"role": "ASSISTANT", "content": "x"}]},
            "LAST_MESSAGE_NOT_FROM_USER",
            "history.0.role",
        ),
        ({"history": [user("x" * 20_001)]}, "TOO_LONG", "history.0.content"),
        (
            {"history": [user("x")], "options": {"assistantId": "ast_nobody"}},
            "UNKNOWN",
            "options.assistantId",
        ),
        (
            {"history": [user("x")], "options": {"modelId": "mdl_none"}},
            "UNKNOWN",
            "options.modelId",
        ),
        (
            {"history": [user("x")], "options": {"temperature": 2.5}},
            "OUT_OF_RANGE",
            "options.temperature",
        ),
        (
            {"history": [user("x")], "options": {"maxCompletionTokens": 0}},
            "OUT_OF_RANGE",
            "options.maxCompletionTokens",
        ),
    ],
)
async def test_bad_input_is_refused_with_its_reason_and_field(
    api: Api, variables: dict[str, Any], reason: str, field: str
) -> None:
    error = await api.error(CHAT, **variables)
    assert error["extensions"] == {
        "code": "BAD_USER_INPUT",
        "retryable": False,
        "reason": reason,
        "field": field,
    }


async def test_the_character_limit_is_a_setting() -> None:
    async for api in open_api(SIDEKICK_MAX_MESSAGE_CHARS="5"):
        assert (await api.data(CHAT, history=[user("12345")]))["chat"]
        error = await api.error(CHAT, history=[user("123456")])
        assert "6 characters; 5 are allowed" in error["message"]


async def test_a_bug_is_masked_and_found_by_its_request_id(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    error = await api.error(CHAT, history=[user("__crash__")])
    assert "sk-12345" not in str(error)
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["requestId"] in caplog.text


async def test_a_bound_on_the_answer_ends_it_with_length(api: Api) -> None:
    answer = await api.data(
        CHAT, history=[user("one two three")], options={"maxCompletionTokens": 2}
    )
    assert answer["chat"]["message"]["content"] == "one two"
    assert answer["chat"]["finishReason"] == "LENGTH"


async def test_the_server_bounds_every_answer() -> None:
    async for api in open_api(SIDEKICK_MAX_COMPLETION_TOKENS="1"):
        answer = await api.data(
            CHAT, history=[user("one two")], options={"maxCompletionTokens": 9}
        )
        assert answer["chat"]["message"]["content"] == "one"


async def test_health_models_and_assistants_can_be_read(api: Api) -> None:
    data = await api.data(
        """{
          health { status version components { name status detail } }
          models { id name contextWindow pricing { effectiveAt } available }
          assistants(first: 1) {
            nodes { id name starters model { name } }
            edges { cursor }
            pageInfo { hasNextPage hasPreviousPage }
            totalCount
          }
        }"""
    )
    assert data["health"]["status"] == "OK"
    assert [part["name"] for part in data["health"]["components"]] == [
        "model",
        "database",
        "generation log",
    ]
    assert [model["name"] for model in data["models"]] == ["echo"]
    assert data["models"][0]["available"]
    assert data["assistants"]["nodes"][0]["name"] == "Comic book assistant"
    assert data["assistants"]["totalCount"] == 1


async def test_objects_are_found_by_their_identifiers(api: Api) -> None:
    query = """query ($ids: [ID!]!) {
      nodes(ids: $ids) { id ... on Model { name } ... on Assistant { name } }
    }"""
    data = await api.data(query, ids=["mdl_echo", "cnv_nothing", "ast_comics"])
    assert data["nodes"] == [
        {"id": "mdl_echo", "name": "echo"},
        None,
        {"id": "ast_comics", "name": "Comic book assistant"},
    ]


@pytest.mark.parametrize(
    "arguments", ["first: 101", "last: -1", 'after: "nonsense"', 'before: "aTE=x"']
)
async def test_a_page_that_cannot_be_cut_is_refused(api: Api, arguments: str) -> None:
    error = await api.error(f"{{ assistants({arguments}) {{ totalCount }} }}")
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


OPENAI = {
    "SIDEKICK_PROVIDER": "openai",
    "OPENAI_API_KEY": "sk-canary-1234567890",
}


async def test_openais_models_come_with_prices_and_shutdown_dates() -> None:
    query = """{ models {
      name pricing { promptPerMillion { amount } } shutdownAt replacement { name }
    } }"""
    async for api in open_api(**OPENAI):
        models = (await api.data(query))["models"]
        by_name = {model["name"]: model for model in models}
        assert by_name["gpt-4o-mini"] == {
            "name": "gpt-4o-mini",
            "pricing": {"promptPerMillion": {"amount": "0.15"}},
            "shutdownAt": "2027-01-14T00:00:00Z",
            "replacement": {"name": "gpt-6-luna"},
        }
        prices = [model["pricing"]["promptPerMillion"]["amount"] for model in models]
        assert models[0]["name"] in {"gpt-5-nano", "gpt-6-luna"}
        assert len(prices) == len(models)


async def test_the_default_model_of_openai_is_a_living_one() -> None:
    query = "{ assistants { nodes { model { name shutdownAt } } } }"
    async for api in open_api(**OPENAI):
        model = (await api.data(query))["assistants"]["nodes"][0]["model"]
        assert model == {"name": "gpt-6-luna", "shutdownAt": None}
