"""What administrators see and do: who spends what, what fails, the switch, the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from graphql_api.domain.access import Limits, Principal
from graphql_api.errors import ErrorCode


class AuditAction(StrEnum):
    """What an administrator did."""

    CREATE_API_KEY = "CREATE_API_KEY"
    REVOKE_API_KEY = "REVOKE_API_KEY"
    SET_PRINCIPAL_LIMITS = "SET_PRINCIPAL_LIMITS"
    SET_KILL_SWITCH = "SET_KILL_SWITCH"


class PrincipalOrder(StrEnum):
    """How principals are listed."""

    NEWEST = "NEWEST"
    SPENT = "SPENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something.

    Attributes:
        principal_id: None: whoever can run commands on the server's machine.
        key_id: API key that was used; None: none.
    """

    principal_id: str | None = None
    key_id: str | None = None


COMMAND_LINE: Final = Actor()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit log; once written it never changes.

    Attributes:
        subject: What it was done to: an identifier, or the name of a switch.
        details: What was asked for, in the contract's words; never a secret.
    """

    id: str
    at: datetime
    by: Actor
    action: AuditAction
    subject: str
    details: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """Whether nothing new may be asked of a model.

    Attributes:
        since: When it came into its state; None: it was never touched.
        by: Who did that.
        reason: Why, for the people whose questions are refused; may be empty.
    """

    on: bool = False
    since: datetime | None = None
    by: Actor | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A principal, and what it spent and did; days and months are those of UTC.

    Attributes:
        last_active_at: When it last asked, changed a conversation or used a key, as
            far as that is stored; None: never.
    """

    principal: Principal
    spent_today_usd: Decimal
    spent_this_month_usd: Decimal
    conversations: int
    last_active_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAnswer:
    """A stored answer that failed or was interrupted; nothing of its text."""

    generation_id: str
    at: datetime
    model_name: str | None
    code: ErrorCode
    principal_id: str


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed and interrupted answers: how many by code, and the newest ones."""

    counts: Mapping[ErrorCode, int]
    newest: Sequence[FailedAnswer]


def told(limits: Limits | None) -> dict[str, str]:
    """Limits as an audit log tells them, without those that are not set."""
    if limits is None:
        return {"limits": "those of the settings"}
    numbers = {
        "requestsPerMinute": limits.requests_per_minute,
        "tokensPerMinute": limits.tokens_per_minute,
        "concurrent": limits.concurrent,
        "dailyUsd": limits.daily_usd,
        "monthlyUsd": limits.monthly_usd,
    }
    return {
        name: f"{number:f}" if isinstance(number, Decimal) else str(number)
        for name, number in numbers.items()
        if number is not None
    }
