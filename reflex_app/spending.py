"""What today and this month cost, and what a budget leaves: read, then drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from reflex_app.operations import SPENDING
from reflex_app.replies import Cost
from reflex_app.reports import Part, Query, part
from reflex_app.texts import ENGLISH, Texts
from reflex_app.view import money, total_label

Level = Literal["", "near", "reached"]

_NEAR = Decimal("0.8")
_ROUND = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent until the month ends."""

    limit: Decimal
    spent: Decimal
    reserved: Decimal
    currency: str
    resets_at: datetime

    @property
    def left(self) -> Decimal:
        """What is neither spent nor held."""
        return max(self.limit - self.spent - self.reserved, Decimal(0))

    @property
    def level(self) -> Level:
        """Whether it is nearly or wholly spent."""
        if self.left <= 0:
            return "reached"
        return "near" if self.limit - self.left >= _NEAR * self.limit else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the API says was spent."""

    today: Part
    month: Part
    budget: Budget | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The same, ready to be drawn."""

    ready: bool = False
    today: str = ""
    month: str = ""
    month_name: str = ""
    limited: bool = False
    """Whether there is a budget; all that follows is about it."""
    level: Level = ""
    width: str = "0%"
    of: str = ""
    """Spent and limit, as in `$1.20 of $5.00`."""
    left: str = ""
    resets: str = ""
    refusal: str = ""
    """Why a question was refused, and until when others will be."""


async def read(query: Query, now: datetime) -> Spent:
    """Ask the API for the sums of today and this month, days being those of UTC.

    Raises:
        ApiError: the API refused or is not there.
    """
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    variables = {"day": day.isoformat(), "month": day.replace(day=1).isoformat()}
    data = await query(SPENDING, variables)
    budget = data["viewer"]["budget"]
    return Spent(
        today=part(data["today"]["total"]),
        month=part(data["month"]["total"]),
        budget=_budget(budget) if budget else None,
    )


def drawn(spent: Spent, now: datetime, words: Texts = ENGLISH) -> Spending:
    """Return the sums in a reader's words."""
    sums = Spending(
        ready=True,
        today=_sum(spent.today, words),
        month=_sum(spent.month, words),
        month_name=words.month(now.astimezone(UTC).date()),
    )
    return sums if spent.budget is None else _limited(sums, spent.budget, words)


def _limited(sums: Spending, budget: Budget, words: Texts) -> Spending:
    used = budget.limit - budget.left
    share = used / budget.limit if budget.limit else Decimal(1)
    shown, limit, left = (
        money(amount, budget.currency, words)
        for amount in (used, budget.limit, budget.left)
    )
    resets = words.short_day(budget.resets_at.astimezone(UTC).date())
    reached = budget.level == "reached"
    why = "budget.refused" if reached else "budget.too_little"
    return replace(
        sums,
        limited=True,
        level=budget.level,
        width=f"{(100 * share).quantize(_ROUND)}%",
        of=words.text("budget.of", spent=shown, limit=limit),
        left=left,
        resets=resets,
        refusal=words.text(why, limit=limit, left=left, day=resets),
    )


def _sum(total: Part, words: Texts) -> str:
    cost = Cost(amount=total.cost, currency=total.currency, estimated=total.estimated)
    return total_label(cost, words, unpriced=total.unpriced)


def _budget(node: Mapping[str, Any]) -> Budget:
    return Budget(
        limit=Decimal(node["limit"]["amount"]),
        spent=Decimal(node["spent"]["amount"]),
        reserved=Decimal(node["reserved"]["amount"]),
        currency=node["limit"]["currency"],
        resets_at=datetime.fromisoformat(node["resetsAt"]),
    )
