"""What every `LanguageModel` does, over the ones that need no weights."""

import pytest

from graphql_api.adapters.echo import EchoModel
from graphql_api.adapters.openai.model import OpenAIModel
from graphql_api.adapters.scripted.model import ScriptedModel
from graphql_api.adapters.scripted.script import REPLIES
from graphql_api.domain.models import FinishReason, ModelFinished, TextDelta
from graphql_api.ports.model import LanguageModel
from tests.contract.asking import ask, request
from tests.fake_openai_wire import REPLY

pytestmark = pytest.mark.anyio
QUESTION = " Who is\n\n* Batman?  "
ANSWERS = {"echo": QUESTION, "openai": REPLY, "scripted": REPLIES["markdown"]}


@pytest.fixture(params=sorted(ANSWERS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def any_model(name: str, model: OpenAIModel) -> LanguageModel:
    if name == "scripted":
        return ScriptedModel(fault=None, tokens_per_s=0, idle_timeout_s=1)
    return EchoModel() if name == "echo" else model


async def test_an_answer_is_whole_and_has_a_reason_and_a_usage(
    name: str, any_model: LanguageModel
) -> None:
    got = await ask(any_model, request(text=QUESTION))
    assert got.text == ANSWERS[name]
    assert got.finish is FinishReason.STOP
    assert got.usage is not None
    assert got.usage.total_tokens > 0


async def test_the_text_comes_in_pieces_before_the_reason(
    any_model: LanguageModel,
) -> None:
    events = [event async for event in any_model.answer(request(text=QUESTION))]
    kinds = [type(event) for event in events]
    assert kinds.count(TextDelta) > 1
    assert TextDelta not in kinds[kinds.index(ModelFinished) :]


async def test_an_answer_that_is_left_can_be_asked_for_again(
    name: str, any_model: LanguageModel
) -> None:
    events = any_model.answer(request(text=QUESTION))
    await anext(events)
    await events.aclose()
    got = await ask(any_model, request(text=QUESTION))
    assert got.text == ANSWERS[name]


async def test_a_model_that_answers_is_healthy(any_model: LanguageModel) -> None:
    health = await any_model.health()
    assert health.ok
    assert health.name == "model"
