"""The root field of reading."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import argument

from graphql_api.domain import models
from graphql_api.domain.conversations import (
    ConversationFilter,
    PageRequest,
    SearchPage,
    UsageGroup,
)
from graphql_api.errors import BadInput
from graphql_api.schema.admin import Admin
from graphql_api.schema.connections import (
    Connection,
    PageArguments,
    assistant_connection,
    stored_connection,
)
from graphql_api.schema.context import ContextInfo, Services
from graphql_api.schema.conversations import (
    After,
    Before,
    Conversation,
    First,
    Last,
    conversation_of,
)
from graphql_api.schema.directives import (
    ADMIN,
    KNOWN,
    PUBLIC,
    READ,
    USAGE,
    ListSize,
    Weight,
    hits_size,
    page_size,
)
from graphql_api.schema.enums import HealthStatus, SearchPlace, UsageGroupBy
from graphql_api.schema.finding import SearchHitConnection
from graphql_api.schema.models import Assistant, Model, Node
from graphql_api.schema.nodes import node_of
from graphql_api.schema.sharing import SharedConversation
from graphql_api.schema.usage import UsageReport
from graphql_api.schema.viewer import Viewer

_MAX_NODES = 100


@strawberry.type(description="State of one part of the service.")
class HealthComponent:
    """A domain `Health`."""

    name: str = strawberry.field(
        description="Name of the part, for example `database`."
    )
    status: HealthStatus = strawberry.field(description="Its state.")
    detail: str | None = strawberry.field(
        description="What is wrong, in words that give no secret away; null when "
        "nothing is."
    )


@strawberry.type(
    description="State of the service, for people and dashboards. Load balancers use "
    "`GET /healthz` and `/readyz`."
)
class Health:
    """State of all parts."""

    status: HealthStatus = strawberry.field(description="Overall state.")
    version: str = strawberry.field(description="Version of the server.")
    components: list[HealthComponent] = strawberry.field(
        description="The parts it depends on: database, generation log, model "
        "provider.",
        directives=[ListSize(assumed_size=5)],
    )


@strawberry.type(description="Reading.")
class Query:
    """Reading."""

    @strawberry.field(description="State of the service.", directives=[PUBLIC])
    async def health(self, info: ContextInfo) -> Health:
        """State of the service and its parts."""
        services = info.context.services
        parts = [_component(part) for part in await services.health()]
        down = any(part.status is HealthStatus.DOWN for part in parts)
        return Health(
            status=HealthStatus.DOWN if down else HealthStatus.OK,
            version=services.version,
            components=parts,
        )

    @strawberry.field(
        description="Any object by its identifier; null when it does not exist or is "
        "not the viewer's.",
        directives=[READ],
    )
    async def node(
        self,
        info: ContextInfo,
        id: Annotated[strawberry.ID, argument(description="Identifier.")],  # noqa: A002 the Relay specification's name
    ) -> Node | None:
        """One object."""
        return await node_of(info.context, id)

    @strawberry.field(
        description="Many objects by their identifiers, at most 100, in the same "
        "order.",
        directives=[READ, ListSize(assumed_size=_MAX_NODES)],
    )
    async def nodes(
        self,
        info: ContextInfo,
        ids: Annotated[list[strawberry.ID], argument(description="Identifiers.")],
    ) -> list[Node | None]:
        """Many objects."""
        if len(ids) > _MAX_NODES:
            msg = f"ids has {len(ids)} items; {_MAX_NODES} are allowed."
            raise BadInput(msg, reason="TOO_MANY", field="ids")
        return [await node_of(info.context, identifier) for identifier in ids]

    @strawberry.field(description="The caller.", directives=[KNOWN])
    def viewer(self, info: ContextInfo) -> Viewer:
        """Who asks."""
        return Viewer.of(info.context.caller)

    @strawberry.field(
        description="What administrators see, of everybody.", directives=[ADMIN]
    )
    def admin(self) -> Admin:
        """The service from above."""
        return Admin()

    @strawberry.field(
        description="Models that can be chosen, cheapest first. A short, bounded list.",
        directives=[KNOWN, ListSize(assumed_size=20)],
    )
    def models(self, info: ContextInfo) -> list[Model]:
        """All models, those of unknown price last."""
        services = info.context.services
        ranked = sorted(
            services.catalog.models, key=lambda model: _price(services, model)
        )
        return [Model.of(model) for model in ranked]

    @strawberry.field(
        description="Personas the viewer can use.", directives=[KNOWN, page_size()]
    )
    def assistants(
        self,
        info: ContextInfo,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Assistant]:
        """One page of personas."""
        arguments = PageArguments(first=first, after=after, last=last, before=before)
        return assistant_connection(info.context.services.catalog.assistants, arguments)

    @strawberry.field(
        description="One of the viewer's conversations; null when there is none.",
        directives=[READ],
    )
    async def conversation(
        self,
        info: ContextInfo,
        id: Annotated[strawberry.ID, argument(description="Identifier.")],  # noqa: A002 the contract's name
    ) -> Conversation | None:
        """One conversation."""
        return await conversation_of(info.context, id)

    @strawberry.field(
        description="The viewer's conversations, newest activity first.",
        directives=[READ, page_size()],
    )
    async def conversations(
        self,
        info: ContextInfo,
        first: First = 20,
        after: After = None,
        last: Last = None,
        before: Before = None,
        search: Annotated[
            str | None, argument(description="Words to find in titles and messages.")
        ] = None,
        archived: Annotated[
            bool | None,
            argument(description="Whether to list archived conversations instead."),
        ] = False,
        pinned: Annotated[
            bool | None,
            argument(description="Only pinned ones, or only others; both without it."),
        ] = None,
    ) -> Connection[Conversation]:
        """One page of conversations; `last` replaces the default of `first`."""
        context = info.context
        page = PageRequest(
            first=first if last is None else None, after=after, last=last, before=before
        )
        wanted = ConversationFilter(
            search=search, archived=bool(archived), pinned=pinned
        )
        shelf = context.services.shelf
        found = await shelf.list(context.principal_id, wanted, page)
        return stored_connection(found, Conversation.of)

    @strawberry.field(
        description="Titles or messages of the viewer's that have all the words; the "
        "archive is searched too. The last word may be unfinished, and no character "
        "is an operator. Newest first.",
        directives=[READ, Weight(weight=20), hits_size()],
    )
    async def search(
        self,
        info: ContextInfo,
        query: Annotated[str, argument(description="Words, up to 200 characters.")],
        within: Annotated[SearchPlace, argument(description="Where to look.")],
        first: First = 20,
        after: After = None,
    ) -> SearchHitConnection:
        """One page of hits."""
        context = info.context
        finding = context.services.finding
        page = SearchPage(
            words=query, first=20 if first is None else first, after=after
        )
        look = finding.titles if within is SearchPlace.TITLES else finding.messages
        found = await look(context.principal_id, page)
        return SearchHitConnection.of(found, after=after)

    @strawberry.field(
        description="What a link shows, to anybody who has it; null when it was never "
        "made, was revoked or has expired.",
        directives=[PUBLIC, Weight(weight=5)],
    )
    async def shared_conversation(
        self,
        info: ContextInfo,
        token: Annotated[str, argument(description="Token of the link.")],
    ) -> SharedConversation | None:
        """The copy behind a link."""
        found = await info.context.services.sharing.open(token)
        return None if found is None else SharedConversation.of(*found)

    @strawberry.field(
        description="The viewer's tokens and cost from `since` (inclusive) to `until` "
        "(exclusive, default now), at most 400 days.",
        directives=[USAGE, Weight(weight=20)],
    )
    async def usage(
        self,
        info: ContextInfo,
        since: Annotated[datetime, argument(description="Start.")],
        until: Annotated[datetime | None, argument(description="End.")] = None,
        group_by: Annotated[
            UsageGroupBy | None, argument(description="How to split the report.")
        ] = UsageGroupBy.DAY,
    ) -> UsageReport:
        """Tokens and cost of a period."""
        context = info.context
        group = UsageGroup[(group_by or UsageGroupBy.DAY).name]
        rows = await context.services.shelf.usage(
            context.principal_id, group, since=since, until=until
        )
        return UsageReport.of(rows, names=_names(context.services, group))


def _names(services: Services, group: UsageGroup) -> Mapping[str, str]:
    """Names of the keys that are not names themselves."""
    if group is not UsageGroup.ASSISTANT:
        return {}
    return {one.key: one.name for one in services.catalog.assistants}


def _component(part: models.Health) -> HealthComponent:
    status = HealthStatus.OK if part.ok else HealthStatus.DOWN
    return HealthComponent(name=part.name, status=status, detail=part.detail)


def _price(services: Services, model: models.Model) -> Decimal:
    prices = services.prices.prices(model, at=services.clock.now())
    unknown = Decimal("Infinity")
    return unknown if prices is None else prices.prompt + prices.completion
