"""What administrators see: principals, keys, failures, the switch, the audit log."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import argument

from graphql_api.domain import administration
from graphql_api.domain.conversations import PageRequest
from graphql_api.schema.connections import Connection, stored_connection
from graphql_api.schema.context import ContextInfo
from graphql_api.schema.conversations import After, First
from graphql_api.schema.directives import ListSize, Weight, hits_size
from graphql_api.schema.enums import AuditAction, ErrorCode, PrincipalOrder
from graphql_api.schema.principals import ApiKey, Principal, principal_of
from graphql_api.services.administration import MOST_FAILURES

_MUCH = Weight(weight=20)


@strawberry.type(description="Who did something.")
class Actor:
    """A domain `Actor`."""

    principal_id: strawberry.ID | None = strawberry.field(
        description="Principal; null: whoever ran a command on the server's machine."
    )
    api_key_id: strawberry.ID | None = strawberry.field(
        description="API key that was used; null: none."
    )

    @classmethod
    def of(cls, actor: administration.Actor) -> Self:
        """From the domain."""
        principal_id, key_id = actor.principal_id, actor.key_id
        return cls(
            principal_id=None if principal_id is None else strawberry.ID(principal_id),
            api_key_id=None if key_id is None else strawberry.ID(key_id),
        )

    @strawberry.field(
        description="Principal as it stands now; null also when it is gone.",
        directives=[Weight(weight=2)],
    )
    async def principal(self, info: ContextInfo) -> Principal | None:
        """The principal, if there is one."""
        if self.principal_id is None:
            return None
        return await principal_of(info.context, self.principal_id)


@strawberry.type(
    description="Switch that stops all new answers. Answers that are being written go "
    "on to their end."
)
class KillSwitch:
    """The domain's `KillSwitch`."""

    on: bool = strawberry.field(description="Whether new answers are stopped.")
    since: datetime | None = strawberry.field(
        description="Since when; null: it was never touched."
    )
    by: Actor | None = strawberry.field(
        description="Who touched it last; null: nobody did."
    )
    reason: str = strawberry.field(
        description="Why, as those are told whose questions are refused; may be empty."
    )

    @classmethod
    def of(cls, switch: administration.KillSwitch) -> Self:
        """From the domain."""
        return cls(
            on=switch.on,
            since=switch.since,
            by=None if switch.by is None else Actor.of(switch.by),
            reason=switch.reason,
        )


@strawberry.type(description="Number of failures with a code.")
class FailureCount:
    """One code of a domain `Failures`."""

    code: ErrorCode = strawberry.field(description="What went wrong.")
    count: int = strawberry.field(description="How often.")


@strawberry.type(
    description="Stored answer that failed or was interrupted, without its text."
)
class FailedAnswer:
    """A domain `FailedAnswer`."""

    generation_id: strawberry.ID = strawberry.field(
        description="Run that was to write it; the logs name it, too."
    )
    at: datetime = strawberry.field(description="When it ended.")
    model_name: str | None = strawberry.field(description="Model that was asked.")
    code: ErrorCode = strawberry.field(description="What went wrong.")
    principal_id: strawberry.ID = strawberry.field(description="Who had asked.")

    @classmethod
    def of(cls, failed: administration.FailedAnswer) -> Self:
        """From the domain."""
        return cls(
            generation_id=strawberry.ID(failed.generation_id),
            at=failed.at,
            model_name=failed.model_name,
            code=ErrorCode[failed.code.name],
            principal_id=strawberry.ID(failed.principal_id),
        )


@strawberry.type(description="Stored answers that failed or were interrupted.")
class Failures:
    """A domain `Failures`."""

    counts: list[FailureCount] = strawberry.field(
        description="How many by code, most first.",
        directives=[ListSize(assumed_size=len(ErrorCode))],
    )
    newest: list[FailedAnswer] = strawberry.field(
        description="The newest 20.",
        directives=[ListSize(assumed_size=MOST_FAILURES)],
    )

    @classmethod
    def of(cls, failures: administration.Failures) -> Self:
        """From the domain."""
        counts = [
            FailureCount(code=ErrorCode[code.name], count=count)
            for code, count in failures.counts.items()
        ]
        return cls(
            counts=sorted(counts, key=lambda one: (-one.count, one.code.name)),
            newest=[FailedAnswer.of(failed) for failed in failures.newest],
        )


@strawberry.type(description="One thing that was asked for in an action.")
class AuditDetail:
    """A pair of a domain `AuditEntry`'s details."""

    name: str = strawberry.field(description="What it is, as inputs call it.")
    value: str = strawberry.field(description="What was asked for; never a secret.")


@strawberry.type(
    description="Line of the audit log. The database refuses to change or delete it."
)
class AuditEntry:
    """A domain `AuditEntry`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    at: datetime = strawberry.field(description="When it was done.")
    by: Actor = strawberry.field(description="Who did it.")
    action: AuditAction = strawberry.field(description="What was done.")
    subject: str = strawberry.field(
        description="What it was done to: the identifier of a key or principal, or "
        "`answers`."
    )
    details: list[AuditDetail] = strawberry.field(
        description="What was asked for.", directives=[ListSize(assumed_size=8)]
    )

    @classmethod
    def of(cls, entry: administration.AuditEntry) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(entry.id),
            at=entry.at,
            by=Actor.of(entry.by),
            action=AuditAction[entry.action.name],
            subject=entry.subject,
            details=[
                AuditDetail(name=name, value=value)
                for name, value in entry.details.items()
            ],
        )


@strawberry.type(
    description="The service as administrators see it: everybody's spending, keys and "
    "failures, but nothing of what is said."
)
class Admin:
    """The services of administration, field by field."""

    @strawberry.field(
        description="Principals, newest first unless `orderBy` says otherwise.",
        directives=[_MUCH, hits_size()],
    )
    async def principals(
        self,
        info: ContextInfo,
        first: First = 20,
        after: After = None,
        order_by: Annotated[
            PrincipalOrder, argument(description="Which ones come first.")
        ] = PrincipalOrder.NEWEST,
    ) -> Connection[Principal]:
        """One page of principals."""
        order = administration.PrincipalOrder[order_by.name]
        services = info.context.services
        found = await services.administration.principals(order, _page(first, after))
        return stored_connection(found, Principal.of)

    @strawberry.field(
        description="API keys of all principals, newest first, revoked ones too.",
        directives=[hits_size()],
    )
    async def api_keys(
        self, info: ContextInfo, first: First = 20, after: After = None
    ) -> Connection[ApiKey]:
        """One page of keys."""
        services = info.context.services
        found = await services.administration.api_keys(_page(first, after))
        return stored_connection(found, ApiKey.of)

    @strawberry.field(
        description="Stored answers that failed or were interrupted. Those of `chat` "
        "and `chatStream` are not stored.",
        directives=[_MUCH],
    )
    async def failures(
        self,
        info: ContextInfo,
        since: Annotated[datetime, argument(description="Start.")],
    ) -> Failures:
        """What went wrong since an instant."""
        services = info.context.services
        return Failures.of(await services.administration.failures(since))

    @strawberry.field(description="Switch that stops all new answers.")
    async def kill_switch(self, info: ContextInfo) -> KillSwitch:
        """How the switch stands, as of two seconds ago at most."""
        return KillSwitch.of(await info.context.services.switch.state())

    @strawberry.field(
        description="What administrators did, newest first.", directives=[hits_size()]
    )
    async def audit_log(
        self, info: ContextInfo, first: First = 20, after: After = None
    ) -> Connection[AuditEntry]:
        """One page of the audit log."""
        services = info.context.services
        found = await services.administration.audit_log(_page(first, after))
        return stored_connection(found, AuditEntry.of)


def _page(first: int | None, after: str | None) -> PageRequest:
    """A page that is read forwards; without a number it is the usual one."""
    return PageRequest(
        first=20 if first is None else first, after=after, last=None, before=None
    )
