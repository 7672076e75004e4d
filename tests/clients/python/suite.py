"""Runs named checks one after another and prints one JSON line for each."""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

LIMIT_S = 10
URL = f"{sys.argv[1]}/graphql"
SOCKET_URL = URL.replace("http", "ws", 1)
HEALTH = "query Health { health { status } }"
NOBODY = "query Nobody { nobody }"
CHAT = """mutation Chat($history: [MessageInput!]!) {
  chat(history: $history) { message { role content } tokenUsage { totalTokens } }
}"""
STREAM = """subscription Stream($history: [MessageInput!]!) {
  chatStream(history: $history) {
    __typename cursor
    ... on GenerationDelta { delta }
    ... on GenerationEnded { status message { content } }
  }
}"""


def asking(content: str) -> dict[str, Any]:
    return {"history": [{"role": "USER", "content": content}]}


def assert_answer(events: Sequence[Mapping[str, Any]], text: str) -> None:
    assert events[0]["__typename"] == "GenerationStarted", events
    assert "".join(event.get("delta", "") for event in events) == text, events
    assert events[-1]["message"]["content"] == text, events


def run(checks: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
    asyncio.run(_run(checks))


async def _run(checks: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
    for name, check in checks.items():
        problem = None
        try:
            async with asyncio.timeout(LIMIT_S):
                await check()
        except Exception:  # noqa: BLE001 told in the line
            problem = traceback.format_exc()
        print(json.dumps({"name": name, "problem": problem}), flush=True)
