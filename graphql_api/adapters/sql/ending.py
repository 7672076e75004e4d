"""How turns end, each once: message, ledger and accounts in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    exists,
    select,
    update,
)

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.accounts import charge, entering
from graphql_api.adapters.sql.pico import microseconds
from graphql_api.adapters.sql.tables import RUNNING, conversations, messages
from graphql_api.domain.conversations import Purpose
from graphql_api.domain.generations import Outcome, Problem, Status

_T: Final = messages.c
_OWNER: Final = conversations.c.principal_id
# What the ledger and the accounts have to know of a message.
_UNSETTLED: Final = (
    *(_T.generation_id, _T.conversation_id, _T.model_name, _T.assistant_key),
    *(_T.key_id, _T.reserve_pusd, _T.held_in, _T.created_at),
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
        .returning(_OWNER, *entering(connection, principal=_OWNER))
    )
    principal_id = touched.scalar()
    if principal_id is None:
        return False
    ended = connection.execute(
        update(messages)
        .where(*one)
        .values(rows.outcome_values(outcome, at=at) | marks)
        .returning(*_UNSETTLED, *entering(connection, key=_T.key_id))
    )
    row = ended.mappings().first()
    if row is None:
        return False
    entry = _entry(row, principal_id) | rows.charged_values(outcome)
    charge(connection, entry, row)
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
    closed = _close_accounts(connection, RUNNING)
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
    _close_accounts(connection, theirs & RUNNING)


def _close_accounts(
    connection: Connection, which: ColumnElement[bool]
) -> Sequence[str]:
    """Write ledger rows of unknown cost, give the reserves back; the generations."""
    found = connection.execute(
        select(
            _OWNER, *_UNSETTLED, *entering(connection, principal=_OWNER, key=_T.key_id)
        )
        .select_from(messages.join(conversations))
        .where(which)
        .with_for_update()
    )
    unsettled = found.mappings().all()
    for row in unsettled:
        charge(connection, _entry(row, row["principal_id"]), row)
    return [str(row["generation_id"]) for row in unsettled]


def _entry(row: RowMapping, principal_id: str) -> rows.Values:
    """The row of the ledger: an answer belongs to the day on which it was asked for."""
    return {
        "generation_id": row["generation_id"],
        "principal_id": principal_id,
        "key_id": row["key_id"],
        "conversation_id": row["conversation_id"],
        "purpose": Purpose.ANSWER,
        "model_name": row["model_name"],
        "assistant_key": row["assistant_key"],
        "tokens_estimated": False,
        "at": row["created_at"],
    }
