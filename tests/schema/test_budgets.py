"""Spending limits over HTTP: who asks a model pays, and a refusal is understood."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest

from graphql_api.errors import ErrorCode
from tests.schema.conftest import Api, open_api

pytestmark = pytest.mark.anyio
HISTORY = "[{role: USER, content: $text}]"
CHAT = f"mutation ($text: String!) {{ chat(history: {HISTORY}) {{ finishReason }} }}"
STREAM = f"""subscription ($text: String!) {{
  chatStream(history: {HISTORY}) {{ __typename }} }}"""
BUDGETS = """{ viewer { budgets { scope period limit { amount } spent { amount }
  reserved { amount } resetsAt } budget { period } } }"""
USAGE = """{ usage(since: "2026-01-01T00:00:00Z", groupBy: CONVERSATION) {
  total { requests cost { amount } } rows { key } } }"""
DAILY = {"SIDEKICK_DAILY_BUDGET_USD": "1"}


async def limited(folder: Path, **limits: str) -> AsyncGenerator[Api]:
    mock = {"SIDEKICK_PROVIDER": "mock", "SIDEKICK_MOCK_TOKENS_PER_S": "0"}
    async for opened in open_api(**mock, **limits, SIDEKICK_DATA_DIR=str(folder)):
        yield opened


async def stream(api: Api, text: str) -> str:
    body = {"query": STREAM, "variables": {"text": text}}
    headers = {"accept": "text/event-stream"}
    answer = await api.http.post("/graphql", json=body, headers=headers, timeout=20)
    return answer.text


async def today(api: Api) -> tuple[Decimal, Decimal]:
    (day,) = (await api.data(BUDGETS))["viewer"]["budgets"]
    return Decimal(day["spent"]["amount"]), Decimal(day["reserved"]["amount"])


@pytest.mark.parametrize("fault", ["", "[fault: cut] ", "[fault: stall] "])
async def test_an_answer_to_chat_is_paid_however_it_ends(
    tmp_path: Path, fault: str
) -> None:
    limits = DAILY | {"SIDEKICK_IDLE_TIMEOUT_S": "0.1"}
    async for api in limited(tmp_path, **limits):
        await api.post(CHAT, {"text": f"{fault}[reply: short] Who?"})
        spent, reserved = await today(api)
        assert spent > 0
        assert reserved == 0


async def test_a_streamed_answer_is_paid(tmp_path: Path) -> None:
    async for api in limited(tmp_path, **DAILY):
        assert "GenerationEnded" in await stream(api, "[reply: short] Who?")
        spent, reserved = await today(api)
        assert spent > 0
        assert reserved == 0


async def test_a_model_that_was_down_costs_nothing(tmp_path: Path) -> None:
    async for api in limited(tmp_path, **DAILY):
        error = await api.error(CHAT, text="[fault: down] Who?")
        assert error["extensions"]["code"] == ErrorCode.MODEL_UNAVAILABLE
        assert await today(api) == (0, 0)


async def test_answers_without_a_conversation_are_in_the_total_alone(
    tmp_path: Path,
) -> None:
    async for api in limited(tmp_path):
        await api.data(CHAT, text="[reply: short] Who?")
        report = (await api.data(USAGE))["usage"]
        assert report["rows"] == []
        assert report["total"]["requests"] == 1
        assert Decimal(report["total"]["cost"]["amount"]) > 0


async def test_a_refusal_tells_its_limit(tmp_path: Path) -> None:
    async for api in limited(tmp_path, SIDEKICK_DAILY_BUDGET_USD="0.0001"):
        error = await api.error(CHAT, text="Who?")
        extensions = error["extensions"]
        assert extensions["code"] == ErrorCode.BUDGET_EXCEEDED
        assert extensions["limit"].items() >= {
            ("scope", "VIEWER"),
            ("period", "DAY"),
            ("limitUsd", "0.0001"),
            ("spentUsd", "0"),
            ("reservedUsd", "0"),
        }
        assert 0 < extensions["retryAfterMs"] <= 86_400_000
        assert "is left of your $0.0001 for the day." in error["message"]


async def test_the_service_s_limit_shows_no_amounts(tmp_path: Path) -> None:
    async for api in limited(tmp_path, SIDEKICK_SERVICE_MONTHLY_BUDGET_USD="0"):
        error = await api.error(CHAT, text="Who?")
        limit = error["extensions"]["limit"]
        assert set(limit) == {"scope", "period", "resetsAt"}
        assert (limit["scope"], limit["period"]) == ("SERVICE", "MONTH")
        assert "BUDGET_EXCEEDED" in await stream(api, "Who?")


async def test_all_limits_of_the_viewer_are_shown_but_not_the_service_s(
    tmp_path: Path,
) -> None:
    names = ("DAILY", "MONTHLY", "SERVICE_DAILY", "SERVICE_MONTHLY")
    limits = {f"SIDEKICK_{name}_BUDGET_USD": "2" for name in names}
    async for api in limited(tmp_path, **limits):
        viewer = (await api.data(BUDGETS))["viewer"]
        shown = [(one["scope"], one["period"]) for one in viewer["budgets"]]
        assert shown == [("VIEWER", "DAY"), ("VIEWER", "MONTH")]
        assert viewer["budget"] == {"period": "MONTH"}


async def test_without_a_month_s_limit_the_tightest_is_shown(tmp_path: Path) -> None:
    async for api in limited(tmp_path, **DAILY):
        viewer = (await api.data(BUDGETS))["viewer"]
        assert viewer["budget"] == {"period": "DAY"}
