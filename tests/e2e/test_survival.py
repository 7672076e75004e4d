"""R1: the API is killed at random moments; nothing finished is lost, or paid twice.

`make torture` runs more rounds: SIDEKICK_TORTURE_ROUNDS says how many.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.services import Service, free_port, running_api

ROUNDS = int(os.environ.get("SIDEKICK_TORTURE_ROUNDS", "25"))
CHECKPOINT_S = 1.0
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!, $key: String) {
  sendMessage(input: {conversationId: $id, content: $text, idempotencyKey: $key}) {
    generation { id } assistantMessage { id } } }"""
FOLLOW = """subscription ($id: ID!) { generationEvents(generationId: $id) {
  __typename
  ... on GenerationDelta { delta }
  ... on GenerationReset { text }
  ... on GenerationEnded { status message { content } cost { amount } }
} }"""
MESSAGES = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ConversationMessage {
  id status content problem { code } } } }"""
USAGE = """{ usage(since: "2026-01-01T00:00:00Z", groupBy: MODEL) {
  total { requests } } }"""


def post(api: Service, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    answer = httpx.post(f"{api.url}/graphql", json=body, timeout=10).json()
    assert "errors" not in answer, answer
    return answer["data"]


@dataclass
class Watched:
    """A turn, and what a client has seen of it."""

    generation: str
    message: str
    seen: list[tuple[float, str]] = field(default_factory=list)
    ended: dict[str, Any] | None = None
    killed_s: float = 0

    def watch(self, api: Service) -> None:
        """Read the answer until it ends or the server dies."""
        text = ""
        try:
            for event in events(api, self.generation):
                text += event.get("delta", "")
                self.seen.append((time.monotonic(), text))
                if event["__typename"] == "GenerationEnded":
                    self.ended = event
        except httpx.HTTPError:
            return

    def seen_long_ago(self) -> str:
        """The text seen before the last checkpoint that was surely written.

        There is one a second, and another may be under way.
        """
        limit_s = self.killed_s - 2 * CHECKPOINT_S
        return max((text for s, text in self.seen if s <= limit_s), key=len, default="")


def events(api: Service, generation: str) -> Iterator[dict[str, Any]]:
    body = {"query": FOLLOW, "variables": {"id": generation}}
    headers = {"accept": "text/event-stream"}
    url = f"{api.url}/graphql"
    with httpx.stream("POST", url, json=body, headers=headers, timeout=20) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                yield json.loads(line[6:])["data"]["generationEvents"]


def ask(api: Service, conversation: str, text: str, key: str) -> Watched:
    data = post(api, SEND, id=conversation, text=text, key=key)["sendMessage"]
    return Watched(data["generation"]["id"], data["assistantMessage"]["id"])


class House:
    """An API on one data folder, through many lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.turns: list[Watched] = []
        self.random = random.Random(20261122)  # noqa: S311 a replay, no secret

    def live_and_die(self) -> None:
        """Serve some turns, and be killed at some moment."""
        with running_api(self.folder / "api.log", port=self.port) as api:
            new = [create_and_ask(api, number) for number in range(3)]
            self.turns += new
            watchers = [Thread(target=turn.watch, args=(api,)) for turn in new]
            for watcher in watchers:
                watcher.start()
            # The shortest answer ends at once, the longest never does.
            watchers[0].join(self.random.uniform(0, 0.2))
            watchers[2].join(self.random.uniform(0, 1.8))
            api.process.send_signal(signal.SIGKILL)
            for turn in new:
                turn.killed_s = time.monotonic()
            api.process.wait()
            for watcher in watchers:
                watcher.join()

    def check(self) -> None:
        """See that the next life knows all that was promised."""
        with running_api(self.folder / "api.log", port=self.port) as api:
            ids = [turn.message for turn in self.turns][-100:]
            found = {node["id"]: node for node in post(api, MESSAGES, ids=ids)["nodes"]}
            for turn in self.turns[-100:]:
                check_turn(turn, found[turn.message])
            total = post(api, USAGE)["usage"]["total"]["requests"]
            assert total == len(self.turns)


def create_and_ask(api: Service, number: int) -> Watched:
    conversation = post(api, CREATE)["createConversation"]["conversation"]["id"]
    text = ["quick answer", "__slow__ a b c d e f", "__slow__ " + "word " * 200][number]
    first = ask(api, conversation, text, conversation)
    again = ask(api, conversation, text, conversation)
    assert again.generation == first.generation
    return first


def check_turn(turn: Watched, stored: dict[str, Any]) -> None:
    assert stored["status"] not in {"STREAMING", "QUEUED"}
    if turn.ended is not None:
        assert stored["status"] == turn.ended["status"] == "COMPLETED"
        assert stored["content"] == turn.ended["message"]["content"]
        return
    assert stored["status"] in {"INTERRUPTED", "COMPLETED"}
    assert stored["content"].startswith(turn.seen_long_ago())


def test_what_was_finished_survives_every_kill(tmp_path: Path) -> None:
    house = House(tmp_path)
    for _ in range(ROUNDS):
        house.live_and_die()
        house.check()


def test_a_watcher_who_comes_back_after_a_restart_gets_the_whole_text(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    house.live_and_die()
    with running_api(tmp_path / "api.log", port=house.port) as api:
        for turn in house.turns:
            told = list(events(api, turn.generation))
            assert [event["__typename"] for event in told] == [
                "GenerationReset",
                "GenerationEnded",
            ]
            assert told[0]["text"] == told[1]["message"]["content"]


def test_a_second_process_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        running_api(tmp_path / "one.log", SIDEKICK_DATA_DIR=str(tmp_path)),
        pytest.raises(AssertionError, match="Another Sidekick uses the folder"),
        running_api(tmp_path / "two.log", SIDEKICK_DATA_DIR=str(tmp_path)),
    ):
        pass
