"""Messages: what people and models write."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who wrote a message. The system prompt belongs to the assistant."""

    USER = "USER"
    ASSISTANT = "ASSISTANT"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; the text is Markdown."""

    role: Role
    content: str
