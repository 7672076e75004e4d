"""What GraphQL errors tell programs: `extensions` of errors raised on purpose."""

from graphql_api.errors import (
    BadInput,
    BudgetExceeded,
    InternalError,
    RateLimited,
    ReachedLimit,
    SidekickError,
)
from graphql_api.schema.scalars import decimal_text, instant_text


def extensions_of(error: SidekickError) -> dict[str, object]:
    """The code, whether and when to try again, and the numbers."""
    extensions: dict[str, object] = {"code": error.code, "retryable": error.retryable}
    match error:
        case BadInput():
            extensions |= {"reason": error.reason, "field": error.field}
        case RateLimited(limit=int(limit)):
            extensions["limit"] = limit
        case BudgetExceeded(limit=ReachedLimit() as reached):
            extensions["limit"] = _limit(reached)
        case InternalError():
            extensions["requestId"] = error.request_id
        case _:
            pass
    if error.retry_after_ms is not None:
        extensions["retryAfterMs"] = error.retry_after_ms
    return extensions


def _limit(limit: ReachedLimit) -> dict[str, str]:
    """What is known of a limit; that of the service shows no amounts."""
    amounts = {
        "limitUsd": limit.limit_usd,
        "spentUsd": limit.spent_usd,
        "reservedUsd": limit.reserved_usd,
    }
    return {
        "scope": limit.scope,
        "period": limit.period,
        "resetsAt": instant_text(limit.resets_at),
    } | {name: decimal_text(usd) for name, usd in amounts.items() if usd is not None}
