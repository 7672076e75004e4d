"""Accounts that limit spending: one for each owner and each day or month.

An owner is a principal, an API key or the whole service. What an answer costs belongs
to the day and the month in which it was asked for, however late it ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final, Self

from graphql_api.domain.access import Payer
from graphql_api.domain.conversations import Purpose
from graphql_api.errors import BudgetExceeded, ReachedLimit

SERVICE: Final = "service"
"""The owner of the accounts to which everything is charged."""
_KEY: Final = "key_"
_MILLISECOND: Final = timedelta(milliseconds=1)
_CENT: Final = Decimal("0.01")
_SMALL: Final = Decimal("0.0001")


class BudgetScope(StrEnum):
    """Whose spending an account limits."""

    VIEWER = "VIEWER"
    KEY = "KEY"
    SERVICE = "SERVICE"


class BudgetPeriod(StrEnum):
    """For how long an account counts."""

    DAY = "DAY"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month of the calendar, in UTC."""

    kind: BudgetPeriod
    start: datetime

    @classmethod
    def day(cls, at: datetime) -> Self:
        """The day an instant lies in."""
        midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(BudgetPeriod.DAY, midnight)

    @classmethod
    def month(cls, at: datetime) -> Self:
        """The month an instant lies in."""
        return cls(BudgetPeriod.MONTH, cls.day(at).start.replace(day=1))

    @property
    def end(self) -> datetime:
        """When the next one starts."""
        if self.kind is BudgetPeriod.DAY:
            return self.start + timedelta(days=1)
        return (self.start + timedelta(days=32)).replace(day=1)

    @property
    def name(self) -> str:
        """As in ``2026-11-23`` and ``2026-11``."""
        day = self.kind is BudgetPeriod.DAY
        return f"{self.start:%Y-%m-%d}" if day else f"{self.start:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Account:
    """What an owner spends in a period."""

    owner: str
    period: Period

    @property
    def scope(self) -> BudgetScope:
        """What its owner is."""
        return scope_of(self.owner)


def scope_of(owner: str) -> BudgetScope:
    """What an owner is, by its identifier."""
    if owner == SERVICE:
        return BudgetScope.SERVICE
    return BudgetScope.KEY if owner.startswith(_KEY) else BudgetScope.VIEWER


def owners_of(payer: Payer) -> Sequence[str]:
    """Who pays with a payer."""
    known = [payer.principal_id, SERVICE]
    return known if payer.key_id is None else [*known, payer.key_id]


def accounts_of(payer: Payer, at: datetime) -> Sequence[Account]:
    """All accounts that something is charged to that was asked for at an instant."""
    periods = Period.day(at), Period.month(at)
    return [Account(owner, one) for owner in owners_of(payer) for one in periods]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent of an account.

    Attributes:
        reserved_usd: Held for answers being written, until their cost is known.
    """

    account: Account
    limit_usd: Decimal
    spent_usd: Decimal
    reserved_usd: Decimal

    @property
    def left_usd(self) -> Decimal:
        """What is neither spent nor held; less than 0 below a limit set later."""
        return self.limit_usd - self.spent_usd - self.reserved_usd

    @property
    def resets_at(self) -> datetime:
        """When the next period starts."""
        return self.account.period.end


def refusal(
    budgets: Sequence[Budget], reserve_usd: Decimal, *, at: datetime
) -> BudgetExceeded:
    """Says which limit has no room for a reserve.

    Args:
        budgets: Those without room, at least one: the last to start anew is named.
        reserve_usd: Most that the answer may cost.
        at: Instant of the refusal.
    """
    named = max(budgets, key=lambda one: (one.resets_at, one.account.scope))
    wait = named.resets_at - at
    scope, period = named.account.scope, named.account.period.kind
    open_book = scope is not BudgetScope.SERVICE
    limit = ReachedLimit(
        scope=scope,
        period=period,
        resets_at=named.resets_at,
        limit_usd=named.limit_usd if open_book else None,
        spent_usd=named.spent_usd if open_book else None,
        reserved_usd=named.reserved_usd if open_book else None,
    )
    sentence = _sentence(named, reserve_usd) if open_book else _CLOSED_BOOK
    anew = f"The {period.lower()}'s budget starts anew on {named.resets_at:%Y-%m-%d}"
    return BudgetExceeded(
        f"{sentence} {anew} at midnight (UTC).",
        limit=limit,
        retry_after_ms=max(0, -(-wait // _MILLISECOND)),
    )


_CLOSED_BOOK: Final = "The service has no budget left for this answer."


def _sentence(budget: Budget, reserve_usd: Decimal) -> str:
    key = budget.account.scope is BudgetScope.KEY
    whose = "this key's" if key else "your"
    most = _dollars(reserve_usd, ROUND_CEILING)
    left = _dollars(max(budget.left_usd, Decimal(0)), ROUND_FLOOR)
    return (
        f"The answer may cost up to {most}, and {left} is left of {whose} "
        f"{_dollars(budget.limit_usd, ROUND_FLOOR)} for the "
        f"{budget.account.period.kind.lower()}."
    )


def _dollars(amount: Decimal, rounding: str) -> str:
    """An amount for people: cents, or four places where cents would hide it."""
    cents = amount.quantize(_CENT, rounding)
    whole = cents == amount
    return f"${cents if whole else amount.quantize(_SMALL, rounding)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run of a model for something that is no stored turn.

    Attributes:
        generation_id: Its identifier; it is charged once.
        conversation_id: None for an answer whose conversation the client keeps.
        reserve_usd: Most that it may cost; None when that is unknown.
    """

    generation_id: str
    payer: Payer
    conversation_id: str | None
    purpose: Purpose
    model_name: str
    assistant_key: str
    reserve_usd: Decimal | None
    at: datetime
