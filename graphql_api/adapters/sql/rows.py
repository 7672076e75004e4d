"""Domain objects as rows, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import RowMapping

from graphql_api.adapters.sql.pico import (
    instant,
    maybe_instant,
    microseconds,
    spent_pusd,
)
from graphql_api.adapters.sql.tables import messages
from graphql_api.domain.accounts import NewRun
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
from graphql_api.domain.models import NOTHING_CHOSEN, ChatOptions, FinishReason
from graphql_api.domain.money import Cost, TokenUsage

# What a column may hold is the business of the database's driver.
Values: TypeAlias = dict[str, Any]

_JSON: Final = msgspec.json.Encoder()
_COST: Final = msgspec.json.Decoder(Cost)
_OPTIONS: Final = msgspec.json.Decoder(ChatOptions)
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
# What a run and its row of the ledger share.
_RUN: Final = (
    *("generation_id", "principal_id", "key_id", "conversation_id", "purpose"),
    *("model_name", "assistant_key", "at"),
)


def conversation(row: RowMapping) -> Conversation:
    """The conversation in a row."""
    return Conversation(
        id=row["id"],
        title=row["title"],
        titled_by=TitledBy(row["titled_by"]),
        assistant_key=row["assistant_key"],
        archived=row["archived"],
        options=options(row),
        leaf_id=row["leaf_id"],
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        pinned_at=maybe_instant(row["pinned_at"]),
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
        "options": options_json(new.options),
        "created_at": microseconds(new.created_at),
        "updated_at": microseconds(new.updated_at),
    }


def options(row: RowMapping) -> ChatOptions:
    """What was chosen for the next answers of a conversation."""
    kept = row["options"]
    return NOTHING_CHOSEN if kept is None else _OPTIONS.decode(kept)


def options_json(kept: ChatOptions) -> str | None:
    """Choices as they are kept; None for none."""
    return None if kept == NOTHING_CHOSEN else _JSON.encode(kept).decode()


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
        usage=usage(row),
        cost=None if receipt is None else _COST.decode(receipt),
        finish_reason=None if reason is None else FinishReason(reason),
        problem=None if problem is None else _PROBLEM.decode(problem),
        feedback=_feedback(row),
    )


def usage(row: RowMapping) -> TokenUsage | None:
    """The tokens in a row of messages or of the ledger; None when unknown."""
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


def usage_values(used: TokenUsage) -> Values:
    """The columns of tokens, in messages and in the ledger."""
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "cached_prompt_tokens": used.cached_prompt_tokens,
        "cache_write_tokens": used.cache_write_tokens,
        "reasoning_tokens": used.reasoning_tokens,
        "tokens_estimated": used.estimated,
    }


def run_values(run: NewRun) -> Values:
    """The row of a run that is no stored turn, without what it holds."""
    return {
        "generation_id": run.generation_id,
        "principal_id": run.payer.principal_id,
        "key_id": run.payer.key_id,
        "conversation_id": run.conversation_id,
        "purpose": run.purpose,
        "model_name": run.model_name,
        "assistant_key": run.assistant_key,
        "at": microseconds(run.at),
    }


def ledger_values(run: RowMapping) -> Values:
    """The row of the ledger for a run, as long as nobody knows what it used."""
    return {name: run[name] for name in _RUN} | {"tokens_estimated": False}


def charged_values(outcome: Outcome) -> Values:
    """The columns of the ledger that say what was used."""
    cost = None if outcome.cost is None else spent_pusd(outcome.cost.amount)
    return usage_values(outcome.usage) | {"cost_pusd": cost}


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


def cost_json(cost: Cost | None) -> str | None:
    """A receipt as it is kept."""
    return None if cost is None else _JSON.encode(cost).decode()


def problem_json(problem: Problem | None) -> str | None:
    """A problem as it is kept."""
    return None if problem is None else _JSON.encode(problem).decode()


def outcome_values(outcome: Outcome, *, at: datetime) -> Values:
    """What a message becomes when its generation ends."""
    return usage_values(outcome.usage) | {
        "status": outcome.status,
        "content": outcome.text,
        "receipt": cost_json(outcome.cost),
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
        held: The columns that say what is held, and in which accounts.
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
            "key_id": turn.key_id,
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
