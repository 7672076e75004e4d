"""R1: the API is killed at random moments; nothing finished is lost, or paid twice.

Each life of the API is checked by the next one, which then serves new turns and is
killed. Turns are asked, and answers watched, while that happens: who got no reply asks
again with the same key. `make torture` runs more rounds and tells how they went:
SIDEKICK_TORTURE_ROUNDS says how many.
"""

import json
import os
import random
import signal
import sys
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
# Promised is a second; a machine with much to do is late.
MOST_LOST_S = 1.5
LONGEST_LIFE_S = 1.8
# Making a client costs more than asking; a connection does not outlive the server.
HTTP = httpx.Client(
    timeout=20,
    trust_env=False,
    verify=False,  # noqa: S501 plain HTTP to this machine
    limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
)
TEXTS = [
    *["quick answer"] * 2,
    *["__slow__ a b c d e f"] * 2,
    *["__slow__ " + "word " * 200] * 4,
]
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
USAGE = """{ usage(since: "2026-01-01T00:00:00Z", groupBy: CONVERSATION) {
  total { requests } rows { requests } } }"""


def post(api: Service, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    answer = HTTP.post(f"{api.url}/graphql", json=body).json()
    assert "errors" not in answer, answer
    return answer["data"]


def events(api: Service, generation: str) -> Iterator[dict[str, Any]]:
    body = {"query": FOLLOW, "variables": {"id": generation}}
    headers = {"accept": "text/event-stream"}
    url = f"{api.url}/graphql"
    with HTTP.stream("POST", url, json=body, headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                yield json.loads(line[6:])["data"]["generationEvents"]


@dataclass
class Turn:
    """A question, and what its client has seen of the answer."""

    conversation: str
    text: str
    generation: str | None = None
    message: str = ""
    seen: list[tuple[float, str]] = field(default_factory=list)
    ended: dict[str, Any] | None = None
    killed_s: float = 0

    def live(self, api: Service) -> None:
        """Ask twice with one key, and read until the answer ends or the server dies."""
        try:
            self.ask(api)
            self.ask(api)
            self.watch(api)
        except httpx.HTTPError:
            return

    def ask(self, api: Service) -> None:
        key = self.conversation
        data = post(api, SEND, id=self.conversation, text=self.text, key=key)
        generation = data["sendMessage"]["generation"]["id"]
        assert self.generation in {None, generation}
        self.generation = generation
        self.message = data["sendMessage"]["assistantMessage"]["id"]

    def watch(self, api: Service) -> None:
        text = ""
        for event in events(api, self.generation or ""):
            text += event.get("delta", "")
            self.seen.append((time.monotonic(), text))
            if event["__typename"] == "GenerationEnded":
                self.ended = event

    def lost_s(self, kept: str) -> float:
        """How long before the kill the client saw what is not kept."""
        moments = (s for s, text in self.seen if not kept.startswith(text))
        return self.killed_s - min(moments, default=self.killed_s)


@dataclass
class Tally:
    """What many rounds came to."""

    rounds: int = 0
    checked: int = 0
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    double_charges: int = 0
    longest_loss_s: float = 0

    def __str__(self) -> str:
        return (
            f"{self.rounds} rounds, {self.checked} messages checked, "
            f"{len(self.lost)} lost, {self.double_charges} double charges, "
            f"{len(self.stuck)} stuck, longest partial loss "
            f"{self.longest_loss_s * 1000:.0f} ms"
        )

    def check(self, turn: Turn, stored: dict[str, Any]) -> None:
        self.checked += 1
        content = stored.get("content", "")
        if stored.get("status") in {"STREAMING", "QUEUED"}:
            self.stuck.append(turn.message)
        elif turn.ended is None:
            self.longest_loss_s = max(self.longest_loss_s, turn.lost_s(content))
        elif (stored.get("status"), content) != (
            turn.ended["status"],
            turn.ended["message"]["content"],
        ):
            self.lost.append(turn.message)


class House:
    """An API on one data folder, through many lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.turns: list[Turn] = []
        self.tally = Tally()
        self.random = random.Random(20261122)  # noqa: S311 a replay, no secret

    def live_and_die(self) -> None:
        """Check the lives before, serve some turns, and be killed at some moment."""
        with running_api(self.folder / "api.log", port=self.port) as api:
            self.check(api)
            again = [turn for turn in self.turns if turn.generation is None]
            new = [Turn(create(api), text) for text in TEXTS]
            self.turns += new
            lives = [Thread(target=turn.live, args=(api,)) for turn in (*new, *again)]
            for life in lives:
                life.start()
            # The longest answers outlive every server.
            lives[len(TEXTS) - 1].join(self.random.uniform(0, LONGEST_LIFE_S))
            api.process.send_signal(signal.SIGKILL)
            for turn in (*new, *again):
                turn.killed_s = time.monotonic()
            api.process.wait()
            for life in lives:
                life.join()
        self.tally.rounds += 1

    def check(self, api: Service) -> None:
        """See that this life knows all that was promised in the ones before."""
        known = [turn for turn in self.turns if turn.generation is not None]
        recent = known[-100:]
        ids = [turn.message for turn in recent]
        nodes = post(api, MESSAGES, ids=ids)["nodes"]
        for turn, stored in zip(recent, nodes, strict=True):
            self.tally.check(turn, stored or {})
        usage = post(api, USAGE)["usage"]
        charged = [row["requests"] for row in usage["rows"]]
        self.tally.double_charges += sum(charges - 1 for charges in charged)
        assert len(known) <= usage["total"]["requests"] <= len(self.turns)


def create(api: Service) -> str:
    return post(api, CREATE)["createConversation"]["conversation"]["id"]


def test_what_was_finished_survives_every_kill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path)
    for number in range(ROUNDS):
        house.live_and_die()
        if (number + 1) % 10 == 0 or number + 1 == ROUNDS:
            with capsys.disabled():
                sys.stdout.write(f"\n{house.tally}")
    with running_api(tmp_path / "api.log", port=house.port) as api:
        house.check(api)
    tally = house.tally
    assert (tally.lost, tally.stuck, tally.double_charges) == ([], [], 0)
    assert tally.longest_loss_s < MOST_LOST_S


def test_a_watcher_who_comes_back_after_a_restart_gets_the_whole_text(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    house.live_and_die()
    with running_api(tmp_path / "api.log", port=house.port) as api:
        known = [turn for turn in house.turns if turn.generation is not None]
        for turn in known:
            told = list(events(api, turn.generation or ""))
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
