"""What a resolver can reach: the services, and the request it serves."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext
from strawberry.types import Info

from graphql_api.domain.access import Caller, Payer
from graphql_api.domain.administration import Actor, Standing
from graphql_api.domain.conversations import StoredMessage
from graphql_api.domain.models import Health
from graphql_api.errors import SidekickError, StreamInterrupted
from graphql_api.ports.clock import Clock
from graphql_api.pricing import PriceTable
from graphql_api.services.access import Access
from graphql_api.services.administration import Administration
from graphql_api.services.asking import Asking
from graphql_api.services.budgets import Budgets
from graphql_api.services.catalog import Catalog
from graphql_api.services.finding import Finding
from graphql_api.services.generations import Generations
from graphql_api.services.keys import Keys
from graphql_api.services.limiting import Limiting
from graphql_api.services.sharing import Sharing
from graphql_api.services.shelf import Shelf
from graphql_api.services.switch import AnswerSwitch
from graphql_api.services.tidying import Tidying
from graphql_api.services.turns import Turns
from graphql_api.services.visitors import Visitors
from graphql_api.services.watching import Watching

_T = TypeVar("_T")


class HealthChecks(Protocol):
    """Finds out the state of the parts of the service."""

    async def __call__(self) -> tuple[Health, ...]:
        """State of every part, found out within a few seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that the resolvers use."""

    access: Access
    keys: Keys
    visitors: Visitors | None
    limiting: Limiting
    switch: AnswerSwitch
    administration: Administration
    asking: Asking
    generations: Generations
    watching: Watching
    turns: Turns
    shelf: Shelf
    finding: Finding
    tidying: Tidying
    sharing: Sharing
    budgets: Budgets
    catalog: Catalog
    prices: PriceTable
    health: HealthChecks
    clock: Clock
    version: str


class Context(BaseContext):
    """Context of one HTTP request, or of all operations of one WebSocket."""

    def __init__(
        self,
        services: Services,
        caller: Caller,
        *,
        address: str = "",
        refused: SidekickError | None = None,
    ) -> None:
        """Take the services and who asks; Strawberry adds the request.

        Args:
            services: What resolvers use.
            caller: Who asks; a socket may say it later.
            address: Where the request comes from.
            refused: Why its credentials are worth nothing; None: they are not wrong.
        """
        super().__init__()
        self.services = services
        self.caller = caller
        self.address = address
        self.refused = refused
        # One query for all messages of a page. It remembers nothing: a socket is long.
        self.versions = DataLoader(self._versions, cache=False)
        self.standings = DataLoader(self._standings, cache=False)

    @property
    def payer(self) -> Payer:
        """Whose accounts the answers are charged to.

        Raises:
            Unauthenticated: Nobody that we know asks.
        """
        return replace(self.caller.payer, address=self.address)

    @property
    def principal_id(self) -> str:
        """Whose objects are seen.

        Raises:
            Unauthenticated: Nobody that we know asks.
        """
        return self.payer.principal_id

    @property
    def actor(self) -> Actor:
        """Whom the audit log names.

        Raises:
            Unauthenticated: Nobody that we know asks.
        """
        payer = self.payer
        return Actor(principal_id=payer.principal_id, key_id=payer.key_id)

    async def _versions(self, ids: list[str]) -> list[Sequence[StoredMessage]]:
        found = await self.services.shelf.versions(self.principal_id, ids)
        return [found.get(identifier, ()) for identifier in ids]

    async def _standings(self, ids: list[str]) -> list[Standing | None]:
        found = await self.services.administration.standings(ids)
        return [found.get(identifier) for identifier in ids]

    async def unless_client_leaves(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Await the work, and cancel it when the HTTP client disconnects.

        Raises:
            StreamInterrupted: The client left; nobody reads this error.
        """
        request = self.request
        if not isinstance(request, Request):
            return await work
        task = asyncio.ensure_future(work)
        left = asyncio.ensure_future(_disconnect(request))
        try:
            await asyncio.wait((task, left), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise StreamInterrupted("The client left before the answer was complete.")
        finally:
            left.cancel()
            task.cancel()
            await asyncio.wait((task, left))


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


ContextInfo = Info[Context, None]
