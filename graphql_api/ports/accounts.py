"""What was used, what may be spent, and what is held until its cost is known."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from graphql_api.domain.accounts import Account, Budget, NewRun, Period
from graphql_api.domain.conversations import UsageGroup, UsageRow
from graphql_api.domain.generations import Outcome


class Ledger(Protocol):
    """What was used, append-only; each answer at the instant it was asked for."""

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
        ...

    async def conversation(
        self, principal_id: str, conversation_id: str, /
    ) -> UsageRow | None:
        """Sum over all answers of a conversation; None when there was none."""
        ...


class Runs(Protocol):
    """Begins and ends paid runs of models that are no stored turns."""

    async def begin(self, run: NewRun, /) -> None:
        """Hold the reserve in each limited account of who pays, or in none.

        Raises:
            BudgetExceeded: The reserve does not fit.
        """
        ...

    async def end(self, generation_id: str, outcome: Outcome | None, /) -> bool:
        """Give the reserve back and charge the outcome; False: it had ended.

        Without an outcome nothing is charged: the model was not asked.
        """
        ...

    async def sweep(self) -> Sequence[str]:
        """End every run, as after a crash; the identifiers.

        The ledger gets rows without tokens and cost, which nobody knows.
        """
        ...


class Budgets(Protocol):
    """What may be spent of accounts; `Turns` and `Runs` keep the sums."""

    async def find(self, accounts: Sequence[Account], /) -> Sequence[Budget]:
        """Those of the accounts that are limited, in the same order."""
        ...

    async def limit(
        self, owner: str, limits: Mapping[Period, Decimal | None], /
    ) -> None:
        """Set an owner's limits, None lifts one; what the ledger has counts as spent.

        What is held in an account whose limit changes stays held.
        """
        ...
