"""How a turn begins, in one transaction.

Rows are locked in one order everywhere, so that no two transactions wait for each
other: key, conversation, messages, accounts.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete, exists, insert, select, update

from graphql_api.adapters.sql import rows
from graphql_api.adapters.sql.accounts import LIMITED, hold, names_of
from graphql_api.adapters.sql.database import insert_into
from graphql_api.adapters.sql.pico import microseconds
from graphql_api.adapters.sql.tables import (
    RUNNING,
    conversations,
    idempotency,
    messages,
)
from graphql_api.domain.access import Payer
from graphql_api.domain.conversations import BegunTurn, NewTurn
from graphql_api.errors import Conflict, NotFound

_KEYS_LAST: Final = timedelta(hours=24)
_KEY_USED: Final = "The idempotency key was used for another request."
_BUSY: Final = "An answer is being written in this conversation."


class Beginning:
    """The steps of beginning one turn."""

    def __init__(self, principal_id: str, turn: NewTurn) -> None:
        self._principal_id = principal_id
        self._turn = turn
        self._payer = Payer(principal_id=principal_id, key_id=turn.key_id)

    def run(self, connection: Connection, *, again: bool) -> BegunTurn:
        """Begin it within a transaction.

        Args:
            connection: The transaction.
            again: Whether an earlier attempt may have been carried out unnoticed.
        """
        turn = self._turn
        if again and self._is_begun(connection):
            return BegunTurn(turn.generation_id, fresh=True)
        if turn.idempotency_key is not None:
            first = self._claim(connection, turn.idempotency_key)
            if first is not None:
                return BegunTurn(first, fresh=False)
        self._move_leaf(connection)
        depth, limited = self._look(connection)
        held: rows.Values = {}
        if limited:
            held = hold(connection, self._payer, turn.reserve_usd, at=turn.at)
        stored = rows.turn_messages(turn, depth=depth, held=held)
        for message in stored:
            connection.execute(insert(messages).values(message))
        return BegunTurn(turn.generation_id, fresh=True)

    def _is_begun(self, connection: Connection) -> bool:
        ours = messages.c.generation_id == self._turn.generation_id
        return bool(connection.scalar(select(exists().where(ours))))

    def _claim(self, connection: Connection, key: str) -> str | None:
        """Take the key; when it is taken, the generation that has it."""
        turn, key_digest = self._turn, _digest(key)
        values = {
            "fingerprint_digest": _digest(turn.fingerprint),
            "generation_id": turn.generation_id,
            "at": microseconds(turn.at),
        }
        claim = insert_into(connection, idempotency).values(
            principal_id=self._principal_id, key_digest=key_digest, **values
        )
        claim = claim.on_conflict_do_update(
            index_elements=[idempotency.c.principal_id, idempotency.c.key_digest],
            set_=values,
            where=idempotency.c.at <= microseconds(turn.at - _KEYS_LAST),
        )
        taken = connection.execute(claim.returning(idempotency.c.generation_id))
        if taken.first() is not None:
            return None
        found = connection.execute(
            select(idempotency).where(
                idempotency.c.principal_id == self._principal_id,
                idempotency.c.key_digest == key_digest,
            )
        )
        first = found.mappings().one()
        if first["fingerprint_digest"] != values["fingerprint_digest"]:
            raise Conflict(_KEY_USED)
        return str(first["generation_id"])

    def _move_leaf(self, connection: Connection) -> None:
        turn = self._turn
        moved = connection.execute(
            update(conversations)
            .where(conversations.c.id == turn.conversation_id)
            .where(conversations.c.principal_id == self._principal_id)
            .values(leaf_id=turn.assistant_message_id, updated_at=microseconds(turn.at))
        )
        if moved.rowcount != 1:
            raise NotFound

    def _look(self, connection: Connection) -> tuple[int, bool]:
        """Depth of the turn's first message, and whether it is limited."""
        turn = self._turn
        theirs = messages.c.conversation_id == turn.conversation_id
        running = exists().where(theirs, RUNNING)
        parent = select(messages.c.depth).where(theirs, messages.c.id == turn.parent_id)
        wanted = select(parent.scalar_subquery(), running, LIMITED)
        seen = connection.execute(wanted, names_of(self._payer, turn.at))
        depth, busy, limited = seen.one()
        if depth is None and turn.parent_id is not None:
            raise NotFound
        if busy:
            raise Conflict(_BUSY, retryable=True)
        return (0 if depth is None else depth + 1), limited


def forget_old_keys(connection: Connection, *, at: datetime) -> None:
    """Delete the keys that are no longer held against a request."""
    old = idempotency.c.at <= microseconds(at - _KEYS_LAST)
    connection.execute(delete(idempotency).where(old))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
