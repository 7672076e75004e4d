"""Generations: runs of a model, their events and how they end."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from graphql_api.domain.models import FinishReason, Model
from graphql_api.domain.money import Cost, TokenUsage
from graphql_api.errors import ErrorCode


class Status(StrEnum):
    """State of a generation; the last four are final."""

    QUEUED = "QUEUED"
    STREAMING = "STREAMING"
    COMPLETED = "COMPLETED"
    STOPPED = "STOPPED"
    INTERRUPTED = "INTERRUPTED"
    FAILED = "FAILED"


FinalStatus = Literal[
    Status.COMPLETED, Status.STOPPED, Status.INTERRUPTED, Status.FAILED
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Failure reported as data inside a stream."""

    code: ErrorCode
    message: str
    retryable: bool
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a generation ended.

    Attributes:
        status: COMPLETED, STOPPED, INTERRUPTED or FAILED.
        text: The whole answer, or what had been written of it.
        cost: None when the price is unknown.
        finish_reason: None unless completed.
        problem: What went wrong, when failed or interrupted.
    """

    status: FinalStatus
    text: str
    usage: TokenUsage
    cost: Cost | None
    finish_reason: FinishReason | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """First event: the run was accepted."""

    model: Model
    queue_position: int


@dataclass(frozen=True, slots=True)
class Delta:
    """Some more text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reset:
    """The whole text so far: forget the deltas before it."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Last event of every run."""

    outcome: Outcome


GenerationEvent = Started | Delta | Reset | Ended


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Place of an event in the log of its generation, counted from 1.

    A log that was rebuilt after a fault begins a new epoch.
    """

    epoch: int
    position: int


BEFORE_ALL = Place(1, 0)
"""Where a follower stands that has seen nothing."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """Event with its place."""

    place: Place
    event: GenerationEvent


@dataclass(frozen=True, slots=True)
class Generation:
    """One run of a model as it is now; ``place`` is that of its last event."""

    id: str
    status: Status
    text: str
    place: Place
