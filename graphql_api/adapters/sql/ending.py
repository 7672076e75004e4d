"""How turns end, each once: message, ledger and budget in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    exists,
    insert,
    select,
    update,
)

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.pico import microseconds, spent_pusd
from graphql_api.adapters.sql.tables import (
    RUNNING,
    budgets,
    conversations,
    ledger,
    messages,
)
from graphql_api.domain.generations import Outcome, Problem, Status

_T: Final = messages.c
# What the ledger and the budget have to know of a message.
_UNSETTLED: Final = (
    *(_T.generation_id, _T.conversation_id, _T.model_name, _T.assistant_key),
    *(_T.reserve_pusd, _T.budget_period, _T.created_at),
)
_SETTLE: Final = (
    update(budgets)
    .where(budgets.c.principal_id == bindparam("whose"))
    .where(budgets.c.period == bindparam("then"))
    .values(
        reserved_pusd=budgets.c.reserved_pusd - bindparam("held"),
        spent_pusd=budgets.c.spent_pusd + bindparam("cost"),
    )
)


def finish(
    connection: Connection,
    generation_id: str,
    outcome: Outcome,
    marks: rows.Values,
    *,
    at: datetime,
) -> bool:
    """End a running turn; False: it had ended.

    Args:
        connection: The transaction.
        generation_id: Whose turn it is.
        outcome: How it ended.
        marks: Further columns of the message.
        at: When it ended.
    """
    one = (_T.generation_id == generation_id, RUNNING)
    # The conversation before the message, as in a beginning: see there.
    touched = connection.execute(
        update(conversations)
        .where(conversations.c.id.in_(select(_T.conversation_id).where(*one)))
        .values(updated_at=microseconds(at))
        .returning(conversations.c.principal_id)
    )
    principal_id = touched.scalar()
    if principal_id is None:
        return False
    ended = connection.execute(
        update(messages)
        .where(*one)
        .values(rows.outcome_values(outcome, at=at) | marks)
        .returning(*_UNSETTLED)
    )
    row = ended.mappings().first()
    if row is None:
        return False
    cost = None if outcome.cost is None else spent_pusd(outcome.cost.amount)
    used = rows.usage_values(outcome.usage) | {"cost_pusd": cost}
    entry = _entry(row, principal_id, at=microseconds(at)) | used
    connection.execute(insert(ledger).values(entry))
    _settle(connection, [(principal_id, row)], spent=cost or 0)
    return True


def ended_by(connection: Connection, generation_id: str, token: str) -> bool:
    """Whether it was the bearer of the token that ended the turn."""
    ours = (_T.generation_id == generation_id, _T.settle_token == token)
    return bool(connection.scalar(select(exists().where(*ours))))


def interrupt_all(
    connection: Connection, problem: Problem, *, at: datetime
) -> Sequence[str]:
    """Interrupt every running turn; the identifiers of their generations."""
    connection.execute(
        update(conversations)
        .where(conversations.c.id.in_(select(_T.conversation_id).where(RUNNING)))
        .values(updated_at=microseconds(at))
    )
    # Those alone whose accounts are closed: a turn may have begun just now.
    closed = _close_accounts(connection, RUNNING, at=at)
    connection.execute(
        update(messages)
        .where(_T.generation_id.in_(closed))
        .values(
            status=Status.INTERRUPTED,
            problem=rows.problem_json(problem),
            finished_at=microseconds(at),
        )
    )
    return closed


def abandon(connection: Connection, conversation_id: str) -> None:
    """Close the accounts of what is still being written in a conversation."""
    theirs = _T.conversation_id == conversation_id
    _close_accounts(connection, theirs & RUNNING, at=None)


def _close_accounts(
    connection: Connection, which: ColumnElement[bool], *, at: datetime | None
) -> list[str]:
    """Write ledger rows of unknown cost, give the reserves back; the generations.

    Args:
        connection: The transaction.
        which: Condition for the messages.
        at: Instant for the ledger; None: when each turn began.
    """
    found = connection.execute(
        select(conversations.c.principal_id, *_UNSETTLED)
        .select_from(messages.join(conversations))
        .where(which)
        .with_for_update()
    )
    unsettled = [(str(row["principal_id"]), row) for row in found.mappings()]
    entries = [
        _entry(row, whose, at=row["created_at"] if at is None else microseconds(at))
        for whose, row in unsettled
    ]
    if entries:
        connection.execute(insert(ledger), entries)
        _settle(connection, unsettled, spent=0)
    return [entry["generation_id"] for entry in entries]


def _entry(row: RowMapping, principal_id: str, *, at: int) -> rows.Values:
    return {
        "generation_id": row["generation_id"],
        "principal_id": principal_id,
        "conversation_id": row["conversation_id"],
        "model_name": row["model_name"],
        "assistant_key": row["assistant_key"],
        "tokens_estimated": False,
        "at": at,
    }


def _settle(
    connection: Connection,
    settled: Sequence[tuple[str, RowMapping]],
    *,
    spent: int,
) -> None:
    accounts: list[Mapping[str, Any]] = [
        {
            "whose": principal_id,
            "then": row["budget_period"],
            "held": row["reserve_pusd"],
            "cost": spent,
        }
        for principal_id, row in settled
        if row["budget_period"] is not None
    ]
    if accounts:
        connection.execute(_SETTLE, accounts)
