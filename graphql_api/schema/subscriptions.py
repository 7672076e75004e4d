"""The root field of streaming."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry
from strawberry import argument

from graphql_api.domain.generations import BEFORE_ALL, Place
from graphql_api.schema.context import Context, ContextInfo
from graphql_api.schema.directives import CHAT, CHAT_OR_READ, PAID_WORK
from graphql_api.schema.generation import GenerationEvent, event_of, place
from graphql_api.schema.leases import while_allowed
from graphql_api.schema.messages import ChatOptionsInput
from graphql_api.schema.mutations import HistoryArgument, OptionsArgument


@strawberry.type(
    description="Streaming, over graphql-transport-ws, graphql-sse or multipart."
)
class Subscription:
    """Streaming."""

    @strawberry.subscription(
        description="Answers a history kept by the client, as it is written. The run "
        "can be resumed with `generationEvents` for 10 minutes.",
        directives=[CHAT, PAID_WORK],
    )
    async def chat_stream(
        self,
        info: ContextInfo,
        history: HistoryArgument,
        options: OptionsArgument = None,
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Start a generation and follow it; it goes on when nobody follows."""
        context = info.context
        messages = tuple(message.to_domain() for message in history)
        chosen = (options or ChatOptionsInput()).to_domain()
        generation_id = await context.services.asking.start(
            context.payer, messages, chosen
        )
        async with aclosing(_events(context, generation_id, BEFORE_ALL)) as events:
            async for event in events:
                yield event

    @strawberry.subscription(
        description="Follows or resumes a run. Without `after`, from its first event; "
        "ends after `GenerationEnded`.",
        directives=[CHAT_OR_READ],
    )
    async def generation_events(
        self,
        info: ContextInfo,
        generation_id: Annotated[strawberry.ID, argument(description="Run to follow.")],
        after: Annotated[
            str | None, argument(description="Cursor of the last event seen.")
        ] = None,
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Follow a generation from a cursor."""
        start = place(after)
        async with aclosing(_events(info.context, generation_id, start)) as events:
            async for event in events:
                yield event


async def _events(
    context: Context, generation_id: str, after: Place
) -> AsyncGenerator[GenerationEvent, None]:
    following = context.services.watching.follow(
        context.principal_id, generation_id, after=after
    )
    lasting = while_allowed(context.services.access, context.caller, following)
    async with aclosing(following), aclosing(lasting) as batches:
        async for batch in batches:
            for logged in batch:
                yield event_of(generation_id, logged)
