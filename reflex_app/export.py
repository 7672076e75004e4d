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

from reflex_app.replies import CostItem, Message, Version
from reflex_app.texts import ENGLISH, Texts

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


def export(
    title: str, messages: Sequence[Message], kind: Format, words: Texts = ENGLISH
) -> str:
    """Return a conversation in one of the three formats."""
    if kind == "md":
        return _markdown(title, messages, words)
    return {"csv": _csv, "json": _json}[kind](title, messages)


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


def _csv(_title: str, messages: Sequence[Message]) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for message in messages:
        values = _fields(message).values()
        writer.writerow("" if value is None else cell(str(value)) for value in values)
    return "\ufeff" + out.getvalue()


def _json(title: str, messages: Sequence[Message]) -> str:
    fields = [_exact(message) for message in messages]
    document = {"title": title, "messages": fields}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _exact(message: Message) -> dict[str, object]:
    """Return everything about a message, its receipt and other versions included."""
    cost = message.cost
    others = [v for v in message.versions if v.message_id != message.message_id]
    return {
        **_fields(message),
        "currency": cost.currency if cost else None,
        "status": message.status,
        "estimated": cost.estimated if cost else None,
        "price_source": cost.price_source if cost else None,
        "receipt": [_receipt_line(item) for item in cost.items] if cost else [],
        "feedback": message.rating or None,
        "other_versions": [_version(version) for version in others],
    }


def _receipt_line(item: CostItem) -> dict[str, object]:
    return {
        "kind": item.kind,
        "tokens": item.tokens,
        "rate_per_million": f"{item.rate_per_million:f}",
        "amount": f"{item.amount:f}",
    }


def _version(version: Version) -> dict[str, object]:
    return {"content": version.content, "status": version.status}


def _markdown(title: str, messages: Sequence[Message], words: Texts) -> str:
    heading = " ".join(title.split()) or words.text("export.title")
    parts = [f"# {heading}"]
    for message in messages:
        name = words.text("row.you") if message.role == "USER" else "Sidekick"
        parts += [f"## {name}", message.content, _markdown_meta(message, words)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _markdown_meta(message: Message, words: Texts) -> str:
    if not message.model:
        return ""
    cost = message.cost
    parts = [
        message.model,
        words.text("row.tokens", count=message.tokens)
        if message.tokens is not None
        else words.text("export.tokens_unknown"),
        f"{cost.amount:f} {cost.currency}" if cost else words.text("row.cost_unknown"),
    ]
    return f"*{' · '.join(parts)}*"
