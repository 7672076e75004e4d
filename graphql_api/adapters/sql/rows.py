"""Domain objects as rows, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import RowMapping

from graphql_api.adapters.sql.pico import instant, microseconds
from graphql_api.adapters.sql.tables import messages
from graphql_api.domain.conversations import (
    Conversation,
    Feedback,
    NewTurn,
    Rating,
    StoredMessage,
    TitledBy,
)
from graphql_api.domain.generations import Outcome, Problem, Status
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import FinishReason
from graphql_api.domain.money import Cost, TokenUsage

# What a column may hold is the business of the database's driver.
Values: TypeAlias = dict[str, Any]

_JSON: Final = msgspec.json.Encoder()
_COST: Final = msgspec.json.Decoder(Cost)
_PROBLEM: Final = msgspec.json.Decoder(Problem)
# What makes a `StoredMessage`; the rest of the row is bookkeeping.
MESSAGE: Final = tuple(
    messages.c[name]
    for name in (
        *("id", "conversation_id", "parent_id", "role", "content", "status"),
        *("created_at", "generation_id", "model_name", "prompt_tokens"),
        *("completion_tokens", "cached_prompt_tokens", "cache_write_tokens"),
        *("reasoning_tokens", "tokens_estimated", "receipt", "finish_reason"),
        *("problem", "rating", "comment", "rated_at"),
    )
)


def conversation(row: RowMapping) -> Conversation:
    """The conversation in a row."""
    return Conversation(
        id=row["id"],
        title=row["title"],
        titled_by=TitledBy(row["titled_by"]),
        assistant_key=row["assistant_key"],
        archived=row["archived"],
        leaf_id=row["leaf_id"],
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
    )


def conversation_values(principal_id: str, new: Conversation) -> Values:
    """The row of a new conversation; its leaf is that of its messages."""
    return {
        "id": new.id,
        "principal_id": principal_id,
        "title": new.title,
        "titled_by": new.titled_by,
        "assistant_key": new.assistant_key,
        "archived": new.archived,
        "created_at": microseconds(new.created_at),
        "updated_at": microseconds(new.updated_at),
    }


def message(row: RowMapping) -> StoredMessage:
    """The message in a row of the columns `MESSAGE`."""
    reason, receipt, problem = row["finish_reason"], row["receipt"], row["problem"]
    return StoredMessage(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent_id=row["parent_id"],
        role=Role(row["role"]),
        content=row["content"],
        status=Status(row["status"]),
        created_at=instant(row["created_at"]),
        generation_id=row["generation_id"],
        model_name=row["model_name"],
        usage=_usage(row),
        cost=None if receipt is None else _COST.decode(receipt),
        finish_reason=None if reason is None else FinishReason(reason),
        problem=None if problem is None else _PROBLEM.decode(problem),
        feedback=_feedback(row),
    )


def _usage(row: RowMapping) -> TokenUsage | None:
    if row["prompt_tokens"] is None:
        return None
    return TokenUsage(
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        cached_prompt_tokens=row["cached_prompt_tokens"],
        cache_write_tokens=row["cache_write_tokens"],
        reasoning_tokens=row["reasoning_tokens"],
        estimated=row["tokens_estimated"],
    )


def usage_values(usage: TokenUsage) -> Values:
    """The columns of tokens, in messages and in the ledger."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cached_prompt_tokens": usage.cached_prompt_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "tokens_estimated": usage.estimated,
    }


def _feedback(row: RowMapping) -> Feedback | None:
    if row["rating"] is None:
        return None
    rated_at = instant(row["rated_at"])
    return Feedback(
        rating=Rating(row["rating"]), comment=row["comment"], created_at=rated_at
    )


def feedback_values(feedback: Feedback | None) -> Values:
    """The columns of an opinion; None takes it back."""
    if feedback is None:
        return {"rating": None, "comment": None, "rated_at": None}
    return {
        "rating": feedback.rating,
        "comment": feedback.comment,
        "rated_at": microseconds(feedback.created_at),
    }


def problem_json(problem: Problem | None) -> str | None:
    """A problem as it is kept."""
    return None if problem is None else _JSON.encode(problem).decode()


def outcome_values(outcome: Outcome, *, at: datetime) -> Values:
    """What a message becomes when its generation ends."""
    receipt = None if outcome.cost is None else _JSON.encode(outcome.cost).decode()
    return usage_values(outcome.usage) | {
        "status": outcome.status,
        "content": outcome.text,
        "receipt": receipt,
        "finish_reason": outcome.finish_reason,
        "problem": problem_json(outcome.problem),
        "finished_at": microseconds(at),
    }


def first_messages(
    conversation_id: str, chain: list[tuple[str, Message]], *, at: datetime
) -> list[Values]:
    """The rows of messages of which each follows the one before it."""
    parents = [None, *(message_id for message_id, _ in chain)]
    return [
        {
            "id": message_id,
            "conversation_id": conversation_id,
            "parent_id": parents[depth],
            "depth": depth,
            "role": written.role,
            "content": written.content,
            "status": Status.COMPLETED,
            "created_at": microseconds(at),
        }
        for depth, (message_id, written) in enumerate(chain)
    ]


def turn_messages(turn: NewTurn, *, depth: int, held: Values) -> list[Values]:
    """The rows of a turn: perhaps a question, and the answer to be written.

    Args:
        turn: The turn to begin.
        depth: That of its first message.
        held: The columns that say what is held in which budget.
    """
    common: Values = {
        "conversation_id": turn.conversation_id,
        "created_at": microseconds(turn.at),
    }
    answer = (
        common
        | held
        | {
            "id": turn.assistant_message_id,
            "parent_id": turn.user_message_id or turn.parent_id,
            "depth": depth if turn.user_message_id is None else depth + 1,
            "role": Role.ASSISTANT,
            "content": "",
            "status": Status.STREAMING,
            "generation_id": turn.generation_id,
            "model_name": turn.model_name,
            "assistant_key": turn.assistant_key,
        }
    )
    if turn.user_message_id is None:
        return [answer]
    question = common | {
        "id": turn.user_message_id,
        "parent_id": turn.parent_id,
        "depth": depth,
        "role": Role.USER,
        "content": turn.content,
        "status": Status.COMPLETED,
    }
    return [question, answer]


def by_id(items: list[StoredMessage]) -> Mapping[str, StoredMessage]:
    """Messages by their identifiers."""
    return {item.id: item for item in items}
