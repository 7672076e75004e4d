"""A failure as a reader understands it: what happened, what of theirs is safe."""

import re
from dataclasses import dataclass
from typing import Final

from reflex_app.replies import UNREACHABLE, Problem
from reflex_app.texts import ENGLISH, Texts

_REQUEST: Final = re.compile(r"\breq_\w+")
_KINDS: Final = {
    UNREACHABLE: "offline",
    "RATE_LIMITED": "limited",
    "BUDGET_EXCEEDED": "spent",
    "TIMEOUT": "silent",
    "INTERRUPTED": "broken",
    "INTERNAL_SERVER_ERROR": "bug",
}
_MARKS: Final = {
    "offline": "offline",
    "away": "offline",
    "spent": "limit",
    "limited": "wait",
    "busy": "wait",
    "silent": "wait",
    "broken": "cut",
}
_BROKE_OFF: Final = ("silent", "broken")
_TOLD_BY_THE_SERVICE: Final = ("refused", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a turn failed, ready to be drawn; without a title there is none."""

    title: str = ""
    text: str = ""
    detail: str = ""
    """What the service said itself, or the number of the request; small."""
    mark: str = "fault"
    """Its drawing: `fault`, `cut`, `wait`, `offline` or `limit`."""
    spent: bool = False
    """Whether a budget is why, so that the way to the usage is shown."""


NONE: Final = Failure()


def told(problem: Problem, words: Texts = ENGLISH, *, kept: bool = False) -> Failure:
    """Return a failure in a reader's words; `kept`: something had arrived.

    The API speaks English. What it says stands in small print where the reader's
    words leave something out.
    """
    kind = _kind(problem)
    title = words.text(f"failure.{kind}")
    text = _text(problem, kind, words, kept=kept)
    return Failure(
        title=title,
        text=text,
        detail=_detail(problem, kind, words, said=f"{title}: {text}"),
        mark=_MARKS.get(kind, "fault"),
        spent=kind == "spent",
    )


def _kind(problem: Problem) -> str:
    if problem.code != "MODEL_UNAVAILABLE":
        return _KINDS.get(problem.code, "unknown")
    if not problem.retryable:
        return "refused"
    return "busy" if problem.retry_after_s else "away"


def _text(problem: Problem, kind: str, words: Texts, *, kept: bool) -> str:
    if kind in _BROKE_OFF:
        return words.text("failure.kept" if kept else "failure.nothing_kept")
    if kind not in _TOLD_BY_THE_SERVICE:
        return words.text(f"failure.{kind}_text")
    own = words.own(f"error.{problem.code}") or problem.message.strip()
    return own or words.text("failure.nothing_said")


def _detail(problem: Problem, kind: str, words: Texts, *, said: str) -> str:
    if kind in {"bug", "unknown"}:
        found = _REQUEST.search(problem.message)
        number = problem.request_id or (found.group() if found else "")
        return words.text("failure.number", id=number) if number else ""
    if kind in {*_BROKE_OFF, "away", "refused", "spent"}:
        return _without(problem.message.strip(), said)
    return ""


def _without(message: str, said: str) -> str:
    """What a message says beyond a title and a text, which it may repeat."""
    if message in said:
        return ""
    first, colon, rest = message.partition(": ")
    if colon and said.startswith(first):
        return rest[:1].upper() + rest[1:]
    return message
