"""Every failure of a provider, seen by a client of the real API.

Each is one documented code, keeps the text that came, and is never a success without a
finish reason. Whatever the provider says, no key is shown or logged.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_openai import FakeOpenAI
from tests.fake_openai_wire import KEY, REPLY
from tests.services import Service, running_api

STREAM = """subscription ($model: ID!) {
  chatStream(history: [{role: USER, content: "Hi"}], options: {modelId: $model}) {
    generationId
    ... on GenerationEnded {
      status finishReason message { content } tokenUsage { totalTokens }
      cost { amount estimated priceSource } problem { code retryable retryAfterMs }
    }
  }
}"""
CHAT = """mutation ($model: ID!) {
  chat(history: [{role: USER, content: "Hi"}], options: {modelId: $model}) {
    message { content } cost { amount } finishReason
  }
}"""
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $model: ID!) {
  sendMessage(input: {conversationId: $id, content: "Hi", options: {modelId: $model}}) {
    generation { id } assistantMessage { id } } }"""
FOLLOW = """subscription ($id: ID!) { generationEvents(generationId: $id) {
  ... on GenerationEnded { status message { content } } } }"""
STORED = """query ($id: ID!) { node(id: $id) { ... on ConversationMessage {
  status content finishReason problem { code retryable retryAfterMs }
  cost { amount } tokenUsage { totalTokens } } } }"""
USAGE = """{ usage(since: "2026-01-01T00:00:00Z", groupBy: CONVERSATION) {
  rows { key requests cost { amount } } } }"""
FAULTS = [
    # model, status, code, retryable, whether text came
    ("500", "FAILED", "MODEL_UNAVAILABLE", True, False),
    ("429", "FAILED", "MODEL_UNAVAILABLE", True, False),
    ("quota", "FAILED", "MODEL_UNAVAILABLE", False, False),
    ("401", "FAILED", "MODEL_UNAVAILABLE", False, False),
    ("404", "FAILED", "MODEL_UNAVAILABLE", False, False),
    ("307", "FAILED", "MODEL_UNAVAILABLE", False, False),
    ("stall", "FAILED", "TIMEOUT", True, False),
    ("stall-mid", "INTERRUPTED", "TIMEOUT", True, True),
    ("reset", "FAILED", "MODEL_UNAVAILABLE", True, False),
    ("reset-mid", "INTERRUPTED", "INTERRUPTED", True, True),
    ("cut", "INTERRUPTED", "INTERRUPTED", True, True),
    ("early-end", "INTERRUPTED", "INTERRUPTED", True, True),
    ("early-end-plain", "INTERRUPTED", "INTERRUPTED", True, True),
    ("bad-json", "INTERRUPTED", "INTERRUPTED", True, True),
    ("bad-chunking", "INTERRUPTED", "TIMEOUT", True, True),
    ("comments-only", "INTERRUPTED", "TIMEOUT", True, True),
    ("error-event", "INTERRUPTED", "INTERRUPTED", True, True),
]
ENDINGS = [
    ("well", "STOP", False),
    ("split", "STOP", False),
    ("no-done", "STOP", False),
    ("no-usage", "STOP", True),
    ("length", "LENGTH", False),
    ("content_filter", "CONTENT_FILTER", False),
]
PRICES = 'price = { prompt = "1", completion = "2" }'


@pytest.fixture(scope="module")
def host() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module")
def api(
    host: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("faults")
    models = folder / "models.toml"
    names = [*(name for name, *_ in (*FAULTS, *ENDINGS)), "endless"]
    models.write_text(
        "\n".join(f'[models."{name}"]\n{PRICES}' for name in names), encoding="utf-8"
    )
    with running_api(
        folder / "api.log",
        SIDEKICK_PROVIDER="openai",
        SIDEKICK_MODELS_FILE=str(models),
        SIDEKICK_MODEL="well",
        SIDEKICK_IDLE_TIMEOUT_S="1",
        SIDEKICK_TITLES="rule",
        OPENAI_BASE_URL=host.base_url,
        OPENAI_API_KEY=KEY,
    ) as service:
        yield service
    assert KEY not in service.output()
    assert "Traceback" not in service.output()


def post(api: Service, query: str, accept: str = "*/*", **variables: str) -> str:
    answer = httpx.post(
        f"{api.url}/graphql",
        json={"query": query, "variables": variables},
        headers={"accept": accept},
        timeout=30,
    )
    assert KEY not in answer.text
    return answer.text


def data(api: Service, query: str, **variables: str) -> Any:
    return next(iter(json.loads(post(api, query, **variables))["data"].values()))


def events(api: Service, query: str, **variables: str) -> list[dict[str, Any]]:
    text = post(api, query, "text/event-stream", **variables)
    lines = [line for line in text.splitlines() if line.startswith("data: {")]
    return [next(iter(json.loads(line[6:])["data"].values())) for line in lines]


def stream(api: Service, model: str) -> list[dict[str, Any]]:
    return events(api, STREAM, model=f"mdl_{model}")


@dataclass
class Stored:
    """A stored turn: what its watcher was told at the end, and what was kept."""

    told: dict[str, Any]
    kept: dict[str, Any]
    charges: list[dict[str, Any]]


def store(api: Service, model: str) -> Stored:
    talk = data(api, CREATE)["conversation"]["id"]
    sent = data(api, SEND, id=talk, model=f"mdl_{model}")
    told = events(api, FOLLOW, id=sent["generation"]["id"])[-1]
    kept = data(api, STORED, id=sent["assistantMessage"]["id"])
    rows = data(api, USAGE)["rows"]
    return Stored(told, kept, [row for row in rows if row["key"] == talk])


@pytest.fixture(scope="module")
def turns(api: Service) -> dict[str, Stored]:
    """A stored turn with each model, all at once."""
    names = [name for name, *_ in (*FAULTS, *ENDINGS)]
    with ThreadPoolExecutor(len(names)) as pool:
        stored = pool.map(lambda name: store(api, name), names)
        return dict(zip(names, stored, strict=True))


@pytest.mark.parametrize(
    ("model", "status", "code", "retryable", "began"),
    FAULTS,
    ids=[fault[0] for fault in FAULTS],
)
def test_a_fault_ends_the_stream_with_its_code_and_keeps_the_text(
    api: Service, model: str, status: str, code: str, *, retryable: bool, began: bool
) -> None:
    ended = stream(api, model)[-1]
    assert ended["status"] == status
    assert ended["problem"]["code"] == code
    assert ended["problem"]["retryable"] is retryable
    assert ended["finishReason"] is None
    text = ended["message"]["content"]
    assert bool(text) is began
    assert REPLY.startswith(text)


@pytest.mark.parametrize(
    ("model", "status", "code", "retryable", "began"),
    FAULTS,
    ids=[fault[0] for fault in FAULTS],
)
def test_a_stored_turn_keeps_its_fault_its_text_and_one_charge(
    turns: dict[str, Stored],
    model: str,
    status: str,
    code: str,
    *,
    retryable: bool,
    began: bool,
) -> None:
    told, kept = turns[model].told, turns[model].kept
    assert kept["status"] == told["status"] == status
    assert kept["content"] == told["message"]["content"]
    assert bool(kept["content"]) is began
    assert (kept["problem"]["code"], kept["finishReason"]) == (code, None)
    assert kept["problem"]["retryable"] is retryable
    (charge,) = turns[model].charges
    assert charge["requests"] == 1
    assert bool(float(charge["cost"]["amount"])) is began
    assert kept["cost"]["amount"] == charge["cost"]["amount"]


@pytest.mark.parametrize(("model", "reason", "estimated"), ENDINGS)
def test_a_stored_turn_that_ends_well_is_kept_and_charged_once(
    turns: dict[str, Stored], model: str, reason: str, *, estimated: bool
) -> None:
    kept = turns[model].kept
    assert (kept["status"], kept["finishReason"]) == ("COMPLETED", reason)
    assert kept["content"] == turns[model].told["message"]["content"]
    assert [charge["requests"] for charge in turns[model].charges] == [1]
    assert turns[model].charges[0]["cost"]["amount"] == kept["cost"]["amount"]


@pytest.mark.parametrize(("model", "reason", "estimated"), ENDINGS)
def test_an_answer_that_ends_well_is_complete_and_priced(
    api: Service, model: str, reason: str, *, estimated: bool
) -> None:
    ended = stream(api, model)[-1]
    assert (ended["status"], ended["finishReason"]) == ("COMPLETED", reason)
    assert ended["problem"] is None
    assert ended["cost"]["estimated"] is estimated
    assert ended["cost"]["priceSource"] == "settings"
    assert float(ended["cost"]["amount"]) > 0


@pytest.mark.parametrize(
    ("model", "code"),
    [("401", "MODEL_UNAVAILABLE"), ("early-end", "INTERRUPTED"), ("stall", "TIMEOUT")],
)
def test_the_mutation_reports_a_fault_as_a_coded_error(
    api: Service, model: str, code: str
) -> None:
    answer = httpx.post(
        f"{api.url}/graphql",
        json={"query": CHAT, "variables": {"model": f"mdl_{model}"}},
        timeout=20,
    )
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == code
    assert KEY not in answer.text


def test_a_wait_that_the_provider_asks_for_is_handed_on(api: Service) -> None:
    assert stream(api, "429")[-1]["problem"]["retryAfterMs"] == 7000


def test_stop_closes_the_providers_stream(api: Service, host: FakeOpenAI) -> None:
    stop = """mutation ($id: ID!) { stopGeneration(input: {generationId: $id}) {
      generation { status } } }"""
    before = host.left["endless"]
    with httpx.stream(
        "POST",
        f"{api.url}/graphql",
        json={"query": STREAM, "variables": {"model": "mdl_endless"}},
        headers={"accept": "text/event-stream"},
        timeout=20,
    ) as answer:
        lines = answer.iter_lines()
        first = next(line for line in lines if line.startswith("data: {"))
        generation_id = json.loads(first[6:])["data"]["chatStream"]["generationId"]
        host.wait_until(lambda: host.open > 0)
        body = {"query": stop, "variables": {"id": generation_id}}
        stopped = httpx.post(f"{api.url}/graphql", json=body, timeout=5).json()
    host.wait_until(lambda: host.left["endless"] > before)
    generation = stopped["data"]["stopGeneration"]["generation"]
    assert generation == {"status": "STOPPED"}


def test_a_chat_whose_client_leaves_closes_the_providers_stream(
    api: Service, host: FakeOpenAI
) -> None:
    before = host.left["stall"]
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{api.url}/graphql",
            json={"query": CHAT, "variables": {"model": "mdl_stall"}},
            timeout=0.3,
        )
    host.wait_until(lambda: host.left["stall"] > before, 0.9)


def test_the_api_is_ready_only_with_a_key_that_works(
    api: Service, host: FakeOpenAI, tmp_path: Path
) -> None:
    assert httpx.get(f"{api.url}/readyz", timeout=10).status_code == 200
    host.refuse_list = 401
    try:
        with running_api(
            tmp_path / "api.log",
            SIDEKICK_PROVIDER="openai",
            OPENAI_BASE_URL=host.base_url,
            OPENAI_API_KEY=KEY,
        ) as refused:
            ready = httpx.get(f"{refused.url}/readyz", timeout=10)
            assert ready.status_code == 503
            assert KEY not in ready.text
    finally:
        host.refuse_list = None
