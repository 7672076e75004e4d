"""The root field of reading."""

from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import argument

from graphql_api.domain import models
from graphql_api.errors import BadInput, NotFound
from graphql_api.schema.connections import (
    AssistantConnection,
    PageArguments,
    assistant_connection,
)
from graphql_api.schema.context import ContextInfo, Services
from graphql_api.schema.enums import HealthStatus
from graphql_api.schema.generation import Generation
from graphql_api.schema.models import Assistant, Model, Node

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
        description="The parts it depends on: database, generation log, model provider."
    )


@strawberry.type(description="Reading.")
class Query:
    """Reading."""

    @strawberry.field(description="State of the service.")
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
        "not the viewer's."
    )
    def node(
        self,
        info: ContextInfo,
        id: Annotated[strawberry.ID, argument(description="Identifier.")],  # noqa: A002 the Relay specification's name
    ) -> Node | None:
        """One object."""
        return _node(info.context.services, id)

    @strawberry.field(
        description="Many objects by their identifiers, at most 100, in the same order."
    )
    def nodes(
        self,
        info: ContextInfo,
        ids: Annotated[list[strawberry.ID], argument(description="Identifiers.")],
    ) -> list[Node | None]:
        """Many objects."""
        if len(ids) > _MAX_NODES:
            msg = f"ids has {len(ids)} items; {_MAX_NODES} are allowed."
            raise BadInput(msg, reason="TOO_MANY", field="ids")
        return [_node(info.context.services, identifier) for identifier in ids]

    @strawberry.field(
        description="Models that can be chosen, cheapest first. A short, bounded list."
    )
    def models(self, info: ContextInfo) -> list[Model]:
        """All models, those of unknown price last."""
        services = info.context.services
        ranked = sorted(
            services.catalog.models, key=lambda model: _price(services, model)
        )
        return [Model.of(model) for model in ranked]

    @strawberry.field(description="Personas the viewer can use.")
    def assistants(
        self,
        info: ContextInfo,
        first: Annotated[
            int | None, argument(description="Number of items, at most 100.")
        ] = 20,
        after: Annotated[
            str | None, argument(description="Only items after this cursor.")
        ] = None,
        last: Annotated[
            int | None,
            argument(description="Number of items from the end, at most 100."),
        ] = None,
        before: Annotated[
            str | None, argument(description="Only items before this cursor.")
        ] = None,
    ) -> AssistantConnection:
        """One page of personas."""
        arguments = PageArguments(first=first, after=after, last=last, before=before)
        return assistant_connection(info.context.services.catalog.assistants, arguments)


def _component(part: models.Health) -> HealthComponent:
    status = HealthStatus.OK if part.ok else HealthStatus.DOWN
    return HealthComponent(name=part.name, status=status, detail=part.detail)


def _price(services: Services, model: models.Model) -> Decimal:
    prices = services.prices.prices(model, at=services.clock.now())
    unknown = Decimal("Infinity")
    return unknown if prices is None else prices.prompt + prices.completion


def _node(services: Services, identifier: str) -> Node | None:
    if model := services.catalog.model(identifier):
        return Model.of(model)
    if assistant := services.catalog.assistant(identifier):
        return Assistant.of(assistant)
    try:
        return Generation.of(services.generations.read(identifier))
    except NotFound:
        return None
