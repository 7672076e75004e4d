"""The client that ariadne-codegen generates, with its own base: httpx and a socket."""

from generated.sidekick_client import Role, Sidekick
from generated.sidekick_client.exceptions import GraphQLClientGraphQLMultiError
from generated.sidekick_client.input_types import MessageInput
from suite import SOCKET_URL, URL, run


def sidekick() -> Sidekick:
    return Sidekick(url=URL, ws_url=SOCKET_URL)


def asking(content: str) -> list[MessageInput]:
    return [MessageInput(role=Role.USER, content=content)]


async def runs_a_query() -> None:
    async with sidekick() as client:
        assert (await client.health()).health.status == "OK"
        assert (await client.models()).models


async def runs_a_mutation() -> None:
    async with sidekick() as client:
        answer = (await client.chat(asking("Pow!"))).chat
        assert answer.message.content == "Pow!"
        assert answer.token_usage.total_tokens == 2


async def is_told_what_is_wrong() -> None:
    async with sidekick() as client:
        try:
            await client.chat(asking(" "))
        except GraphQLClientGraphQLMultiError as failure:
            reasons = [(error.extensions or {})["reason"] for error in failure.errors]
            assert reasons == ["BLANK"]
        else:
            raise AssertionError


async def follows_an_answer() -> None:
    async with sidekick() as client:
        seen = [one.chat_stream async for one in client.stream(asking("one two"))]
        types = [event.typename__ for event in seen]
        assert types[0] == "GenerationStarted"
        assert set(types[1:-1]) == {"GenerationDelta"}
        ended = seen[-1].model_dump()
        assert ended["message"]["content"] == "one two", ended


async def is_told_when_a_stream_fails() -> None:
    async with sidekick() as client:
        try:
            seen = [event async for event in client.stream(asking(" "))]
        except GraphQLClientGraphQLMultiError as failure:
            assert failure.errors
        else:
            raise AssertionError(seen)


run(
    {
        "runs a query": runs_a_query,
        "runs a mutation": runs_a_mutation,
        "is told what is wrong": is_told_what_is_wrong,
        "follows an answer": follows_an_answer,
        "is told when a stream fails": is_told_when_a_stream_fails,
    }
)
