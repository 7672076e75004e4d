"""Generations and their events in the contract."""

import re
from typing import TYPE_CHECKING, Annotated, Final, Self

import strawberry

from graphql_api.domain import generations
from graphql_api.errors import BadInput
from graphql_api.schema.context import Context, ContextInfo
from graphql_api.schema.enums import ErrorCode, FinishReason, MessageStatus
from graphql_api.schema.messages import Cost, Message, TokenUsage
from graphql_api.schema.models import Model, Node

if TYPE_CHECKING:
    from graphql_api.schema.stored import ConversationMessage

_StoredMessage = Annotated[
    "ConversationMessage", strawberry.lazy("graphql_api.schema.stored")
]
_CURSOR: Final = re.compile(r"([1-9]\d{0,3})-(\d{1,9})", re.ASCII)


def cursor(place: generations.Place) -> str:
    """Cursor of a place in the log of a generation."""
    return f"{place.epoch}-{place.position}"


def place(after: str | None) -> generations.Place:
    """Place in the log that a cursor stands for.

    Raises:
        BadInput: It is not one of our cursors.
    """
    if after is None:
        return generations.BEFORE_ALL
    found = _CURSOR.fullmatch(after)
    if found is None:
        raise BadInput(
            "The cursor is not one of this generation's.",
            reason="UNKNOWN_CURSOR",
            field="after",
        )
    return generations.Place(int(found[1]), int(found[2]))


@strawberry.type(description="Failure reported as data inside a stream.")
class Problem:
    """A domain `Problem`."""

    code: ErrorCode = strawberry.field(description="Machine-readable kind.")
    message: str = strawberry.field(description="Text that can be shown to a person.")
    retryable: bool = strawberry.field(
        description="Whether the same request may succeed later."
    )
    retry_after_ms: int | None = strawberry.field(
        description="Suggested wait before a retry."
    )

    @classmethod
    def of(cls, problem: generations.Problem) -> Self:
        """From the domain."""
        return cls(
            code=ErrorCode[problem.code.name],
            message=problem.message,
            retryable=problem.retryable,
            retry_after_ms=problem.retry_after_ms,
        )


@strawberry.type(
    description="One run of a model. It goes on when the client disconnects, until "
    "it ends or is stopped."
)
class Generation(Node):
    """A domain `Generation`."""

    id: strawberry.ID = strawberry.field(
        description="Globally unique, opaque identifier."
    )
    status: MessageStatus = strawberry.field(description="State of the run.")
    text: str = strawberry.field(description="Text so far; for clients that poll.")
    cursor: str = strawberry.field(
        description="Cursor of the last event so far; pass it to "
        "`generationEvents(after:)` to continue from here."
    )

    @strawberry.field(
        description="Stored message it writes; null for stateless `chatStream` runs."
    )
    async def message(self, info: ContextInfo) -> "_StoredMessage | None":
        """The stored message."""
        return await _stored_message(info.context, self.id)

    @classmethod
    def of(cls, generation: generations.Generation) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(generation.id),
            status=MessageStatus[generation.status.name],
            text=generation.text,
            cursor=cursor(generation.place),
        )


@strawberry.interface(
    description="Event of a running generation: one `GenerationStarted`, deltas, "
    "perhaps a reset, one `GenerationEnded`. Events are numbered without gaps; deltas "
    "joined in order give the final text. No other event type will be added: clients "
    "may match them exhaustively."
)
class GenerationEvent:
    """An event with its place."""

    cursor: str = strawberry.field(
        description="Position in the stream; pass the last one seen as `after` to "
        "resume without loss or repetition."
    )
    generation_id: strawberry.ID = strawberry.field(description="Run it belongs to.")


@strawberry.type(description="First event: the run was accepted.")
class GenerationStarted(GenerationEvent):
    """The domain's `Started`."""

    model: Model = strawberry.field(description="Model that answers.")
    queue_position: int = strawberry.field(description="Runs ahead in the queue.")


@strawberry.type(description="Some more text.")
class GenerationDelta(GenerationEvent):
    """The domain's `Delta`."""

    delta: str = strawberry.field(description="Text to append.")


@strawberry.type(
    description="The text so far, whole: forget the deltas before it. Sent only when "
    "the log had to be rebuilt after a fault."
)
class GenerationReset(GenerationEvent):
    """The domain's `Reset`."""

    text: str = strawberry.field(description="The whole text so far.")


@strawberry.type(
    description="Last event of every run, however it ended. Carries the whole answer, "
    "so a client may ignore the deltas."
)
class GenerationEnded(GenerationEvent):
    """The domain's `Ended`."""

    status: MessageStatus = strawberry.field(
        description="How it ended: `COMPLETED`, `STOPPED`, `INTERRUPTED` or `FAILED`."
    )
    message: Message = strawberry.field(
        description="The whole answer, or what had been written of it."
    )

    @strawberry.field(description="Stored message; null for stateless runs.")
    async def stored_message(self, info: ContextInfo) -> "_StoredMessage | None":
        """The stored message."""
        return await _stored_message(info.context, self.generation_id)

    token_usage: TokenUsage = strawberry.field(description="Tokens used.")
    cost: Cost | None = strawberry.field(
        description="What it cost; null when the price is unknown."
    )
    finish_reason: FinishReason | None = strawberry.field(
        description="Why the model stopped; null unless `status` is `COMPLETED`."
    )
    problem: Problem | None = strawberry.field(
        description="What went wrong, when `status` is `FAILED` or `INTERRUPTED`. "
        "Data and not an error, because some clients drop errors inside a stream."
    )


async def _stored_message(
    context: Context, generation_id: str
) -> "ConversationMessage | None":
    from graphql_api.schema.stored import ConversationMessage  # noqa: PLC0415 the two types name each other

    stored = await context.services.watching.message_of(
        context.principal_id, generation_id
    )
    return None if stored is None else ConversationMessage.of(stored)


def event_of(generation_id: str, logged: generations.LoggedEvent) -> GenerationEvent:
    """An event from the domain."""
    at, run = cursor(logged.place), strawberry.ID(generation_id)
    match logged.event:
        case generations.Started(model, queue_position):
            return GenerationStarted(
                cursor=at,
                generation_id=run,
                model=Model.of(model),
                queue_position=queue_position,
            )
        case generations.Delta(text):
            return GenerationDelta(cursor=at, generation_id=run, delta=text)
        case generations.Reset(text):
            return GenerationReset(cursor=at, generation_id=run, text=text)
        case generations.Ended(outcome):
            return _ended(at, run, outcome)


def _ended(
    at: str, run: strawberry.ID, outcome: generations.Outcome
) -> GenerationEnded:
    reason, problem, cost = outcome.finish_reason, outcome.problem, outcome.cost
    return GenerationEnded(
        cursor=at,
        generation_id=run,
        status=MessageStatus[outcome.status.name],
        message=Message.of_model(outcome.text),
        token_usage=TokenUsage.of(outcome.usage),
        cost=None if cost is None else Cost.of(cost),
        finish_reason=None if reason is None else FinishReason[reason.name],
        problem=None if problem is None else Problem.of(problem),
    )


@strawberry.input(description="Input of `stopGeneration`.")
class StopGenerationInput:
    """Which run to stop."""

    generation_id: strawberry.ID = strawberry.field(description="Run to stop.")


@strawberry.type(
    description="Result of `stopGeneration`. Stopping a run that has ended changes "
    "nothing."
)
class StopGenerationPayload:
    """The run after stopping."""

    generation: Generation = strawberry.field(description="The run after stopping.")
