"""How a guest becomes a user, in one transaction.

Rows are locked in the order of a turn's beginning: keys, conversations, accounts. What
was begun for the guest ends as the user's: turns by their conversation, runs by their
row. What is begun for the guest afterwards comes to the user: see `owner` and `heir`.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, delete, select, update

from graphql_api.adapters.sql.accounts import exclude_entries
from graphql_api.adapters.sql.budgets import spent_in
from graphql_api.adapters.sql.database import insert_into
from graphql_api.adapters.sql.tables import (
    budgets,
    conversations,
    idempotency,
    ledger,
    principals,
    runs,
)
from graphql_api.domain.access import GUEST_PREFIX, PrincipalKind
from graphql_api.domain.accounts import Period

_T: Final = principals.c
_DAY_CHARS: Final = len("2026-11-23")


def owner(connection: Connection, principal_id: str, *, at: int) -> str:
    """See that a principal is there; who gets what is stored for it now.

    Args:
        connection: The transaction.
        principal_id: One that is there, a guest who writes for the first time, or the
            one whose machine this is.
        at: Microseconds since 1970, for the row of a new guest.
    """
    _know(connection, principal_id, at=at)
    return heir(connection, principal_id)


def heir(connection: Connection, principal_id: str) -> str:
    """Who has what is a principal's: for a guest who was adopted, the user."""
    if not principal_id.startswith(GUEST_PREFIX):
        return principal_id
    # Locked, so that nothing is stored for a guest who is being adopted.
    wanted = select(_T.successor_id).where(_T.id == principal_id)
    found = connection.scalar(wanted.with_for_update(read=True))
    return principal_id if found is None else str(found)


def adopt(connection: Connection, guest_id: str, user_id: str) -> bool:
    """Give a user all that a guest has; False: it was given before, or is nothing."""
    if not guest_id.startswith(GUEST_PREFIX):
        return False
    free = (_T.id == guest_id, _T.successor_id.is_(None))
    # A guest who has written nothing is closed, too: their pass must not live on.
    _know(connection, guest_id, at=0)
    locked = connection.scalar(select(_T.id).where(*free).with_for_update())
    if locked is None:
        return False
    connection.execute(update(principals).where(*free).values(successor_id=user_id))
    # What is spent is counted here, so nothing may be entered meanwhile.
    exclude_entries(connection, user_id)
    _move_keys(connection, guest_id, user_id)
    # Before the ledger: what ends now has been entered, or ends as the user's.
    for table in (conversations, runs):
        ours = table.c.principal_id == guest_id
        connection.execute(update(table).where(ours).values(principal_id=user_id))
    _move_accounts(connection, guest_id, user_id)
    ours = ledger.c.principal_id == guest_id
    connection.execute(update(ledger).where(ours).values(principal_id=user_id))
    return True


def _know(connection: Connection, principal_id: str, *, at: int) -> None:
    known = insert_into(connection, principals).values(id=principal_id)
    if principal_id.startswith(GUEST_PREFIX):
        known = known.values(kind=PrincipalKind.GUEST, created_at=at)
    connection.execute(known.on_conflict_do_nothing())


def _move_keys(connection: Connection, guest_id: str, user_id: str) -> None:
    theirs = select(idempotency.c.key_digest).where(
        idempotency.c.principal_id == user_id
    )
    ours = idempotency.c.principal_id == guest_id
    connection.execute(
        delete(idempotency).where(ours, idempotency.c.key_digest.in_(theirs))
    )
    connection.execute(update(idempotency).where(ours).values(principal_id=user_id))


def _move_accounts(connection: Connection, guest_id: str, user_id: str) -> None:
    """Add what the guest spent and holds to the user's accounts.

    Where the user has none, one without a limit counts what is held, as after a limit
    was lifted. It begins with what the user spent in the period.
    """
    both = (
        select(budgets)
        .where(budgets.c.owner.in_([guest_id, user_id]))
        .order_by(budgets.c.owner, budgets.c.period)
    )
    found = connection.execute(both.with_for_update()).mappings().all()
    held = {row["period"]: row for row in found if row["owner"] == guest_id}
    for name in sorted({row["period"] for row in found}):
        period = _period(name)
        spent_pusd = connection.scalars(select(spent_in(guest_id, period))).one()
        reserved_pusd = held[name]["reserved_pusd"] if name in held else 0
        added = insert_into(connection, budgets).values(
            owner=user_id,
            period=name,
            spent_pusd=spent_in(user_id, period) + spent_pusd,
            reserved_pusd=reserved_pusd,
        )
        more = {
            "spent_pusd": budgets.c.spent_pusd + spent_pusd,
            "reserved_pusd": budgets.c.reserved_pusd + reserved_pusd,
        }
        names = [budgets.c.owner, budgets.c.period]
        connection.execute(added.on_conflict_do_update(index_elements=names, set_=more))
    connection.execute(delete(budgets).where(budgets.c.owner == guest_id))


def _period(name: str) -> Period:
    start = datetime.fromisoformat(f"{name}-01"[:_DAY_CHARS]).replace(tzinfo=UTC)
    return Period.day(start) if len(name) == _DAY_CHARS else Period.month(start)
