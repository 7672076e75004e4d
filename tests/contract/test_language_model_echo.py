"""The scripted model, and the counter of tokens."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.adapters.echo import CANARY, EchoModel
from graphql_api.adapters.toktok import TokTokCounter
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import FinishReason
from graphql_api.domain.money import TokenUsage
from tests.contract.asking import ask, request


@given(text=st.text())
def test_the_echo_says_exactly_what_it_heard(text: str) -> None:
    got = asyncio.run(ask(EchoModel(), request(text=f"x{text}")))
    assert got.text == f"x{text}"
    assert len(got.deltas) == len(got.text.split())


@pytest.mark.anyio
async def test_the_usage_of_the_echo_is_counted_in_words() -> None:
    history = (Message(Role.USER, "one two"), Message(Role.ASSISTANT, "three"))
    got = await ask(EchoModel(), request(text="four\n five", history=history))
    assert got.usage == TokenUsage(prompt_tokens=5, completion_tokens=2)


@pytest.mark.anyio
async def test_an_echo_that_may_say_less_stops_for_its_length() -> None:
    got = await ask(EchoModel(), request(text="one two three", max_tokens=2))
    assert (got.text, got.finish) == ("one two", FinishReason.LENGTH)


@pytest.mark.anyio
async def test_the_echo_crashes_with_a_canary_when_it_is_told_to() -> None:
    with pytest.raises(RuntimeError, match=CANARY):
        await ask(EchoModel(), request(text="__crash__"))


@pytest.mark.anyio
async def test_a_slow_echo_waits_before_each_word() -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await ask(EchoModel(), request(text="one __slow__ three"))
    assert loop.time() - began_s >= 0.15


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("hello world", 2), ("<|endoftext|>", 7), ("\ud83e", 1)],
)
def test_tokens_are_counted_as_openai_counts_them(text: str, tokens: int) -> None:
    assert TokTokCounter().count(text) == tokens


@given(text=st.text(st.characters()))
def test_every_text_has_a_number_of_tokens(text: str) -> None:
    assert 0 <= TokTokCounter().count(text) <= 4 * len(text)
