"""Principals and API keys in the contract, as administrators see them."""

from datetime import datetime
from decimal import Decimal
from typing import Self

import strawberry

from graphql_api.domain import access, administration
from graphql_api.pricing import CURRENCY
from graphql_api.schema.context import Context, ContextInfo
from graphql_api.schema.directives import ListSize, Weight
from graphql_api.schema.enums import AccessScope, PrincipalKind
from graphql_api.schema.models import Money


@strawberry.type(description="What may be used; null: no limit.")
class UsageLimits:
    """The domain's `Limits`."""

    requests_per_minute: int | None = strawberry.field(
        description="GraphQL operations in a minute."
    )
    tokens_per_minute: int | None = strawberry.field(
        description="Tokens that models read and wrote in a minute."
    )
    concurrent: int | None = strawberry.field(
        description="Answers that wait or are written at once."
    )
    daily_usd: Decimal | None = strawberry.field(
        description="US dollars in a day (UTC)."
    )
    monthly_usd: Decimal | None = strawberry.field(
        description="US dollars in a month (UTC)."
    )

    @classmethod
    def of(cls, limits: access.Limits) -> Self:
        """From the domain."""
        return cls(
            requests_per_minute=limits.requests_per_minute,
            tokens_per_minute=limits.tokens_per_minute,
            concurrent=limits.concurrent,
            daily_usd=limits.daily_usd,
            monthly_usd=limits.monthly_usd,
        )


@strawberry.type(
    description="Who owns conversations and pays for answers. Nothing of what is said "
    "in them is shown here."
)
class Principal:
    """A domain `Standing`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    kind: PrincipalKind = strawberry.field(description="How it is known.")
    name: str = strawberry.field(description="Name to show; may be empty.")
    created_at: datetime | None = strawberry.field(
        description="When it was first seen; null when that was not written down."
    )
    limits: UsageLimits | None = strawberry.field(
        description="Limits of its own; null: those that the settings give its kind."
    )
    spent_today: Money = strawberry.field(
        description="What its answers cost today (UTC), as far as prices are known."
    )
    spent_this_month: Money = strawberry.field(description="The same for this month.")
    conversation_count: int = strawberry.field(
        description="Number of its conversations."
    )
    last_active_at: datetime | None = strawberry.field(
        description="When it last asked, changed a conversation or used a key; null: "
        "never."
    )

    @classmethod
    def of(cls, standing: administration.Standing) -> Self:
        """From the domain."""
        principal, limits = standing.principal, standing.principal.limits
        known = principal.created_at.timestamp() > 0
        return cls(
            id=strawberry.ID(principal.id),
            kind=PrincipalKind[principal.kind.name],
            name=principal.name,
            created_at=principal.created_at if known else None,
            limits=None if limits is None else UsageLimits.of(limits),
            spent_today=Money(amount=standing.spent_today_usd, currency=CURRENCY),
            spent_this_month=Money(
                amount=standing.spent_this_month_usd, currency=CURRENCY
            ),
            conversation_count=standing.conversations,
            last_active_at=standing.last_active_at,
        )


@strawberry.type(description="API key without its secret, which is kept nowhere.")
class ApiKey:
    """A domain `ApiKey`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier. It opens nothing."
    )
    name: str = strawberry.field(description="What it is for.")
    principal_id: strawberry.ID = strawberry.field(description="Whom it acts for.")
    scopes: list[AccessScope] = strawberry.field(
        description="What it may do.",
        directives=[ListSize(assumed_size=len(AccessScope))],
    )
    limits: UsageLimits = strawberry.field(
        description="Limits of the key, next to those of its principal."
    )
    hint: str = strawberry.field(
        description="Last characters of the key, to tell keys apart."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(
        description="When it stops working; null: when it is revoked."
    )
    revoked_at: datetime | None = strawberry.field(
        description="When it was revoked; null while it was not."
    )
    used_at: datetime | None = strawberry.field(
        description="Roughly when it was used last; null: never."
    )

    @classmethod
    def of(cls, key: access.ApiKey) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(key.id),
            name=key.name,
            principal_id=strawberry.ID(key.principal_id),
            scopes=[AccessScope[one.name] for one in access.Scope if one in key.scopes],
            limits=UsageLimits.of(key.limits),
            hint=key.hint,
            created_at=key.created_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            used_at=key.used_at,
        )

    @strawberry.field(description="Whom it acts for.", directives=[Weight(weight=2)])
    async def principal(self, info: ContextInfo) -> Principal | None:
        """Its principal as it stands."""
        return await principal_of(info.context, self.principal_id)


async def principal_of(context: Context, identifier: str) -> Principal | None:
    """Return any principal by its identifier; null when there is none."""
    found = await context.standings.load(identifier)
    return None if found is None else Principal.of(found)
