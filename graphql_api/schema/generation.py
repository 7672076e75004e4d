"""Generations and their events in the contract."""

from typing import Final, Self

import strawberry

from graphql_api.domain import generations
from graphql_api.errors import BadInput
from graphql_api.schema.enums import ErrorCode, FinishReason, MessageStatus
from graphql_api.schema.messages import Cost, Message, TokenUsage
from graphql_api.schema.models import Model, Node

# One process writes a generation from start to end, so there is one epoch.
_EPOCH: Final = "1-"


def cursor(position: int) -> str:
    """Cursor of a position in the log of a generation."""
    return f"{_EPOCH}{position}"


def position(after: str | None) -> int:
    """Position in the log that a cursor stands for; 0 for none.

    Raises:
        BadInput: It is not one of our cursors.
    """
    if after is None:
        return 0
    digits = after.removeprefix(_EPOCH)
    plain = digits.isascii() and digits.isdigit() and len(digits) <= 9  # noqa: PLR2004 no log is that long
    if not (after.startswith(_EPOCH) and plain):
        raise BadInput(
            "The cursor is not one of this generation's.",
            reason="UNKNOWN_CURSOR",
            field="after",
        )
    return int(digits)


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

    @classmethod
    def of(cls, generation: generations.Generation) -> Self:
        """From the domain."""
        return cls(
            id=strawberry.ID(generation.id),
            status=MessageStatus[generation.status.name],
            text=generation.text,
            cursor=cursor(generation.position),
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
    """Part of the closed set of events; a log in memory never has to send it."""

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


def event_of(generation_id: str, logged: generations.LoggedEvent) -> GenerationEvent:
    """An event from the domain."""
    place, run = cursor(logged.position), strawberry.ID(generation_id)
    match logged.event:
        case generations.Started(model, queue_position):
            return GenerationStarted(
                cursor=place,
                generation_id=run,
                model=Model.of(model),
                queue_position=queue_position,
            )
        case generations.Delta(text):
            return GenerationDelta(cursor=place, generation_id=run, delta=text)
        case generations.Ended(outcome):
            return _ended(place, run, outcome)


def _ended(
    place: str, run: strawberry.ID, outcome: generations.Outcome
) -> GenerationEnded:
    reason, problem, cost = outcome.finish_reason, outcome.problem, outcome.cost
    return GenerationEnded(
        cursor=place,
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
