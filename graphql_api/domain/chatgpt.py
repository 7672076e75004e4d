"""Conversations of ChatGPT's export as records.

Their identifiers are made from the foreign ones, so that importing a file again finds
what is there already. Nothing is known of tokens and costs.
"""

from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from ulid import ULID

from graphql_api.domain.archive import ConversationRecord, MessageRecord
from graphql_api.domain.chatgpt_texts import Node, clean, mapping_of
from graphql_api.domain.chatgpt_tree import Loop, Said, grow, instant
from graphql_api.domain.conversations import TitledBy
from graphql_api.domain.generations import Status
from graphql_api.domain.messages import Role
from graphql_api.domain.titles import title_of
from graphql_api.errors import BadFile

_NO_TITLE: Final = "New conversation"
_TITLE_CHARS: Final = 200
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def records(
    talk: object, *, principal_id: str, assistant_key: str
) -> Generator[ConversationRecord | MessageRecord]:
    """A conversation before its messages; nothing when it shows no message.

    Args:
        talk: One element of ``conversations.json``.
        principal_id: Whose it becomes.
        assistant_key: Persona that goes on with it.

    Raises:
        BadFile: It is no conversation of ChatGPT's; says why, not which one it is.
    """
    fields, mapping = _parts(talk)
    began = instant(fields.get("create_time")) or instant(fields.get("update_time"))
    try:
        said, leaf = grow(mapping, fields.get("current_node"), began=began or _LONG_AGO)
    except Loop:
        raise BadFile("some of its messages are their own ancestors") from None
    if not said or leaf is None:
        return
    foreign = _foreign_id(fields, mapping)
    created_at = began or said[0].at
    conversation_id = _new_id("cnv", foreign, created_at)
    ids = {one.key: _new_id("msg", f"{foreign}/{one.key}", one.at) for one in said}
    title, titled_by = _title(fields, said[0].text)
    yield ConversationRecord(
        id=conversation_id,
        principal_id=principal_id,
        title=title,
        titled_by=titled_by,
        assistant_key=assistant_key,
        archived=fields.get("is_archived") is True,
        leaf_id=ids[leaf.key],
        created_at=created_at,
        updated_at=instant(fields.get("update_time")) or said[-1].at,
    )
    for one in said:
        yield _message(one, ids, conversation_id, assistant_key)


def _parts(talk: object) -> tuple[Node, Mapping[str, Node]]:
    fields = mapping_of(talk)
    if not isinstance(fields.get("mapping"), dict):
        raise BadFile("its field `mapping` is missing or no object")
    nodes = mapping_of(fields["mapping"])
    return fields, {key: mapping_of(node) for key, node in nodes.items()}


def _foreign_id(fields: Node, mapping: Mapping[str, Node]) -> str:
    for name in ("conversation_id", "id"):
        if isinstance(fields.get(name), str) and fields[name]:
            return clean(fields[name])
    # Old exports name the conversation nowhere, but every node has a random name.
    return clean(min(mapping))


def _new_id(prefix: str, foreign: str, at: datetime) -> str:
    """An identifier as the server makes them, but always the same one."""
    digest = sha256(f"chatgpt/{prefix}/{foreign}".encode()).digest()
    milliseconds = int(at.timestamp() * 1_000)
    return f"{prefix}_{ULID(milliseconds.to_bytes(6) + digest[:10])}"


def _title(fields: Node, first: str) -> tuple[str, TitledBy]:
    title = fields.get("title")
    if isinstance(title, str) and title.strip():
        return clean(" ".join(title.split()))[:_TITLE_CHARS].rstrip(), TitledBy.MODEL
    ruled = title_of(first)
    return (ruled, TitledBy.RULE) if ruled else (_NO_TITLE, TitledBy.NOBODY)


def _message(
    said: Said, ids: Mapping[str, str], conversation_id: str, assistant_key: str
) -> MessageRecord:
    answers = said.role is Role.ASSISTANT
    return MessageRecord(
        id=ids[said.key],
        conversation_id=conversation_id,
        parent_id=None if said.parent is None else ids[said.parent.key],
        role=said.role,
        content=said.text,
        status=Status.COMPLETED,
        created_at=said.at,
        finished_at=said.at if answers else None,
        generation_id=None,
        model_name=said.model,
        assistant_key=assistant_key if answers else None,
        usage=None,
        cost=None,
        finish_reason=None,
        problem=None,
        feedback=None,
        held=None,
    )
