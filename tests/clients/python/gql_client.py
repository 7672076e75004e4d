"""`gql` over its httpx, aiohttp and websockets transports."""

from typing import Any

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from suite import (
    CHAT,
    HEALTH,
    NOBODY,
    SOCKET_URL,
    STREAM,
    URL,
    asking,
    assert_answer,
    run,
)

Transport = Any


async def execute(transport: Transport, text: str, **variables: Any) -> Any:
    operation = gql(text)
    operation.variable_values = variables
    async with Client(transport=transport) as session:
        return await session.execute(operation)


async def follow(transport: Transport, text: str) -> list[Any]:
    operation = gql(STREAM)
    operation.variable_values = asking(text)
    async with Client(transport=transport) as session:
        return [data["chatStream"] async for data in session.subscribe(operation)]


async def runs_a_query(transport: Transport) -> None:
    assert await execute(transport, HEALTH) == {"health": {"status": "OK"}}


async def runs_a_mutation(transport: Transport) -> None:
    data = await execute(transport, CHAT, **asking("Pow!"))
    assert data["chat"]["message"]["content"] == "Pow!"


async def fetches_the_schema(transport: Transport) -> None:
    client = Client(transport=transport, fetch_schema_from_transport=True)
    async with client:
        assert client.schema is not None
        assert client.schema.get_type("GenerationEnded")


async def is_told_what_is_wrong(transport: Transport) -> None:
    for text, variables, code in (
        (NOBODY, {}, "GRAPHQL_VALIDATION_FAILED"),
        (CHAT, asking(" "), "BAD_USER_INPUT"),
    ):
        try:
            await execute(transport, text, **variables)
        except TransportQueryError as error:
            assert [one["extensions"]["code"] for one in error.errors or ()] == [code]
        else:
            raise AssertionError(text)


async def follows_an_answer(transport: Transport) -> None:
    assert_answer(await follow(transport, "one two"), "one two")


TRANSPORTS = {
    "httpx": lambda: HTTPXAsyncTransport(URL),
    "aiohttp": lambda: AIOHTTPTransport(URL),
    "websockets": lambda: WebsocketsTransport(SOCKET_URL),
    "aiohttp_websockets": lambda: AIOHTTPWebsocketsTransport(SOCKET_URL),
}
CHECKS = {
    "httpx runs a query": runs_a_query,
    "httpx runs a mutation": runs_a_mutation,
    "httpx fetches the schema": fetches_the_schema,
    "httpx is told what is wrong": is_told_what_is_wrong,
    "aiohttp runs a query": runs_a_query,
    "aiohttp runs a mutation": runs_a_mutation,
    "aiohttp fetches the schema": fetches_the_schema,
    "aiohttp is told what is wrong": is_told_what_is_wrong,
    "websockets runs a query": runs_a_query,
    "websockets runs a mutation": runs_a_mutation,
    "websockets fetches the schema": fetches_the_schema,
    "websockets follows an answer": follows_an_answer,
    "websockets is told what is wrong": is_told_what_is_wrong,
    "aiohttp_websockets follows an answer": follows_an_answer,
}
run(
    {
        name: lambda name=name, check=check: check(TRANSPORTS[name.split()[0]]())
        for name, check in CHECKS.items()
    }
)
