"""Clients that send slowly, or without end, over real sockets."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.services import Service, running_api

pytestmark = pytest.mark.anyio
LIMIT_S = 10
HEAD = (
    b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
)
BODY = b'{"query": "{ health { status } }"}'
WHOLE = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY


@pytest.fixture(scope="module")
def hasty_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An API that waits only half a second for a request's head or body."""
    log = tmp_path_factory.mktemp("api") / "api.log"
    with running_api(log, SIDEKICK_REQUEST_TIMEOUT_S="0.5") as service:
        yield service


async def reply(service: Service, *parts: bytes) -> bytes:
    """Send the parts, wait until the server closes, and give what it said."""
    async with asyncio.timeout(LIMIT_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        with suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
        said = b""
        with suppress(ConnectionError):
            said = await reader.read()
        writer.close()
        return said


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", b"408"),
        (b"\r\n\r\n", b"408"),
        (b"POST /graphql HT", b"408"),
        (HEAD, b"408"),
        (HEAD + b"content-length: 34\r\n\r\n", b"408"),
        (HEAD + b"content-length: 34\r\n\r\n" + BODY[:9], b"408"),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n{", b"408"),
        (HEAD + b"x: " + b"y" * 100_000, b"431"),
    ],
    ids=range(8),
)
async def test_who_sends_no_end_is_closed(
    hasty_api: Service, sent: bytes, status: bytes
) -> None:
    said = await reply(hasty_api, sent)
    assert said.startswith(b"HTTP/1.1 " + status)


async def test_a_slow_second_request_is_closed_too(hasty_api: Service) -> None:
    said = await reply(hasty_api, WHOLE, HEAD)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in said


async def test_an_answer_may_take_longer_than_the_request(hasty_api: Service) -> None:
    message = {"role": "USER", "content": "__slow__ " + "word " * 20}
    query = """mutation ($history: [MessageInput!]!) {
      chat(history: $history) { message { content } } }"""
    variables = {"history": [message]}
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = HEAD + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
    said = await reply(hasty_api, head + body)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"word word" in said


async def test_a_large_body_of_one_piece_is_no_large_head(hasty_api: Service) -> None:
    body = b'{"query": "{ health { status } }", "operationName": "%s"}' % (
        b"x" * 200_000
    )
    head = HEAD + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
    assert b"OPERATION_RESOLUTION_FAILURE" in await reply(hasty_api, head + body)


async def test_nothing_of_it_is_a_bug(hasty_api: Service) -> None:
    assert "Traceback" not in hasty_api.output()
