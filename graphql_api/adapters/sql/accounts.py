"""How accounts are held and charged, within the transaction of a turn or a run.

Accounts are locked in the order of their names, so that no two transactions wait for
each other. An account that gets its limit while an answer is written counts what the
ledger has, and the answer when it ends: who enters something into the ledger and who
counts it exclude each other, by a lock for each owner. In SQLite all writers do anyway.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)

from graphql_api.adapters.sql.pico import instant, reserved_pusd, usd
from graphql_api.adapters.sql.rows import Values
from graphql_api.adapters.sql.tables import budgets, ledger
from graphql_api.domain.access import Payer
from graphql_api.domain.accounts import (
    SERVICE,
    Account,
    Budget,
    Period,
    accounts_of,
    refusal,
    scope_of,
)
from graphql_api.errors import BudgetExceeded

_T: Final = budgets.c
_UNPRICED: Final = "The model has no known price, which a budget needs."
# Written out: texts that do not change are prepared once.
_NAMED: Final = and_(
    _T.owner.in_([bindparam(name) for name in ("principal", "key", "service")]),
    _T.period.in_([bindparam(name) for name in ("day", "month")]),
)
_LIMITED: Final = _T.limit_pusd.is_not(None)
_LOCK: Final = (
    select(budgets).where(_NAMED).order_by(_T.owner, _T.period).with_for_update()
)
_LOCK_LIMITED: Final = _LOCK.where(_LIMITED)
_HELD: Final[BindParameter[int]] = bindparam("held")
_HOLDS: Final = tuple_(_T.owner, _T.period).in_(bindparam("holding", expanding=True))
_HOLD: Final = (
    update(budgets).where(_HOLDS).values(reserved_pusd=_T.reserved_pusd + _HELD)
)
_SETTLE: Final = (
    update(budgets)
    .where(
        tuple_(_T.owner, _T.period).in_(_LOCK.with_only_columns(_T.owner, _T.period))
    )
    .values(
        reserved_pusd=_T.reserved_pusd - case((_HOLDS, _HELD), else_=0),
        spent_pusd=_T.spent_pusd + bindparam("cost"),
    )
)
_ENTER: Final = insert(ledger).returning(exists().where(_NAMED))
# Any number that nobody else makes advisory locks with.
_SEED: Final[ColumnElement[int]] = literal_column("4327001")
_SERVICE: Final[ColumnElement[str]] = literal_column(f"'{SERVICE}'")

LIMITED: Final = exists().where(_NAMED, _LIMITED)
"""Whether any account of `names_of` is limited; for the query of a beginning."""


def names_of(payer: Payer, at: datetime) -> Values:
    """What names a payer's accounts of an instant in a statement."""
    return {
        "principal": payer.principal_id,
        "key": payer.key_id,
        "service": SERVICE,
        "day": Period.day(at).name,
        "month": Period.month(at).name,
    }


def budget_of(account: Account, row: RowMapping) -> Budget:
    """The budget in the row of a limited account."""
    return Budget(
        account=account,
        limit_usd=usd(row["limit_pusd"]),
        spent_usd=usd(row["spent_pusd"]),
        reserved_usd=usd(row["reserved_pusd"]),
    )


def hold(
    connection: Connection, payer: Payer, reserve_usd: Decimal | None, *, at: datetime
) -> Values:
    """Hold a reserve in all limited accounts; the columns that say so.

    Raises:
        BudgetExceeded: It does not fit into each of them, or nobody knows it.
    """
    accounts = {(one.owner, one.period.name): one for one in accounts_of(payer, at)}
    found = connection.execute(_LOCK_LIMITED, names_of(payer, at)).mappings()
    limited = {(row["owner"], row["period"]): row for row in found}
    if not limited:
        return {}
    if reserve_usd is None:
        raise BudgetExceeded(_UNPRICED)
    held = reserved_pusd(reserve_usd)
    full = [name for name, row in limited.items() if held > _room_pusd(row)]
    if full:
        without_room = [budget_of(accounts[name], limited[name]) for name in full]
        raise refusal(without_room, reserve_usd, at=at)
    connection.execute(_HOLD, {"holding": list(limited), "held": held})
    codes = [_code(*name) for name in limited]
    return {"reserve_pusd": held, "held_in": ",".join(codes)}


def _room_pusd(row: RowMapping) -> int:
    return int(row["limit_pusd"] - row["spent_pusd"] - row["reserved_pusd"])


def _code(owner: str, period: str) -> str:
    """An account among those of a payer, as it is kept of a turn or a run."""
    return f"{scope_of(owner)}/{period}"


def charge(connection: Connection, entry: Values, held: RowMapping) -> None:
    """Enter something into the ledger, and settle it in all its accounts.

    Args:
        connection: The transaction; a statement before has taken the `entering` locks.
        entry: The row of the ledger; its instant is that of the beginning.
        held: Row of the turn or the run: its key, and what it holds.
    """
    named = _names_of_entry(entry)
    counted = connection.scalar(_ENTER, entry | named)
    if counted or held["held_in"] is not None:
        _settle(connection, named, held, spent_pusd=entry.get("cost_pusd") or 0)


def release(connection: Connection, run: RowMapping) -> None:
    """Give back what a run holds that costs nothing."""
    if run["held_in"] is not None:
        _settle(connection, _names_of_entry(dict(run)), run, spent_pusd=0)


def _settle(
    connection: Connection, named: Values, held: RowMapping, *, spent_pusd: int
) -> None:
    """Give back what was held, and charge an amount to all accounts.

    Also to those that were limited only after the beginning: nothing is held in them.
    """
    owners = [named[name] for name in ("principal", "key", "service") if named[name]]
    names = [(one, named[period]) for one in owners for period in ("day", "month")]
    codes = (held["held_in"] or "").split(",")
    settled = named | {
        "holding": [name for name in names if _code(*name) in codes],
        "held": held["reserve_pusd"] or 0,
        "cost": spent_pusd,
    }
    connection.execute(_SETTLE, settled)


def _names_of_entry(entry: Values) -> Values:
    payer = Payer(principal_id=entry["principal_id"], key_id=entry["key_id"])
    return names_of(payer, instant(entry["at"]))


def entering(
    connection: Connection,
    *,
    principal: ColumnElement[Any] | None = None,
    key: ColumnElement[Any] | None = None,
) -> Sequence[ColumnElement[Any]]:
    """Columns that lock what `charge` is going to count: for a statement before it.

    That of the service comes with the principal's; all take them in this order.
    """
    if connection.dialect.name == "sqlite":
        return ()
    first = () if principal is None else (principal, _SERVICE)
    owners = first if key is None else (*first, key)
    return [
        func.pg_advisory_xact_lock_shared(func.hashtextextended(owner, _SEED))
        for owner in owners
    ]


def exclude_entries(connection: Connection, owner: str) -> None:
    """Let nobody enter what an owner pays until the transaction ends.

    A transaction may do so for one owner alone, and before it locks an account.
    """
    if connection.dialect.name != "sqlite":
        number = func.hashtextextended(owner, _SEED)
        connection.execute(select(func.pg_advisory_xact_lock(number)))
