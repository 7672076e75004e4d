"""What administrators change. Each mutation writes a line of the audit log."""

from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import argument

from graphql_api.domain.access import UNLIMITED, Limits, Scope
from graphql_api.schema.admin import KillSwitch
from graphql_api.schema.context import ContextInfo
from graphql_api.schema.directives import ADMIN, WORK
from graphql_api.schema.enums import AccessScope
from graphql_api.schema.principals import ApiKey, Principal
from graphql_api.services.keys import NewKey

_INPUT = argument(name="input", description="Arguments.")


@strawberry.input(description="What may be used; left out or null: no limit.")
class UsageLimitsInput:
    """The domain's `Limits`."""

    requests_per_minute: int | None = strawberry.field(
        default=None, description="GraphQL operations in a minute."
    )
    tokens_per_minute: int | None = strawberry.field(
        default=None, description="Tokens that models read and wrote in a minute."
    )
    concurrent: int | None = strawberry.field(
        default=None, description="Answers that wait or are written at once."
    )
    daily_usd: Decimal | None = strawberry.field(
        default=None, description="US dollars in a day (UTC)."
    )
    monthly_usd: Decimal | None = strawberry.field(
        default=None, description="US dollars in a month (UTC)."
    )

    def to_domain(self) -> Limits:
        """To the domain."""
        return Limits(
            requests_per_minute=self.requests_per_minute,
            tokens_per_minute=self.tokens_per_minute,
            concurrent=self.concurrent,
            daily_usd=self.daily_usd,
            monthly_usd=self.monthly_usd,
        )


@strawberry.input(description="Input of `createApiKey`.")
class CreateApiKeyInput:
    """What a key is wanted for."""

    name: str = strawberry.field(
        description="What it is for, to tell keys apart; 1 to 100 characters."
    )
    scopes: list[AccessScope] = strawberry.field(
        description="What it may do. An administrator may give any scope, ADMIN too."
    )
    principal_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Whom it acts for; a new principal of its own when left out. An "
        "administrator may name anybody.",
    )
    limits: UsageLimitsInput | None = strawberry.field(
        default=None, description="Limits, next to those of its principal."
    )
    expires_in_days: int | None = strawberry.field(
        default=None,
        description="Days for which it works, 1 to 3,650; until it is revoked when "
        "left out.",
    )

    def wish(self) -> NewKey:
        """To the service."""
        return NewKey(
            name=self.name,
            scopes=frozenset(Scope[scope.name] for scope in self.scopes),
            principal_id=self.principal_id,
            limits=UNLIMITED if self.limits is None else self.limits.to_domain(),
            days=self.expires_in_days,
        )


@strawberry.type(description="Result of `createApiKey`.")
class CreateApiKeyPayload:
    """The new key with its text."""

    api_key: ApiKey = strawberry.field(description="The new key.")
    token: str = strawberry.field(
        description="The key itself, for the header `Authorization: Bearer …`. It is "
        "stored nowhere and returned only here."
    )


@strawberry.input(description="Input of `revokeApiKey`.")
class RevokeApiKeyInput:
    """What to revoke."""

    api_key_id: strawberry.ID = strawberry.field(
        description="Key to end for good, everywhere within seconds."
    )


@strawberry.type(
    description="Result of `revokeApiKey`. Revoking a key again changes nothing."
)
class RevokeApiKeyPayload:
    """The revoked key."""

    api_key: ApiKey = strawberry.field(description="The revoked key.")


@strawberry.input(description="Input of `setPrincipalLimits`.")
class SetPrincipalLimitsInput:
    """Whom to limit, and how."""

    principal_id: strawberry.ID = strawberry.field(description="Principal to limit.")
    limits: UsageLimitsInput | None = strawberry.field(
        default=None,
        description="Limits in place of all those of the settings; null takes them "
        "back, so that the settings' hold again. Both hold within seconds.",
    )


@strawberry.type(description="Result of `setPrincipalLimits`.")
class SetPrincipalLimitsPayload:
    """The principal as it stands."""

    principal: Principal = strawberry.field(description="The principal.")


@strawberry.input(description="Input of `setKillSwitch`.")
class SetKillSwitchInput:
    """What to switch, and why."""

    on: bool = strawberry.field(
        description="Whether to stop new answers, or to allow them again."
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why, up to 200 characters; everybody whose question is refused "
        "is told.",
    )


@strawberry.type(description="Result of `setKillSwitch`.")
class SetKillSwitchPayload:
    """The switch as it stands."""

    kill_switch: KillSwitch = strawberry.field(description="The switch.")


@strawberry.type(description="Writing, of administrators.")
class AdminMutation:
    """Writing, of administrators; `build` puts it together with the rest."""

    @strawberry.mutation(description="Makes an API key.", directives=[ADMIN, WORK])
    async def create_api_key(
        self, info: ContextInfo, wanted: Annotated[CreateApiKeyInput, _INPUT]
    ) -> CreateApiKeyPayload:
        """Make a key and show it, this once."""
        context = info.context
        key, token = await context.services.keys.create(wanted.wish(), by=context.actor)
        return CreateApiKeyPayload(api_key=ApiKey.of(key), token=token)

    @strawberry.mutation(
        description="Ends an API key for good.", directives=[ADMIN, WORK]
    )
    async def revoke_api_key(
        self, info: ContextInfo, wanted: Annotated[RevokeApiKeyInput, _INPUT]
    ) -> RevokeApiKeyPayload:
        """End a key."""
        context = info.context
        revoked = await context.services.keys.revoke(
            wanted.api_key_id, by=context.actor
        )
        return RevokeApiKeyPayload(api_key=ApiKey.of(revoked))

    @strawberry.mutation(
        description="Gives a principal limits of its own, or takes them back.",
        directives=[ADMIN, WORK],
    )
    async def set_principal_limits(
        self, info: ContextInfo, wanted: Annotated[SetPrincipalLimitsInput, _INPUT]
    ) -> SetPrincipalLimitsPayload:
        """Limit a principal."""
        context, limits = info.context, wanted.limits
        limited = await context.services.administration.set_limits(
            wanted.principal_id,
            None if limits is None else limits.to_domain(),
            by=context.actor,
        )
        return SetPrincipalLimitsPayload(principal=Principal.of(limited))

    @strawberry.mutation(
        description="Stops all new answers, or allows them again, in all processes "
        "within two seconds. While it is on, whatever runs a model is refused with "
        "`MODEL_UNAVAILABLE` before anything happens; answers that are being written "
        "go on.",
        directives=[ADMIN, WORK],
    )
    async def set_kill_switch(
        self, info: ContextInfo, wanted: Annotated[SetKillSwitchInput, _INPUT]
    ) -> SetKillSwitchPayload:
        """Turn the switch."""
        context = info.context
        turned = await context.services.switch.turn(
            on=wanted.on, reason=wanted.reason or "", by=context.actor
        )
        return SetKillSwitchPayload(kill_switch=KillSwitch.of(turned))
