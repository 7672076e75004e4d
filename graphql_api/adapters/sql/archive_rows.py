"""Records of an export as rows, and back.

Of the bookkeeping of running processes only what is held in accounts is kept: it is
given back when the next start ends what held it.
"""

from typing import Final

from sqlalchemy import ColumnElement, RowMapping, Table

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.pico import instant, maybe_instant, microseconds
from graphql_api.adapters.sql.rows import Values
from graphql_api.adapters.sql.tables import (
    budgets,
    conversations,
    ledger,
    messages,
    principals,
    runs,
)
from graphql_api.domain.access import PrincipalKind
from graphql_api.domain.accounts import BudgetScope
from graphql_api.domain.archive import (
    BudgetRecord,
    ConversationRecord,
    Held,
    LedgerRecord,
    MessageRecord,
    PrincipalRecord,
    Record,
    RunRecord,
)
from graphql_api.domain.conversations import Purpose, TitledBy
from graphql_api.domain.generations import Status

TABLES: Final[dict[type[Record], Table]] = {
    PrincipalRecord: principals,
    ConversationRecord: conversations,
    MessageRecord: messages,
    LedgerRecord: ledger,
    BudgetRecord: budgets,
    RunRecord: runs,
}
# What names a row in its table.
KEYS: Final[dict[type[Record], tuple[ColumnElement[str], ...]]] = {
    PrincipalRecord: (principals.c.id,),
    ConversationRecord: (conversations.c.id,),
    MessageRecord: (messages.c.id,),
    LedgerRecord: (ledger.c.generation_id,),
    BudgetRecord: (budgets.c.owner, budgets.c.period),
    RunRecord: (runs.c.generation_id,),
}
_RUNNING: Final = (Status.QUEUED, Status.STREAMING)


def record(kind: type[Record], row: RowMapping) -> Record:
    """The record of a row of the kind's table."""
    if kind is MessageRecord:
        return _message(row)
    if kind is ConversationRecord:
        return _conversation(row)
    if kind is LedgerRecord:
        return _ledger(row)
    if kind is BudgetRecord:
        return _budget(row)
    if kind is RunRecord:
        return _run(row)
    return _principal(row)


def _principal(row: RowMapping) -> PrincipalRecord:
    return PrincipalRecord(
        id=row["id"],
        known_as=PrincipalKind(row["kind"]),
        name=row["name"],
        issuer=row["issuer"],
        subject=row["subject"],
        created_at=instant(row["created_at"]),
    )


def _conversation(row: RowMapping) -> ConversationRecord:
    return ConversationRecord(
        id=row["id"],
        principal_id=row["principal_id"],
        title=row["title"],
        titled_by=TitledBy(row["titled_by"]),
        assistant_key=row["assistant_key"],
        archived=row["archived"],
        options=rows.options(row),
        leaf_id=row["leaf_id"],
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        pinned_at=maybe_instant(row["pinned_at"]),
    )


def _message(row: RowMapping) -> MessageRecord:
    stored = rows.message(row)
    return MessageRecord(
        id=stored.id,
        conversation_id=stored.conversation_id,
        parent_id=stored.parent_id,
        role=stored.role,
        content=stored.content,
        status=stored.status,
        created_at=stored.created_at,
        finished_at=maybe_instant(row["finished_at"]),
        generation_id=stored.generation_id,
        model_name=stored.model_name,
        assistant_key=row["assistant_key"],
        usage=stored.usage,
        cost=stored.cost,
        finish_reason=stored.finish_reason,
        problem=stored.problem,
        feedback=stored.feedback,
        held=_held(row) if stored.status in _RUNNING else None,
        key_id=row["key_id"],
    )


def _held(row: RowMapping) -> Held | None:
    if row["held_in"] is None:
        return None
    accounts = tuple(row["held_in"].split(","))
    return Held(pusd=row["reserve_pusd"], accounts=accounts)


def _ledger(row: RowMapping) -> LedgerRecord:
    return LedgerRecord(
        generation_id=row["generation_id"],
        principal_id=row["principal_id"],
        conversation_id=row["conversation_id"],
        model_name=row["model_name"],
        assistant_key=row["assistant_key"],
        purpose=Purpose(row["purpose"]),
        usage=rows.usage(row),
        cost_pusd=row["cost_pusd"],
        at=instant(row["at"]),
        key_id=row["key_id"],
    )


def _budget(row: RowMapping) -> BudgetRecord:
    return BudgetRecord(
        owner=row["owner"],
        period=row["period"],
        limit_pusd=row["limit_pusd"],
        spent_pusd=row["spent_pusd"],
        reserved_pusd=row["reserved_pusd"],
    )


def _run(row: RowMapping) -> RunRecord:
    return RunRecord(
        generation_id=row["generation_id"],
        principal_id=row["principal_id"],
        key_id=row["key_id"],
        conversation_id=row["conversation_id"],
        purpose=Purpose(row["purpose"]),
        model_name=row["model_name"],
        assistant_key=row["assistant_key"],
        held=_held(row),
        at=instant(row["at"]),
    )


def values(record: Record, *, depth: int) -> Values:
    """The row of a record."""
    match record:
        case PrincipalRecord():
            return _principal_values(record)
        case ConversationRecord():
            return _conversation_values(record)
        case MessageRecord():
            return _message_values(record) | {"depth": depth}
        case LedgerRecord():
            return _ledger_values(record)
        case BudgetRecord():
            return {
                "owner": record.owner,
                "period": record.period,
                "limit_pusd": record.limit_pusd,
                "spent_pusd": record.spent_pusd,
                "reserved_pusd": record.reserved_pusd,
            }
        case RunRecord():
            return _run_values(record)


def _principal_values(record: PrincipalRecord) -> Values:
    return {
        "id": record.id,
        "kind": record.known_as,
        "name": record.name,
        "issuer": record.issuer,
        "subject": record.subject,
        "created_at": microseconds(record.created_at),
    }


def _conversation_values(record: ConversationRecord) -> Values:
    pinned_at = record.pinned_at
    return {
        "id": record.id,
        "principal_id": record.principal_id,
        "title": record.title,
        "titled_by": record.titled_by,
        "assistant_key": record.assistant_key,
        "archived": record.archived,
        "options": rows.options_json(record.options),
        "leaf_id": record.leaf_id,
        "created_at": microseconds(record.created_at),
        "updated_at": microseconds(record.updated_at),
        "pinned_at": None if pinned_at is None else microseconds(pinned_at),
    }


def _message_values(record: MessageRecord) -> Values:
    finished_at = record.finished_at
    return (
        {
            "id": record.id,
            "conversation_id": record.conversation_id,
            "parent_id": record.parent_id,
            "role": record.role,
            "content": record.content,
            "status": record.status,
            "created_at": microseconds(record.created_at),
            "finished_at": None if finished_at is None else microseconds(finished_at),
            "generation_id": record.generation_id,
            "model_name": record.model_name,
            "assistant_key": record.assistant_key,
            "receipt": rows.cost_json(record.cost),
            "finish_reason": record.finish_reason,
            "problem": rows.problem_json(record.problem),
            "key_id": record.key_id,
        }
        | _held_values(record.held)
        | (_NO_USAGE if record.usage is None else rows.usage_values(record.usage))
        | rows.feedback_values(record.feedback)
    )


def _held_values(held: Held | None) -> Values:
    if held is None:
        return {"reserve_pusd": None, "held_in": None}
    older = () if held.period is None else (f"{BudgetScope.VIEWER}/{held.period}",)
    codes = ",".join((*held.accounts, *older))
    return {"reserve_pusd": held.pusd, "held_in": codes}


_NO_USAGE: Final[Values] = dict.fromkeys(
    (
        *("prompt_tokens", "completion_tokens", "cached_prompt_tokens"),
        *("cache_write_tokens", "reasoning_tokens", "tokens_estimated"),
    )
)


def _ledger_values(record: LedgerRecord) -> Values:
    used = _NO_USAGE | {"tokens_estimated": False}
    if record.usage is not None:
        used = rows.usage_values(record.usage)
    return used | {
        "generation_id": record.generation_id,
        "principal_id": record.principal_id,
        "conversation_id": record.conversation_id,
        "model_name": record.model_name,
        "assistant_key": record.assistant_key,
        "purpose": record.purpose,
        "cost_pusd": record.cost_pusd,
        "at": microseconds(record.at),
        "key_id": record.key_id,
    }


def _run_values(record: RunRecord) -> Values:
    return _held_values(record.held) | {
        "generation_id": record.generation_id,
        "principal_id": record.principal_id,
        "key_id": record.key_id,
        "conversation_id": record.conversation_id,
        "purpose": record.purpose,
        "model_name": record.model_name,
        "assistant_key": record.assistant_key,
        "at": microseconds(record.at),
    }
