"""A provider that fails on purpose: promise R8, and how often it is asked."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from graphql_api.adapters.openai.model import OpenAIModel
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import FinishReason
from graphql_api.domain.money import TokenUsage
from graphql_api.errors import BadInput, ModelUnavailable
from graphql_api.ports.model import ModelEndpoint
from tests.contract.asking import Fixed, ask, request
from tests.fake_openai import FakeOpenAI
from tests.fake_openai_wire import KEY, REPLY, WORDS

pytestmark = pytest.mark.anyio
HALF = WORDS[0] + WORDS[1]
UNAVAILABLE, TIMEOUT, INTERRUPTED = "MODEL_UNAVAILABLE", "TIMEOUT", "INTERRUPTED"


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("fault", "code", "retryable", "times_asked"),
    [
        ("500", UNAVAILABLE, True, 3),
        ("503", UNAVAILABLE, True, 3),
        ("429", UNAVAILABLE, True, 1),
        ("quota", UNAVAILABLE, False, 1),
        ("401", UNAVAILABLE, False, 1),
        ("403", UNAVAILABLE, False, 1),
        ("404", UNAVAILABLE, False, 1),
        ("400", UNAVAILABLE, False, 1),
        ("307", UNAVAILABLE, False, 1),
        ("html", UNAVAILABLE, False, 1),
        ("context", "BAD_USER_INPUT", False, 1),
        ("context-llama", "BAD_USER_INPUT", False, 1),
        ("reset", UNAVAILABLE, True, 3),
        ("reset-before-text", UNAVAILABLE, True, 1),
        ("bad-json-first", UNAVAILABLE, True, 1),
        ("error-event-first", UNAVAILABLE, True, 1),
        ("stall", TIMEOUT, True, 1),
    ],
)
async def test_a_failure_before_the_text_has_one_code(
    host: FakeOpenAI,
    model: OpenAIModel,
    fault: str,
    code: str,
    *,
    retryable: bool,
    times_asked: int,
) -> None:
    got = await ask(model, request(fault))
    assert (got.code, got.text, got.finish) == (code, "", None)
    assert got.error is not None
    assert got.error.retryable is retryable
    assert host.count(fault) == times_asked
    assert KEY not in f"{got.error!r} {got.error.message}"


@pytest.mark.parametrize(
    ("fault", "code", "text"),
    [
        ("reset-mid", INTERRUPTED, HALF),
        ("cut", INTERRUPTED, HALF),
        ("bad-json", INTERRUPTED, HALF),
        ("error-event", INTERRUPTED, WORDS[0]),
        ("stall-mid", TIMEOUT, HALF),
        ("early-end", None, HALF),
        ("early-end-plain", None, WORDS[0]),
        ("tool_calls", None, HALF),
    ],
)
async def test_a_broken_answer_keeps_its_text_and_has_no_reason(
    host: FakeOpenAI, model: OpenAIModel, fault: str, code: str | None, text: str
) -> None:
    got = await ask(model, request(fault))
    assert (got.code, got.text, got.finish) == (code, text, None)
    assert host.count(fault) == 1


@pytest.mark.parametrize(
    ("ending", "reason", "reported"),
    [
        ("no-usage", FinishReason.STOP, False),
        ("no-done", FinishReason.STOP, True),
        ("stall-after-finish", FinishReason.STOP, True),
        ("length", FinishReason.LENGTH, True),
        ("content_filter", FinishReason.CONTENT_FILTER, True),
    ],
)
async def test_an_answer_with_a_reason_is_whole(
    model: OpenAIModel, ending: str, reason: FinishReason, *, reported: bool
) -> None:
    got = await ask(model, request(ending))
    assert (got.text, got.finish, got.error) == (HALF, reason, None)
    assert (got.usage is not None) is reported


async def test_text_that_is_cut_inside_a_character_comes_whole(
    model: OpenAIModel,
) -> None:
    got = await ask(model, request("split"))
    assert got.text == REPLY


async def test_usage_has_its_parts(model: OpenAIModel) -> None:
    got = await ask(model, request())
    assert got.usage == TokenUsage(
        prompt_tokens=21,
        completion_tokens=9,
        cached_prompt_tokens=8,
        cache_write_tokens=4,
        reasoning_tokens=3,
    )


@pytest.mark.parametrize("fault", ["500-once", "reset-once"])
async def test_a_failure_that_passes_is_tried_again(
    host: FakeOpenAI, model: OpenAIModel, fault: str
) -> None:
    got = await ask(model, request(fault))
    assert (got.text, got.error) == (REPLY, None)
    assert host.count(fault) == 2


async def test_a_short_wait_that_the_provider_asks_for_is_kept(
    host: FakeOpenAI, model: OpenAIModel
) -> None:
    got = await ask(model, request("429-soon"))
    first, second = host.asked
    assert got.text == REPLY
    assert second.at_s - first.at_s >= 0.3


async def test_a_long_wait_is_passed_on(model: OpenAIModel) -> None:
    got = await ask(model, request("429"))
    assert got.error is not None
    assert got.error.retry_after_ms == 7000


@pytest.mark.parametrize(
    ("fault", "numbers"),
    [("context", ("9,321", "8,192")), ("context-llama", ("5,000", "4,096"))],
)
async def test_a_history_that_does_not_fit_is_refused_with_both_numbers(
    model: OpenAIModel, fault: str, numbers: tuple[str, str]
) -> None:
    got = await ask(model, request(fault))
    assert isinstance(got.error, BadInput)
    assert (got.error.reason, got.error.field) == ("CONTEXT_TOO_LONG", "history")
    assert all(number in got.error.message for number in numbers)


async def test_the_request_says_all_there_is_to_say(
    host: FakeOpenAI, model: OpenAIModel
) -> None:
    history = (Message(Role.USER, "Hi"), Message(Role.ASSISTANT, "Hello"))
    await ask(model, request("m", "Half a \ud83e", max_tokens=50, history=history))
    assert host.asked[0].body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You know comics."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "Half a ?"},
        ],
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": 50,
    }
    assert host.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("server", "refused", "instead"),
    [
        ("no-stream-options", "stream_options", None),
        ("old", "max_completion_tokens", "max_tokens"),
        ("reasoning", "temperature", None),
    ],
)
async def test_a_parameter_that_a_server_does_not_know_is_left_out_from_then_on(
    host: FakeOpenAI,
    model: OpenAIModel,
    server: str,
    refused: str,
    instead: str | None,
) -> None:
    for _ in range(2):
        got = await ask(model, request(server, max_tokens=50))
        assert (got.text, got.error) == (REPLY, None)
    assert [refused in asked.body for asked in host.asked] == [True, False, False]
    assert instead is None or host.asked[2].body[instead] == 50


@pytest.mark.usefixtures("no_collector")
async def test_closing_an_answer_closes_the_connection_at_once(
    host: FakeOpenAI, model: OpenAIModel
) -> None:
    events = model.answer(request("endless"))
    await anext(events)
    await events.aclose()
    await asyncio.to_thread(host.wait_until, lambda: host.open == 0, 0.5)
    assert host.left["endless"] == 1


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("when", ["stall", "stall-mid", "endless"])
async def test_cancelling_an_answer_closes_the_connection_at_once(
    host: FakeOpenAI, model: OpenAIModel, when: str
) -> None:
    task = asyncio.create_task(ask(model, request(when)))
    await asyncio.to_thread(host.wait_until, lambda: host.open == 1)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.to_thread(host.wait_until, lambda: host.open == 0, 0.5)
    assert task.cancelled()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("fault", ["stall-mid", "bad-json", "error-event"])
async def test_a_broken_answer_closes_the_connection_too(
    host: FakeOpenAI, model: OpenAIModel, fault: str
) -> None:
    await ask(model, request(fault))
    await asyncio.to_thread(host.wait_until, lambda: host.open == 0, 0.5)
    assert host.left[fault] == 1


async def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    with FakeOpenAI() as host:
        endpoint = ModelEndpoint(base_url=host.base_url, api_key="")
    model = OpenAIModel(Fixed(endpoint), idle_timeout_s=1)
    got = await ask(model, request())
    health = await model.health()
    await model.aclose()
    assert isinstance(got.error, ModelUnavailable)
    assert got.error.retryable
    assert not health.ok


async def test_a_hundred_and_twenty_answers_come_side_by_side(
    host: FakeOpenAI, model: OpenAIModel
) -> None:
    tasks = [asyncio.create_task(ask(model, request("stall"))) for _ in range(120)]
    await asyncio.to_thread(host.wait_until, lambda: host.open == 120)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_health_asks_once_for_everybody(
    host: FakeOpenAI, model: OpenAIModel
) -> None:
    answers = await asyncio.gather(*(model.health() for _ in range(5)))
    assert all(answer.ok for answer in answers)
    assert host.listed == 1


@pytest.mark.parametrize(("status", "ok"), [(401, False), (500, False), (404, True)])
async def test_health_tells_a_refused_key_from_a_missing_list(
    host: FakeOpenAI, model: OpenAIModel, status: int, *, ok: bool
) -> None:
    host.refuse_list = status
    health = await model.health()
    assert health.ok is ok
    assert KEY not in (health.detail or "")


async def test_an_answer_proves_that_the_model_is_well(
    host: FakeOpenAI, model: OpenAIModel
) -> None:
    host.refuse_list = 500
    await ask(model, request())
    assert (await model.health()).ok
    assert host.listed == 0
