"""The root field of writing."""

from typing import Annotated

import strawberry
from strawberry import argument

from graphql_api.schema.context import ContextInfo
from graphql_api.schema.generation import (
    Generation,
    StopGenerationInput,
    StopGenerationPayload,
)
from graphql_api.schema.messages import ChatOptionsInput, ChatResult, MessageInput

HistoryArgument = Annotated[
    list[MessageInput],
    argument(description="Messages so far, oldest first; the last one is the user's."),
]
OptionsArgument = Annotated[
    ChatOptionsInput | None, argument(description="Choices for this answer.")
]


@strawberry.type(description="Writing.")
class Mutation:
    """Writing."""

    @strawberry.mutation(
        description="Answers a history kept by the client. Stateless: nothing is "
        "stored."
    )
    async def chat(
        self,
        info: ContextInfo,
        history: HistoryArgument,
        options: OptionsArgument = None,
    ) -> ChatResult:
        """A complete answer; given up when the client leaves."""
        context = info.context
        messages = tuple(message.to_domain() for message in history)
        chosen = (options or ChatOptionsInput()).to_domain()
        answer = await context.unless_client_leaves(
            context.services.chat.answer(messages, chosen)
        )
        return ChatResult.of(answer.model, answer.outcome)

    @strawberry.mutation(description="Stops a run; what was written stays.")
    async def stop_generation(
        self,
        info: ContextInfo,
        stop: Annotated[
            StopGenerationInput, argument(name="input", description="Arguments.")
        ],
    ) -> StopGenerationPayload:
        """Stop a run and show it."""
        generations = info.context.services.generations
        stopped = await generations.stop(stop.generation_id)
        return StopGenerationPayload(generation=Generation.of(stopped))
