"""The caller in the contract."""

from datetime import datetime, timedelta
from typing import Self

import strawberry

from graphql_api.domain import accounts
from graphql_api.domain.access import Caller, PrincipalKind, Scope
from graphql_api.pricing import CURRENCY
from graphql_api.schema.context import ContextInfo
from graphql_api.schema.directives import ListSize
from graphql_api.schema.enums import AccessScope, BudgetPeriod, BudgetScope
from graphql_api.schema.models import Money, Node
from graphql_api.services.budgets import main_of


@strawberry.type(description="Spending limit.")
class Budget:
    """A domain `Budget`."""

    limit: Money = strawberry.field(description="Most that may be spent in the period.")
    spent: Money = strawberry.field(description="Spent in the period.")
    reserved: Money = strawberry.field(
        description="Held for answers being written, until their cost is known; a "
        "question is refused when it, what is spent and the question's own reserve "
        "are more than the limit."
    )
    resets_at: datetime = strawberry.field(description="When the period starts anew.")
    period: BudgetPeriod = strawberry.field(description="For how long it counts.")
    scope: BudgetScope = strawberry.field(description="Whose spending it is for.")

    @classmethod
    def of(cls, budget: accounts.Budget) -> Self:
        """From the domain."""
        return cls(
            limit=Money(amount=budget.limit_usd, currency=CURRENCY),
            spent=Money(amount=budget.spent_usd, currency=CURRENCY),
            reserved=Money(amount=budget.reserved_usd, currency=CURRENCY),
            resets_at=budget.resets_at,
            period=BudgetPeriod[budget.account.period.kind.name],
            scope=BudgetScope[budget.account.scope.name],
        )


@strawberry.type(description="Limit of requests in a minute that slides.")
class RateLimit:
    """The tightest one of a caller."""

    limit: int = strawberry.field(description="Operations allowed in a minute.")
    remaining: int = strawberry.field(description="Operations left now.")
    resets_at: datetime = strawberry.field(
        description="When there is room for another one, or for more."
    )


@strawberry.type(description="The caller.")
class Viewer(Node):
    """Who asks; without a login the one whose machine this is."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    display_name: str = strawberry.field(description="Name to show.")
    anonymous: bool = strawberry.field(
        description="Whether there is no account, only this machine or browser session."
    )
    scopes: list[AccessScope] = strawberry.field(
        description="What the caller may do.",
        directives=[ListSize(assumed_size=len(AccessScope))],
    )

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """From the caller of a request."""
        return cls(
            id=strawberry.ID(caller.payer.principal_id),
            display_name=caller.name,
            anonymous=caller.kind in {PrincipalKind.LOCAL, PrincipalKind.GUEST},
            scopes=[AccessScope[one.name] for one in Scope if one in caller.scopes],
        )

    @strawberry.field(
        description="Spending limit of the month; without one, that limit with the "
        "least left; null when there is none."
    )
    async def budget(self, info: ContextInfo) -> Budget | None:
        """The limit to show where there is room for one."""
        found = main_of(await info.context.services.budgets.of(info.context.payer))
        return None if found is None else Budget.of(found)

    @strawberry.field(
        description="All spending limits of the viewer and of the API key in use. The "
        "service may have limits beside them.",
        directives=[ListSize(assumed_size=4)],
    )
    async def budgets(self, info: ContextInfo) -> list[Budget]:
        """What may be spent in the present day and month."""
        found = await info.context.services.budgets.of(info.context.payer)
        return [Budget.of(one) for one in found]

    @strawberry.field(description="Limit of requests; null when there is none.")
    async def rate_limit(self, info: ContextInfo) -> RateLimit | None:
        """Where the caller's tightest limit stands."""
        services = info.context.services
        rate = await services.limiting.requests_of(info.context.caller)
        if rate is None:
            return None
        resets_at = services.clock.now() + timedelta(seconds=rate.wait_s)
        return RateLimit(
            limit=rate.limit, remaining=rate.remaining, resets_at=resets_at
        )
