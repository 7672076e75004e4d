"""API keys at the endpoint: who gets in, what they see, and when it ends."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from graphql_api.app import create_app
from graphql_api.domain.access import LOCAL_PRINCIPAL, Limits, Scope
from graphql_api.settings import read_settings
from tests.keys import new_key, revoke, used
from tests.schema.conftest import Api, open_api

pytestmark = pytest.mark.anyio
LIMIT_S = 20
VIEWER = "{ viewer { id displayName anonymous } }"
LIST = "{ conversations { totalCount } }"
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
HEALTH = "{ health { status } }"
SLOW = f"""subscription {{ chatStream(history: [
  {{role: USER, content: "__slow__ {"w " * 1_900}"}}]) {{ __typename }} }}"""


@dataclass
class Guarded:
    """The API that asks for keys, and the folder in which they are."""

    api: Api
    folder: Path

    async def ask(self, document: str, token: str = "", **headers: str) -> Any:
        """Status and code of a reply, or its data."""
        if token:
            headers["authorization"] = f"Bearer {token}"
        reply = await self.api.post(document, **headers)
        body = reply.json()
        if "errors" not in body:
            return next(iter(body["data"].values()))
        return reply.status_code, body["errors"][0]["extensions"]["code"]


@pytest.fixture
async def guarded(tmp_path: Path, anyio_backend: str) -> AsyncGenerator[Guarded]:
    settings = {"SIDEKICK_AUTH": "keys", "SIDEKICK_RECHECK_S": "0.05"}
    async for api in open_api(SIDEKICK_DATA_DIR=str(tmp_path), **settings):
        yield Guarded(api, tmp_path)


async def test_without_a_key_only_what_is_public_is_served(guarded: Guarded) -> None:
    assert await guarded.ask(HEALTH) == {"status": "OK"}
    for document in (VIEWER, LIST, CREATE):
        assert await guarded.ask(document) == (401, "UNAUTHENTICATED")
    reply = await guarded.api.post(VIEWER)
    assert reply.headers["www-authenticate"].startswith("Bearer")


async def test_a_key_acts_for_a_principal_of_its_own(guarded: Guarded) -> None:
    key, token = await new_key(guarded.folder)
    viewer = {"id": key.principal_id, "displayName": "Bot", "anonymous": False}
    assert await guarded.ask(VIEWER, token) == viewer
    await guarded.ask(CREATE, token)
    _, other = await new_key(guarded.folder)
    assert await guarded.ask(LIST, token) == {"totalCount": 1}
    assert await guarded.ask(LIST, other) == {"totalCount": 0}


async def test_a_key_can_act_for_the_one_whose_machine_it_is(guarded: Guarded) -> None:
    async for embedded in open_api(SIDEKICK_DATA_DIR=str(guarded.folder / "own")):
        await embedded.data(CREATE)
    _, token = await new_key(guarded.folder / "own", principal_id=LOCAL_PRINCIPAL)
    folder = {"SIDEKICK_DATA_DIR": str(guarded.folder / "own")}
    async for api in open_api(SIDEKICK_AUTH="keys", **folder):
        reply = await Guarded(api, guarded.folder).ask(LIST, token)
        assert reply == {"totalCount": 1}


async def test_a_key_that_only_reads_changes_and_costs_nothing(
    guarded: Guarded,
) -> None:
    _, token = await new_key(guarded.folder, Scope.READ)
    assert await guarded.ask(LIST, token) == {"totalCount": 0}
    assert await guarded.ask(CREATE, token) == (403, "FORBIDDEN")
    both = "mutation { a: createConversation(input: {}) { conversation { id } } }"
    assert await guarded.ask(both, token) == (403, "FORBIDDEN")
    assert await guarded.ask(LIST, token) == {"totalCount": 0}


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer sk-sidekick-01M8468F2QPJ98WMT7SQTSEQ0J-wrong",
        "Bearer nonsense",
        "Bearer ",
        "Basic dXNlcjpwdw==",
        "Bearer sk-sidekick-ü-ü",
        f"Bearer {'x' * 9_000}",
    ],
)
async def test_a_wrong_key_is_refused_even_for_what_is_public(
    guarded: Guarded, authorization: str
) -> None:
    headers = {"authorization": authorization.encode()}
    reply = await guarded.ask(HEALTH, **headers)  # type: ignore[arg-type]
    assert reply == (401, "UNAUTHENTICATED")


async def test_ten_wrong_keys_a_minute_are_enough(guarded: Guarded) -> None:
    _, token = await new_key(guarded.folder)
    assert await guarded.ask(HEALTH, token) == {"status": "OK"}
    replies = [await guarded.ask(HEALTH, f"sk-sidekick-a-{n}") for n in range(11)]
    assert replies[:9] == [(401, "UNAUTHENTICATED")] * 9
    assert replies[-1] == (429, "RATE_LIMITED")
    reply = await guarded.api.post(HEALTH, authorization="Bearer sk-sidekick-a-b")
    assert int(reply.headers["retry-after"]) >= 1


async def test_a_revoked_key_works_no_more_within_moments(guarded: Guarded) -> None:
    key, token = await new_key(guarded.folder)
    assert await guarded.ask(LIST, token) == {"totalCount": 0}
    await revoke(guarded.folder, key.id)
    async with asyncio.timeout(LIMIT_S):
        while await guarded.ask(LIST, token) == {"totalCount": 0}:
            pass
    assert await guarded.ask(LIST, token) == (401, "UNAUTHENTICATED")


async def test_a_stream_ends_when_its_key_is_revoked(guarded: Guarded) -> None:
    key, token = await new_key(guarded.folder)
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    asked = asyncio.create_task(guarded.api.post(SLOW, **headers))
    async with asyncio.timeout(LIMIT_S):
        while not await used(guarded.folder, key.id):
            pass
        await revoke(guarded.folder, key.id)
        reply = await asked
    assert "GenerationStarted" in reply.text
    assert "UNAUTHENTICATED" in reply.text
    assert "GenerationEnded" not in reply.text


async def test_requests_of_a_key_are_limited(guarded: Guarded) -> None:
    limits = Limits(requests_per_minute=3)
    _, token = await new_key(guarded.folder, limits=limits)
    replies = [await guarded.ask(LIST, token) for _ in range(4)]
    assert replies[:3] == [{"totalCount": 0}] * 3
    assert replies[3] == (429, "RATE_LIMITED")
    _, other = await new_key(guarded.folder)
    assert await guarded.ask(LIST, other) == {"totalCount": 0}


def socket_of(folder: Path) -> TestClient:
    settings = {"SIDEKICK_AUTH": "keys", "SIDEKICK_RECHECK_S": "0.05"}
    environ = {"SIDEKICK_PROVIDER": "echo", "SIDEKICK_DATA_DIR": str(folder)}
    app = create_app(read_settings({**environ, **settings}))
    return TestClient(app, base_url="http://localhost")


def open_socket(http: TestClient, **headers: str) -> Any:
    protocols = ["graphql-transport-ws"]
    headers["host"] = "localhost"
    return http.websocket_connect("/graphql", subprotocols=protocols, headers=headers)


@pytest.mark.parametrize("place", ["header", "message"])
def test_a_socket_knows_the_key_of_its_header_or_first_message(
    tmp_path: Path, place: str
) -> None:
    with socket_of(tmp_path) as http:
        _, token = asyncio.run(new_key(tmp_path))
        words = {"authorization": f"Bearer {token}"}
        first, headers = (words, {}) if place == "message" else ({}, words)
        with open_socket(http, **headers) as socket:
            socket.send_json({"type": "connection_init", "payload": first})
            assert socket.receive_json() == {"type": "connection_ack"}
            payload = {"query": LIST}
            socket.send_json({"id": "1", "type": "subscribe", "payload": payload})
            assert socket.receive_json()["payload"]["data"]["conversations"]


def test_a_socket_with_a_wrong_key_is_closed(tmp_path: Path) -> None:
    with socket_of(tmp_path) as http, open_socket(http) as socket:
        payload = {"Authorization": "Bearer sk-sidekick-a-b"}
        socket.send_json({"type": "connection_init", "payload": payload})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4403


def test_a_socket_without_a_key_is_told_so_by_each_operation(tmp_path: Path) -> None:
    with socket_of(tmp_path) as http, open_socket(http) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"query": SLOW}})
        reply = socket.receive_json()
    assert reply["type"] == "error"
    assert reply["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_an_idle_socket_closes_when_its_key_is_revoked(tmp_path: Path) -> None:
    with socket_of(tmp_path) as http:
        key, token = asyncio.run(new_key(tmp_path))
        with open_socket(http, authorization=f"Bearer {token}") as socket:
            socket.send_json({"type": "connection_init"})
            assert socket.receive_json() == {"type": "connection_ack"}
            asyncio.run(revoke(tmp_path, key.id))
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
    assert closed.value.code == 4403


async def test_the_viewer_tells_the_tightest_limit(guarded: Guarded) -> None:
    shown = "{ viewer { rateLimit { limit remaining resetsAt } } }"
    _, token = await new_key(guarded.folder, limits=Limits(requests_per_minute=5))
    await guarded.ask(LIST, token)
    told = (await guarded.ask(shown, token))["rateLimit"]
    assert (told["limit"], told["remaining"]) == (5, 3)
    _, free = await new_key(guarded.folder)
    assert await guarded.ask(shown, free) == {"rateLimit": None}
