"""A stand-in for the API that speaks the part of the contract the page uses.

It repeats the last question word by word, like the `echo` model, and can be told
to hold an answer back, to refuse, or to forget what it knows.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

MODEL = {
    "name": "echo",
    "provider": "echo",
    "pricing": {
        "promptPerMillion": {"amount": "1", "currency": "USD"},
        "completionPerMillion": {"amount": "2", "currency": "USD"},
    },
}
ASSISTANT = {
    "id": "ast_comics",
    "name": "Comic book assistant",
    "description": "Knows every hero.",
    "starters": ["Who is Batman's butler?", "Explain the Multiverse."],
    "model": MODEL,
}


@dataclass
class Run:
    """One generation: its events so far, and a sign for each change."""

    generation_id: str
    words: list[str]
    events: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    stopped: bool = False

    @property
    def ended(self) -> bool:
        return bool(self.events) and self.events[-1]["__typename"] == "GenerationEnded"


@dataclass
class FakeApi:
    """The stand-in; its fields tell it how to behave."""

    pause_s: float = 0.0
    refusal: dict[str, Any] | None = None
    failing: dict[str, Any] | None = None
    runs: dict[str, Run] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    headers: dict[str, str] = field(default_factory=dict)
    watchers: int = 0
    left: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.go_on.set()
        route = Route("/graphql", self._graphql, methods=["POST"])
        self.asgi = Starlette(routes=[route])

    async def _graphql(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        self.headers = dict(request.headers)
        variables, query = body["variables"], body["query"]
        if "Assistant {" in query:
            return JSONResponse({"data": {"assistants": {"nodes": [ASSISTANT]}}})
        if "Stop(" in query:
            return await self._stop(variables["input"]["generationId"])
        if "Start(" in query:
            return self._start(variables)
        run = self.runs.get(variables["generationId"])
        if run is None:
            return _failure("NOT_FOUND", "There is no such generation.")
        return self._stream(run, "generationEvents", variables["after"])

    def _start(self, variables: dict[str, Any]) -> Response:
        if self.refusal:
            return JSONResponse({"errors": [self.refusal]}, status_code=200)
        text = variables["history"][-1]["content"]
        run = Run(f"gen_{len(self.runs) + 1}", text.split(" "))
        self.runs[run.generation_id] = run
        task = asyncio.create_task(self._write(run))
        self.tasks.add(task)
        return self._stream(run, "chatStream", None)

    def _stream(self, run: Run, root: str, after: str | None) -> Response:
        start = int(after[1:]) + 1 if after else 0
        frames = self._watched(_frames(run, root, start))
        return StreamingResponse(frames, media_type="text/event-stream")

    async def _watched(self, frames: AsyncIterator[str]) -> AsyncIterator[str]:
        self.watchers += 1
        try:
            async for frame in frames:
                yield frame
        finally:
            self.watchers -= 1
            self.left.set()

    async def _stop(self, generation_id: str) -> Response:
        run = self.runs.get(generation_id)
        if run is None:
            return _failure("NOT_FOUND", "There is no such generation.")
        run.stopped = True
        self.go_on.set()
        state = {"generation": {"id": generation_id, "status": "STOPPED"}}
        return JSONResponse({"data": {"stopGeneration": state}})

    async def _write(self, run: Run) -> None:
        await _add(run, "GenerationStarted", model=MODEL, queuePosition=0)
        written: list[str] = []
        for index, word in enumerate(run.words):
            await self.go_on.wait()
            if self.pause_s or "__slow__" in run.words:
                await asyncio.sleep(self.pause_s or 0.05)
            if run.stopped:
                break
            written.append(word if index == 0 else f" {word}")
            await _add(run, "GenerationDelta", delta=written[-1])
        await _add(run, "GenerationEnded", **self._ending(run, "".join(written)))

    def _ending(self, run: Run, text: str) -> dict[str, Any]:
        status = "STOPPED" if run.stopped else "COMPLETED"
        return {
            "status": "FAILED" if self.failing else status,
            "message": {"content": text},
            "tokenUsage": {"totalTokens": len(text.split()) * 2},
            "cost": {
                "amount": "0.000402",
                "currency": "USD",
                "estimated": run.stopped,
                "priceSource": "settings",
                "items": [
                    _item("PROMPT", 2, "1", "0.000002"),
                    _item("COMPLETION", 200, "2", "0.0004"),
                ],
            },
            "finishReason": None if run.stopped or self.failing else "STOP",
            "problem": self.failing,
        }


def _item(kind: str, tokens: int, rate: str, amount: str) -> dict[str, Any]:
    return {"kind": kind, "tokens": tokens, "ratePerMillion": rate, "amount": amount}


def _failure(code: str, message: str) -> Response:
    error = {"message": message, "extensions": {"code": code}}
    return JSONResponse({"errors": [error]})


async def _add(run: Run, typename: str, **fields: Any) -> None:
    async with run.changed:
        event = {"__typename": typename, "generationId": run.generation_id, **fields}
        run.events.append({**event, "cursor": f"c{len(run.events)}"})
        run.changed.notify_all()


async def _frames(run: Run, root: str, position: int) -> AsyncIterator[str]:
    while not (run.ended and position == len(run.events)):
        for event in await _after(run, position):
            position += 1
            yield f"event: next\ndata: {json.dumps({'data': {root: event}})}\n\n"
    yield "event: complete\ndata: \n\n"


async def _after(run: Run, position: int) -> list[dict[str, Any]]:
    async with run.changed:
        await run.changed.wait_for(lambda: len(run.events) > position or run.ended)
        return run.events[position:]
