"""The graphql-transport-ws protocol document, behaviour by behaviour."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets import ClientConnection, ConnectionClosed, Subprotocol, connect

from tests.clients.socket_conversations import (
    ACK,
    ANSWERED,
    CHAT,
    CLOSED,
    CREATE,
    HEALTH,
    INIT,
    OK,
    PING,
    PONG,
    SLOW,
    answered,
    subscribe,
)
from tests.services import Service

pytestmark = pytest.mark.anyio
LIMIT_S = 10


@asynccontextmanager
async def socket(api: Service, *protocols: str) -> AsyncGenerator[ClientConnection]:
    url = api.url.replace("http", "ws") + "/graphql"
    offered = [Subprotocol(name) for name in protocols] or None
    async with asyncio.timeout(LIMIT_S), connect(url, subprotocols=offered) as opened:
        yield opened


@asynccontextmanager
async def initialised(api: Service) -> AsyncGenerator[ClientConnection]:
    async with socket(api, "graphql-transport-ws") as opened:
        await send(opened, INIT)
        assert await received(opened) == ACK
        yield opened


async def send(connection: ClientConnection, *messages: Any) -> None:
    for message in messages:
        raw = isinstance(message, str | bytes)
        await connection.send(message if raw else json.dumps(message))


async def received(connection: ClientConnection) -> Any:
    return json.loads(await connection.recv())


async def ended(connection: ClientConnection) -> Any:
    """The next message that ends an operation."""
    while (message := await received(connection))["type"] == "next":
        pass
    return message


async def closed(connection: ClientConnection) -> tuple[int | None, str]:
    with suppress(ConnectionClosed):
        while True:
            await connection.recv()
    return connection.close_code, connection.close_reason or ""


@pytest.mark.parametrize("behaviour", ANSWERED)
async def test_a_message_is_answered(api: Service, behaviour: str) -> None:
    messages, replies = ANSWERED[behaviour]
    async with socket(api, "graphql-transport-ws") as connection:
        await send(connection, *messages)
        assert [await received(connection) for _ in replies] == replies


@pytest.mark.parametrize("behaviour", CLOSED)
async def test_a_breach_closes_the_socket(api: Service, behaviour: str) -> None:
    messages, code, reason = CLOSED[behaviour]
    async with socket(api, "graphql-transport-ws") as connection:
        await send(connection, *messages)
        assert (await closed(connection))[0] == code
        assert reason in (connection.close_reason or "")


@pytest.mark.parametrize(
    "offered",
    [
        ("graphql-transport-ws",),
        ("graphql-ws", "graphql-transport-ws"),
        ("graphql-transport-ws", "graphql-ws"),
        ("x", "graphql-transport-ws"),
    ],
)
async def test_the_protocol_is_chosen_wherever_it_is_listed(
    api: Service, offered: tuple[str, ...]
) -> None:
    async with socket(api, *offered) as connection:
        assert connection.subprotocol == "graphql-transport-ws"


@pytest.mark.parametrize("offered", [(), ("graphql-ws",), ("x",)])
async def test_another_protocol_closes_with_4406(
    api: Service, offered: tuple[str, ...]
) -> None:
    async with socket(api, *offered) as connection:
        assert await closed(connection) == (4406, "Subprotocol not acceptable")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nobody }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nobody }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "query A { __typename } query B { __typename }",
            "OPERATION_RESOLUTION_FAILURE",
        ),
    ],
)
async def test_a_wrong_document_ends_its_own_operation_alone(
    api: Service, query: str, code: str
) -> None:
    async with initialised(api) as connection:
        await send(connection, subscribe(SLOW, "slow"))
        assert (await received(connection))["type"] == "next"
        await send(connection, subscribe(query, "bad"))
        ends = {end["id"]: end for end in [await ended(connection) for _ in "ab"]}
        assert ends["bad"]["type"] == "error"
        assert ends["bad"]["payload"][0]["extensions"]["code"] == code
        assert ends["slow"]["type"] == "complete"


async def test_an_id_is_free_again_once_its_operation_has_ended(api: Service) -> None:
    async with initialised(api) as connection:
        for _ in range(3):
            await send(connection, subscribe(HEALTH))
            assert [await received(connection) for _ in "ab"] == answered(OK)


async def test_an_id_is_free_again_once_the_client_completed_it(api: Service) -> None:
    async with initialised(api) as connection:
        await send(connection, subscribe(SLOW, "same"))
        assert (await received(connection))["type"] == "next"
        await send(connection, {"id": "same", "type": "complete"})
        await send(connection, subscribe(HEALTH, "same"), PING)
        messages = [await received(connection) for _ in range(3)]
        assert sorted(message["type"] for message in messages) == [
            "complete",
            "next",
            "pong",
        ]


async def test_a_completed_operation_sends_nothing_more(api: Service) -> None:
    async with initialised(api) as connection:
        await send(connection, subscribe(SLOW, "slow"))
        assert (await received(connection))["type"] == "next"
        await send(connection, {"id": "slow", "type": "complete"}, PING)
        while (message := await received(connection)) != PONG:
            assert message["type"] == "next"
        await send(connection, subscribe(CHAT), PING)
        messages = [await received(connection) for _ in range(3)]
        assert {message.get("id", "1") for message in messages} == {"1"}


async def test_nothing_runs_after_a_breach(api: Service) -> None:
    async with initialised(api) as connection:
        await send(connection, "nope", subscribe(CREATE))
        assert (await closed(connection))[0] == 4400
    async with initialised(api) as connection:
        await send(connection, subscribe("{ conversations { totalCount } }"))
        found = (await received(connection))["payload"]["data"]
        assert found == {"conversations": {"totalCount": 0}}


async def test_an_eleventh_operation_at_once_is_refused_with_a_code(
    api: Service,
) -> None:
    async with initialised(api) as connection:
        await send(connection, *(subscribe(SLOW, f"{n}") for n in range(11)))
        while (message := await received(connection))["type"] != "error":
            assert message["type"] == "next"
        assert message["id"] == "10"
        assert message["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_a_frame_over_the_limit_closes_with_1009(api: Service) -> None:
    async with initialised(api) as connection:
        await send(connection, {**PING, "payload": {"x": "x" * 70_000}})
        assert (await closed(connection))[0] == 1009
