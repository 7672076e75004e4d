"""The mock's model: what it says, and every way in which it fails."""

import asyncio

import pytest

from graphql_api.adapters.scripted.model import ScriptedModel
from graphql_api.adapters.scripted.script import REPLIES, Fault
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import FinishReason
from graphql_api.domain.money import TokenUsage
from graphql_api.errors import BadInput, SettingsError
from tests.contract.asking import Got, ask, request

pytestmark = pytest.mark.anyio
SHORT = REPLIES["short"]
HALF = "Robin, the"


def scripted(fault: str | None = None, *, tokens_per_s: float = 0) -> ScriptedModel:
    return ScriptedModel(fault=fault, tokens_per_s=tokens_per_s, idle_timeout_s=0.05)


async def said(question: str, model: ScriptedModel | None = None) -> Got:
    return await ask(model or scripted(), request(text=f"{question} [reply: short]"))


async def test_the_same_question_has_the_same_answer_and_usage() -> None:
    first, second = await said("Who?"), await said("Who?")
    assert first == second
    assert first.text == SHORT


@pytest.mark.parametrize(
    ("mark", "words"), [("markdown", 86), ("short", 4), ("long", 2000), ("echo", 3)]
)
async def test_a_mark_chooses_what_is_said(mark: str, words: int) -> None:
    got = await ask(scripted(), request(text=f"x [reply: {mark}]"))
    assert got.usage is not None
    assert got.usage.completion_tokens == words == len(got.deltas)
    assert got.finish is FinishReason.STOP


async def test_what_was_told_before_is_counted_as_cached() -> None:
    history = (Message(Role.USER, "one two"), Message(Role.ASSISTANT, "three"))
    got = await ask(scripted(), request(text="[reply: short]", history=history))
    assert got.usage == TokenUsage(
        prompt_tokens=8, completion_tokens=4, cached_prompt_tokens=6
    )


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("overloaded", "MODEL_UNAVAILABLE"),
        ("down", "MODEL_UNAVAILABLE"),
        ("budget", "BUDGET_EXCEEDED"),
    ],
)
async def test_a_fault_before_the_text_has_its_code(fault: str, code: str) -> None:
    got = await said(f"[fault: {fault}]")
    assert (got.code, got.text, got.finish) == (code, "", None)


@pytest.mark.parametrize(
    ("fault", "code", "finish"),
    [
        ("cut", None, None),
        ("stall", "TIMEOUT", None),
        ("filter", None, FinishReason.CONTENT_FILTER),
        ("length", None, FinishReason.LENGTH),
    ],
)
async def test_a_fault_in_the_middle_leaves_half_the_text(
    fault: str, code: str | None, finish: FinishReason | None
) -> None:
    got = await said(f"[fault: {fault}]")
    assert (got.text, got.code, got.finish) == (HALF, code, finish)


async def test_an_answer_without_usage_is_whole_all_the_same() -> None:
    got = await said("[fault: no-usage]")
    assert (got.text, got.finish, got.usage) == (SHORT, FinishReason.STOP, None)


async def test_a_crash_is_no_error_that_anybody_expects() -> None:
    with pytest.raises(RuntimeError):
        await said("[fault: crash]")


async def test_an_overload_says_when_to_come_again() -> None:
    got = await said("[fault: overloaded]")
    assert got.error is not None
    assert got.error.retry_after_ms == 2000


@pytest.mark.parametrize("fault", ["cut", "overloaded", "budget"])
async def test_what_fails_once_is_answered_when_it_is_asked_again(fault: str) -> None:
    model = scripted()
    assert (await said(f"[fault: {fault} once]", model)).finish is None
    for _ in range(2):
        assert (await said(f"[fault: {fault} once]", model)).text == SHORT


async def test_a_fault_of_the_settings_holds_for_every_question() -> None:
    got = await said("Who?", scripted("cut"))
    assert (got.text, got.finish) == (HALF, None)


async def test_a_mock_that_is_down_is_not_healthy() -> None:
    assert not (await scripted("down").health()).ok
    assert (await scripted("cut").health()).ok


async def test_the_speed_is_in_tokens_a_second() -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await said("[speed: 40]")
    assert 0.1 <= loop.time() - began_s < 5


async def test_the_caller_s_bound_is_kept() -> None:
    got = await ask(scripted(), request(text="[reply: long]", max_tokens=2))
    assert (len(got.deltas), got.finish) == (2, FinishReason.LENGTH)


@pytest.mark.parametrize("mark", ["fault: nope", "reply: nope", "speed: fast"])
async def test_an_unknown_mark_is_refused_by_its_name(mark: str) -> None:
    got = await ask(scripted(), request(text=f"[{mark}]"))
    assert isinstance(got.error, BadInput)
    assert mark.rpartition(" ")[2] in got.error.message


async def test_an_unknown_fault_of_the_settings_is_named_with_the_known() -> None:
    with pytest.raises(SettingsError, match="SIDEKICK_MOCK_FAULT is 'nope'") as caught:
        scripted("nope")
    assert all(fault in caught.value.message for fault in Fault)
