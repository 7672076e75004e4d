"""A conversation as CSV, JSON or Markdown: pure text, safe to open.

CSV cells that a spreadsheet would run as a formula get a leading apostrophe,
also when spaces come first and for full-width signs. JSON is exact.
"""

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import Literal
from unicodedata import category, normalize

from reflex_app.session import Conversation, Message

Format = Literal["csv", "json", "md"]

COLUMNS = ("role", "content", "model", "tokens", "cost")
MIME_TYPES: dict[Format, str] = {
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
}

_FORMULA_STARTS = {"=", "+", "-", "@"}
_UNSEEN = {"Cc", "Cf", "Mn"}
"""Control and format characters and marks: spreadsheets may skip them."""


def file_name(kind: Format, at: datetime) -> str:
    """Return the name a download of that moment gets."""
    return f"conversation_{at:%Y%m%d%H%M%S}.{kind}"


def export(conversation: Conversation, kind: Format) -> str:
    """Return the conversation in one of the three formats."""
    write = {"csv": _csv, "json": _json, "md": _markdown}[kind]
    return write(conversation.messages)


def cell(value: str) -> str:
    """Return `value` as a spreadsheet cell that cannot be a formula."""
    if value.startswith(("\t", "\r")) or _first_visible(value) in _FORMULA_STARTS:
        return f"'{value}"
    return value


def _first_visible(value: str) -> str:
    """The first character that shows, in its plain form; empty when none does."""
    for character in value:
        if not (character.isspace() or category(character) in _UNSEEN):
            return normalize("NFKC", character)
    return ""


def _fields(message: Message) -> dict[str, str | int | None]:
    return {
        "role": message.role.lower(),
        "content": message.content,
        "model": message.model or None,
        "tokens": message.tokens,
        "cost": f"{message.cost.amount:f}" if message.cost else None,
    }


def _csv(messages: Sequence[Message]) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for message in messages:
        values = _fields(message).values()
        writer.writerow("" if value is None else cell(str(value)) for value in values)
    return "\ufeff" + out.getvalue()


def _json(messages: Sequence[Message]) -> str:
    fields = [
        {
            **_fields(message),
            "currency": message.cost.currency if message.cost else None,
            "status": message.status,
        }
        for message in messages
    ]
    return json.dumps({"messages": fields}, ensure_ascii=False, indent=2) + "\n"


def _markdown(messages: Sequence[Message]) -> str:
    parts = ["# Conversation with Sidekick"]
    for message in messages:
        name = "You" if message.role == "USER" else "Sidekick"
        parts += [f"## {name}", message.content, _markdown_meta(message)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _markdown_meta(message: Message) -> str:
    if not message.model:
        return ""
    cost = message.cost
    words = [
        message.model,
        "tokens unknown" if message.tokens is None else f"{message.tokens} tokens",
        f"{cost.amount:f} {cost.currency}" if cost else "cost unknown",
    ]
    return f"*{' · '.join(words)}*"
