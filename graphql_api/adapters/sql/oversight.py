"""The `Oversight` of a SQL database: what administrators see of everybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    ScalarSelect,
    Select,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSON

from graphql_api.adapters.sql.access_tables import api_keys
from graphql_api.adapters.sql.admin_tables import audit
from graphql_api.adapters.sql.api_keys import key_in
from graphql_api.adapters.sql.audit import entry_in
from graphql_api.adapters.sql.database import Database, Kind
from graphql_api.adapters.sql.paging import newest_first
from graphql_api.adapters.sql.pico import instant, maybe_instant, microseconds, usd
from graphql_api.adapters.sql.principals import principal_in
from graphql_api.adapters.sql.tables import (
    WENT_WRONG,
    conversations,
    ledger,
    messages,
    principals,
)
from graphql_api.domain.access import ApiKey
from graphql_api.domain.accounts import Period
from graphql_api.domain.administration import (
    AuditEntry,
    FailedAnswer,
    Failures,
    PrincipalOrder,
    Standing,
)
from graphql_api.domain.conversations import Page, PageRequest
from graphql_api.errors import ErrorCode

_T: Final = principals.c
_TALKS: Final = (
    select(func.count())
    .where(conversations.c.principal_id == _T.id)
    .correlate(principals)
    .scalar_subquery()
)


class SqlOversight:
    """`Oversight` in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def principals(
        self, order: PrincipalOrder, page: PageRequest, /, *, at: datetime
    ) -> Page[Standing]:
        """Principals as they stand at an instant: newest, or dearest month, first."""
        wanted, spent = _standings(at)
        dearest = order is PrincipalOrder.SPENT
        place = (spent if dearest else _T.created_at, _T.id)
        return await self._database.read(
            lambda connection: newest_first(connection, wanted, place, page, _standing)
        )

    async def standings(
        self, principal_ids: Sequence[str], /, *, at: datetime
    ) -> Mapping[str, Standing]:
        """Those of the principals that exist, as they stand at an instant."""
        wanted = _standings(at)[0].where(_T.id.in_(principal_ids))
        found = await self._database.read(
            lambda connection: connection.execute(wanted).mappings().all()
        )
        return {row["id"]: _standing(row) for row in found}

    async def api_keys(self, page: PageRequest, /) -> Page[ApiKey]:
        """All keys, newest first, revoked ones too."""
        place = (api_keys.c.created_at, api_keys.c.id)
        return await self._database.read(
            lambda connection: newest_first(
                connection, select(api_keys), place, page, key_in
            )
        )

    async def failures(self, since: datetime, /, *, newest: int) -> Failures:
        """Stored answers that failed or were interrupted since an instant."""
        code = _code(self._database.kind).label("code")
        wrong = (WENT_WRONG, messages.c.finished_at >= microseconds(since))
        counted = select(code, func.count()).where(*wrong).group_by("code")
        listed = (
            select(
                *(messages.c.generation_id, messages.c.finished_at),
                *(messages.c.model_name, conversations.c.principal_id, code),
            )
            .select_from(messages.join(conversations))
            .where(*wrong)
            .order_by(messages.c.finished_at.desc(), messages.c.id.desc())
            .limit(newest)
        )

        def work(connection: Connection) -> Failures:
            counts = {ErrorCode(one): many for one, many in connection.execute(counted)}
            found = connection.execute(listed).mappings()
            return Failures(counts, [_failed(row) for row in found])

        return await self._database.read(work)

    async def audit_log(self, page: PageRequest, /) -> Page[AuditEntry]:
        """What administrators did, newest first."""
        place = (audit.c.at, audit.c.id)
        return await self._database.read(
            lambda connection: newest_first(
                connection, select(audit), place, page, entry_in
            )
        )


def _standings(
    at: datetime,
) -> tuple[Select[*tuple[Any, ...]], ColumnElement[int]]:
    """Principals with what they spent and did, and what they spent this month."""
    spent = _spent_since(Period.month(at).start)
    wanted = select(
        principals,
        _spent_since(Period.day(at).start).label("today_pusd"),
        spent.label("month_pusd"),
        _TALKS.label("talks"),
        _latest(conversations.c.updated_at, conversations.c.principal_id).label("said"),
        _latest(ledger.c.at, ledger.c.principal_id).label("paid"),
        _latest(api_keys.c.used_at, api_keys.c.principal_id).label("used"),
    )
    return wanted, spent


def _spent_since(start: datetime) -> ColumnElement[int]:
    found = (
        select(func.sum(ledger.c.cost_pusd))
        .where(ledger.c.principal_id == _T.id, ledger.c.at >= microseconds(start))
        .correlate(principals)
    )
    return func.coalesce(found.scalar_subquery(), 0)


def _latest(column: ColumnElement[int], owner: ColumnElement[str]) -> ScalarSelect[int]:
    return (
        select(func.max(column))
        .where(owner == _T.id)
        .correlate(principals)
        .scalar_subquery()
    )


def _standing(row: RowMapping) -> Standing:
    moments = [row[name] for name in ("said", "paid", "used") if row[name] is not None]
    return Standing(
        principal=principal_in(row),
        spent_today_usd=usd(row["today_pusd"]),
        spent_this_month_usd=usd(row["month_pusd"]),
        conversations=row["talks"],
        last_active_at=maybe_instant(max(moments, default=None)),
    )


def _code(kind: Kind) -> ColumnElement[str]:
    """The error code in a message's problem, which is kept as JSON."""
    problem = messages.c.problem
    if kind == "sqlite":
        found: ColumnElement[str] = func.json_extract(problem, "$.code")
    else:
        found = func.json_extract_path_text(cast(problem, JSON), "code")
    # As literals, so that what is selected and what is grouped are one expression.
    return func.coalesce(found, literal_column(f"'{ErrorCode.INTERRUPTED}'"))


def _failed(row: RowMapping) -> FailedAnswer:
    return FailedAnswer(
        generation_id=row["generation_id"],
        at=instant(row["finished_at"]),
        model_name=row["model_name"],
        code=ErrorCode(row["code"]),
        principal_id=row["principal_id"],
    )
