"""Titles of conversations, by a rule or by a model."""

import re
from typing import Final

from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import Model, ModelRequest

MAX_TITLE_TOKENS: Final = 24
"""Most that a model may write for a title."""

_TITLE_CHARS: Final = 60
_MIN_TITLE_CHARS: Final = 3
_HEARD_CHARS: Final = 1_000
_INSTRUCTION: Final = (
    "Write a title of two to six words for the conversation, in its language. "
    "Reply with the title alone: one line, no quotation marks, no Markdown."
)
_LABEL: Final = re.compile(r"^(?:title|titel|titre|título)\s*:\s*", re.IGNORECASE)
_MARKS: Final = "#*_`~<>|\"'“”„‟«»‹›‘’ \t"  # noqa: RUF001 quotation marks as they are
_END: Final = ".,;:!…。 \t"
_REFUSALS: Final = (
    *("i'm sorry", "i am sorry", "sorry,", "i cannot", "i can't", "i can not"),
    *("as an ai", "i'm unable", "i am unable", "here is a title", "here's a title"),
)


def title_of(content: str) -> str:
    """Title by a rule: the first line of the first question, cut at a word.

    A line that only begins or ends a block of code says nothing.
    """
    lines = [line for line in content.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("```")]
    line = next(iter(said or lines), "")
    return _cut(" ".join(line.split()))


def title_request(model: Model, question: str, answer: str) -> ModelRequest:
    """What a model is asked for a title; long texts are told only in part."""
    told = f"Question: {question[:_HEARD_CHARS]}\n\nAnswer: {answer[:_HEARD_CHARS]}"
    return ModelRequest(
        model=model,
        system_prompt=_INSTRUCTION,
        history=(Message(Role.USER, f"{told}\n\n{_INSTRUCTION}"),),
        temperature=0,
        max_completion_tokens=MAX_TITLE_TOKENS,
    )


def title_from(written: str) -> str | None:
    """The title in what a model wrote; None when there is no sensible one.

    One line of 3 to 60 characters, without quotation marks, Markdown, a label or a
    full stop around it. A text of several lines is no title, nor is a refusal or the
    instruction said again.
    """
    lines = [line for line in written.splitlines() if line.strip()]
    if len(lines) != 1:
        return None
    line = "".join(char for char in " ".join(lines[0].split()) if char.isprintable())
    bare = _LABEL.sub("", line.strip(_MARKS)).strip(_MARKS).rstrip(_END).strip(_MARKS)
    title = _cut(bare)
    senseless = (
        len(title) < _MIN_TITLE_CHARS
        or not any(char.isalnum() for char in title)
        or title.lower().startswith(_REFUSALS)
        or title.lower().rstrip("…") in _INSTRUCTION.lower()
    )
    return None if senseless else title


def _cut(words: str) -> str:
    if len(words) <= _TITLE_CHARS:
        return words
    whole = words[:_TITLE_CHARS].rsplit(" ", 1)[0]
    return f"{whole[: _TITLE_CHARS - 1]}…"
