"""A stand-in for the API that speaks the part of the contract the page uses.

It repeats the last question word by word, like the `echo` model, and can be told
to hold an answer back, to refuse, to lose a reply, or to forget what it knows.
"""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.wire.fake_shelf import RECEIPT, Said, Shelf, Talk, conversation

_NAME = re.compile(r"(?:query|mutation|subscription) (\w+)")
MODEL = {
    "id": "mdl_echo",
    "name": "echo",
    "provider": "echo",
    "contextWindow": 128_000,
    "available": True,
    "shutdownAt": None,
    "replacement": None,
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
    "temperature": 0.3,
    "model": MODEL,
}
OFFER = {
    "assistants": {"nodes": [ASSISTANT]},
    "models": [MODEL],
    "viewer": {"scopes": ["CHAT", "READ", "USAGE"]},
}


def spending(cost: str, *, budget: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `Spending` answers when today and the month cost as much."""
    total = {
        "key": "total",
        "requests": 1,
        "promptTokens": "1",
        "completionTokens": "1",
        "unpricedRequests": 0,
        "cost": {"amount": cost, "currency": "USD", "estimated": False},
    }
    used = {"total": total}
    return {"today": used, "month": used, "viewer": {"budget": budget}}


@dataclass
class Run:
    """One generation: its events so far, and a sign for each change."""

    generation_id: str
    words: list[str]
    events: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    stopped: bool = False
    answer: Said | None = None

    @property
    def ended(self) -> bool:
        return bool(self.events) and self.events[-1]["__typename"] == "GenerationEnded"


@dataclass
class FakeApi:
    """The stand-in; its fields tell it how to behave."""

    pause_s: float = 0.0
    refusal: dict[str, Any] | None = None
    failing: dict[str, Any] | None = None
    lost_replies: int = 0
    shelf: Shelf = field(default_factory=Shelf)
    runs: dict[str, Run] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    spending: dict[str, Any] | None = field(default_factory=lambda: spending("0"))
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    headers: dict[str, str] = field(default_factory=dict)
    viewer: dict[str, Any] = field(default_factory=dict)
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
        name = _NAME.search(body["query"])[1]
        answer = self._answer(name, body["variables"])
        if name in {"Send", "Edit", "Regenerate"} and self.lost_replies:
            self.lost_replies -= 1
            return Response("<h1>Bad gateway</h1>", 502)
        return answer

    def _answer(self, name: str, variables: dict[str, Any]) -> Response:
        match name:
            case "Offer" | "Spending" | "Viewer":
                told = {"Offer": OFFER, "Spending": self.spending}
                return JSONResponse({"data": told.get(name, {"viewer": self.viewer})})
            case "Conversations":
                return JSONResponse({"data": self.shelf.page(variables)})
            case "Conversation" | "Earlier" | "Glance" | "AllMessages":
                return self._conversation(variables)
            case "Start":
                return self._start(variables)
            case "Follow":
                return self._follow(variables)
            case _:
                return self._change(name, variables["input"])

    def _conversation(self, variables: dict[str, Any]) -> Response:
        talk = self.shelf.talks.get(variables["id"])
        if talk and _is_elsewhere(talk, variables):
            return _failure("BAD_USER_INPUT", "The cursor names nothing.")
        found = conversation(talk, variables) if talk else None
        return _data("conversation", found)

    def _change(self, name: str, wanted: dict[str, Any]) -> Response:
        if name in {"Send", "Edit", "Regenerate"}:
            return self._begin(name, wanted)
        if name == "Stop":
            return self._stop(wanted["generationId"])
        if name in {"Select", "Judge"}:
            return _data("changed", self.shelf.change_message(name, wanted))
        return _data("changed", self.shelf.change(name, wanted))

    def _begin(self, name: str, wanted: dict[str, Any]) -> Response:
        if self.refusal:
            return JSONResponse({"errors": [self.refusal]}, status_code=200)
        key = wanted["idempotencyKey"]
        if key not in self.shelf.keys:
            talk, answer, text = self.shelf.ask(name, wanted)
            run = self._run(text, answer)
            answer.generation = run.generation_id
            self.shelf.keys[key] = f"{run.generation_id} {talk.id}"
        generation_id, talk_id = self.shelf.keys[key].split()
        begun = {"generation": {"id": generation_id}, "conversation": {"id": talk_id}}
        return _data("begun", begun)

    def _run(self, text: str, answer: Said | None = None) -> Run:
        run = Run(f"gen_{len(self.runs) + 1}", text.split(" "), answer=answer)
        self.runs[run.generation_id] = run
        self.tasks.add(asyncio.create_task(self._write(run)))
        return run

    def _start(self, variables: dict[str, Any]) -> Response:
        run = self._run(variables["history"][-1]["content"])
        return self._stream(run, "chatStream", None)

    def _follow(self, variables: dict[str, Any]) -> Response:
        run = self.runs.get(variables["generationId"])
        if run is None:
            return _failure("NOT_FOUND", "There is no such generation.")
        return self._stream(run, "generationEvents", variables["after"])

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

    def _stop(self, generation_id: str) -> Response:
        run = self.runs.get(generation_id)
        if run is None:
            return _failure("NOT_FOUND", "There is no such generation.")
        run.stopped = True
        self.go_on.set()
        state = {"generation": {"id": generation_id, "status": "STOPPED"}}
        return _data("stopGeneration", state)

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
            if run.answer:
                run.answer.content = "".join(written)
            await _add(run, "GenerationDelta", delta=written[-1])
        status = "STOPPED" if run.stopped else "COMPLETED"
        if run.answer:
            run.answer.status = "FAILED" if self.failing else status
            run.answer.problem = self.failing
        await _add(run, "GenerationEnded", status=status, cost=RECEIPT)


def _is_elsewhere(talk: Talk, variables: dict[str, Any]) -> bool:
    """Whether the cursor is no message of the active branch."""
    cursor = variables.get("before")
    return cursor is not None and cursor not in {said.id for said in talk.branch()}


def _data(root: str, value: Any) -> Response:
    return JSONResponse({"data": {root: value}})


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
