"""The `Ledger` of a SQL database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    case,
    func,
    select,
)

from graphql_api.adapters.sql.database import Database
from graphql_api.adapters.sql.pico import instant, microseconds, usd
from graphql_api.adapters.sql.tables import ledger
from graphql_api.domain.conversations import Purpose, UsageGroup, UsageRow

_T: Final = ledger.c
_DAY: Final = 86_400_000_000
_KEYS: Final[dict[UsageGroup, ColumnElement[Any]]] = {
    UsageGroup.DAY: _T.at - _T.at % _DAY,
    UsageGroup.MODEL: _T.model_name,
    UsageGroup.ASSISTANT: _T.assistant_key,
    UsageGroup.CONVERSATION: _T.conversation_id,
}
_ANSWER: Final = case((_T.purpose == Purpose.ANSWER, 1))
_UNPRICED: Final = case((_T.cost_pusd.is_(None), _ANSWER))
_ESTIMATED: Final = _T.tokens_estimated & _T.cost_pusd.is_not(None)


class SqlLedger:
    """`Ledger` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def usage(
        self,
        principal_id: str,
        group: UsageGroup,
        /,
        *,
        since: datetime,
        until: datetime,
    ) -> Sequence[UsageRow]:
        """Sums from ``since`` (inclusive) to ``until`` (exclusive), by key."""
        wanted = _sums(_KEYS[group], principal_id).where(
            _T.at >= microseconds(since), _T.at < microseconds(until)
        )
        found = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().all()
        )
        return sorted(
            (_row(row, group) for row in found), key=lambda row: row.key or ""
        )

    async def conversation(
        self, principal_id: str, conversation_id: str, /
    ) -> UsageRow | None:
        """Sum over all answers of a conversation; None when there was none."""
        wanted = _sums(_T.conversation_id, principal_id).where(
            _T.conversation_id == conversation_id
        )
        row = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().first()
        )
        return None if row is None else _row(row, UsageGroup.CONVERSATION)


def _sums(key: ColumnElement[Any], principal_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            key.label("key"),
            func.count(_ANSWER).label("requests"),
            func.coalesce(func.sum(_T.prompt_tokens), 0).label("prompt_tokens"),
            func.coalesce(func.sum(_T.completion_tokens), 0).label("completion_tokens"),
            func.coalesce(func.sum(_T.cost_pusd), 0).label("cost_pusd"),
            func.count(_UNPRICED).label("unpriced_requests"),
            func.max(case((_ESTIMATED, 1), else_=0)).label("estimated"),
        )
        .where(_T.principal_id == principal_id)
        .group_by("key")
    )


def _row(row: RowMapping, group: UsageGroup) -> UsageRow:
    key = row["key"]
    return UsageRow(
        key=f"{instant(key):%Y-%m-%d}" if group is UsageGroup.DAY else key,
        requests=row["requests"],
        prompt_tokens=int(row["prompt_tokens"]),
        completion_tokens=int(row["completion_tokens"]),
        cost_usd=usd(row["cost_pusd"]),
        unpriced_requests=row["unpriced_requests"],
        estimated=bool(row["estimated"]),
    )
