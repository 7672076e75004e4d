"""L2, W6: what people write and what opens doors never stands in logs or errors.

One run asks well and badly, over every way in, with texts and secrets that are easy to
find again; then the logs of both processes are searched for them.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets import connect
from websockets.exceptions import ConnectionClosed

from tests.fake_openai import FakeOpenAI
from tests.keys import new_key
from tests.services import Service, running_api, running_page

LIMIT_S = 30
SAID = "canarytext"
PROVIDER_KEY = "sk-canary-provider-0123456789"
WRONG_KEY = "sk-sidekick-canarywrong-0123456789"
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!, $model: ID!) { sendMessage(input: {
  conversationId: $id, content: $text, idempotencyKey: $text,
  options: {modelId: $model}}) { generation { id } } }"""
CHAT = """mutation ($text: String!, $model: ID!) { chat(
  history: [{role: USER, content: $text}], options: {modelId: $model}) {
  message { content } } }"""
FOLLOW = """subscription ($id: ID!) { generationEvents(generationId: $id) {
  __typename } }"""
MODELS = ("well", "401", "500", "429", "cut", "bad-json", "error-event", "stall")
# Each is refused, for another reason. An error may quote it to who sent it, no more.
BAD: Any = [
    {"query": f"{{ {SAID} }}"},
    {"query": f'{{ node(id: "{SAID}" }}'},
    {"query": f'mutation {{ chat(history: "{SAID}") {{ model }} }}'},
    {"query": CHAT, "variables": {"text": SAID * 9_000, "model": "mdl_well"}},
    {"query": CHAT, "variables": {"text": {"a": SAID}, "model": "mdl_well"}},
    {"query": SEND, "variables": {"id": SAID, "text": SAID, "model": SAID}},
    {"query": "query ($a: ID!) { node(id: $a) { id } }", "variables": SAID},
    {"query": f"# {SAID}\n" * 9_000 + "{ health { status } }"},
]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    models = tmp_path / "models.toml"
    price = 'price = { prompt = "1", completion = "2" }'
    models.write_text("\n".join(f'[models."{name}"]\n{price}' for name in MODELS))
    secret = tmp_path / "secret"
    secret.write_text(PROVIDER_KEY)
    settings = {
        "SIDEKICK_PROVIDER": "openai",
        "SIDEKICK_MODELS_FILE": str(models),
        "SIDEKICK_MODEL": "well",
        "SIDEKICK_IDLE_TIMEOUT_S": "0.2",
        "SIDEKICK_AUTH": "keys",
        "OPENAI_API_KEY_FILE": str(secret),
    }
    with (
        FakeOpenAI() as host,
        running_api(
            tmp_path / "api.log", OPENAI_BASE_URL=host.base_url, **settings
        ) as api,
        running_page(tmp_path / "page.log", api.url) as page,
    ):
        yield api, page


def ask(service: Service, token: str, body: Any, accept: str = "*/*") -> str:
    headers = {"authorization": f"Bearer {token}", "accept": accept}
    address = f"{service.url}/graphql"
    reply = httpx.post(address, json=body, headers=headers, timeout=LIMIT_S)
    return reply.text


def talk(service: Service, token: str) -> None:
    """Ask every model, stored and not, and follow what it says."""
    for model in MODELS:
        variables = {"text": f"{SAID} {service.port} {model}", "model": f"mdl_{model}"}
        ask(service, token, {"query": CHAT, "variables": variables})
        made = json.loads(ask(service, token, {"query": CREATE}))["data"]
        variables["id"] = made["createConversation"]["conversation"]["id"]
        sent = json.loads(ask(service, token, {"query": SEND, "variables": variables}))
        run = {"id": sent["data"]["sendMessage"]["generation"]["id"]}
        followed = {"query": FOLLOW, "variables": run}
        assert "GenerationEnded" in ask(service, token, followed, "text/event-stream")


async def offend(service: Service, token: str) -> None:
    """Say on sockets what no socket understands."""
    opening = {
        "type": "connection_init",
        "payload": {"Authorization": f"Bearer {token}"},
    }
    bad = {"id": "1", "type": "subscribe", "payload": {"query": f"{{ {SAID}"}}
    for message in (f"{SAID}", json.dumps({"type": SAID}), json.dumps(bad)):
        url = f"{service.url.replace('http', 'ws')}/graphql"
        async with (
            asyncio.timeout(LIMIT_S),
            connect(url, subprotocols=["graphql-transport-ws"]) as socket,
        ):
            try:
                await socket.send(json.dumps(opening))
                await socket.send(message)
                await socket.recv()
                await socket.recv()
            except ConnectionClosed:
                continue


@pytest.mark.anyio
async def test_no_text_and_no_key_is_ever_logged_or_told(
    services: tuple[Service, Service], tmp_path: Path, anyio_backend: str
) -> None:
    api, page = services
    _, token = await new_key(tmp_path)
    for service in services:
        talk(service, token)
        replies = [ask(service, token, body) for body in BAD]
        replies.append(ask(service, WRONG_KEY, {"query": CREATE}))
        told = "\n".join(replies)
        assert told.count('"errors"') == len(replies)
        for secret in (PROVIDER_KEY, WRONG_KEY, token):
            assert secret not in told
    await offend(api, token)
    await offend(api, WRONG_KEY)
    for service in services:
        logged = service.output()
        assert "generation.finished" in logged or service is page
        for canary in (SAID, PROVIDER_KEY, WRONG_KEY, token, "canary"):
            assert canary not in logged
