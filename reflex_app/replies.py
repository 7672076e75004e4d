"""What the API replies, as typed values: its JSON enters here and nowhere else."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

UNREACHABLE = "UNREACHABLE"
"""Code of our own: no answer at all, or none that is GraphQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something did not work, in words that can be shown."""

    code: str
    """An `ErrorCode` of the contract, or `UNREACHABLE`."""
    message: str
    retryable: bool
    """Whether the same request may succeed later."""
    retry_after_s: float | None = None
    """Suggested wait; None when the API suggests none."""
    request_id: str | None = None
    """What an operator finds in the logs, for bugs."""


class ApiError(Exception):
    """The API refused, failed, or was not there."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem for the session to show."""
        super().__init__(f"{problem.code}: {problem.message}")
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One line of a receipt."""

    kind: str
    tokens: int
    rate_per_million: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an answer cost, and how that was computed."""

    amount: Decimal
    currency: str
    estimated: bool
    items: tuple[CostItem, ...] = ()
    price_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a generation ended."""

    status: str
    """`COMPLETED`, `STOPPED`, `INTERRUPTED` or `FAILED`."""
    content: str
    total_tokens: int
    cost: Cost | None = None
    """None when the price is unknown."""
    finish_reason: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A generation that the API accepted."""

    generation_id: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Who answers."""

    assistant_id: str
    name: str
    description: str
    starters: tuple[str, ...]
    model: str
    provider: str
    prompt_per_million: Decimal | None
    """None when the model is free."""
    completion_per_million: Decimal | None
    currency: str


def unreachable(message: str = "The service cannot be reached.") -> Problem:
    """Return the problem of an API that is not there or makes no sense."""
    return Problem(code=UNREACHABLE, message=message, retryable=True)


def checked(body: object) -> dict[str, Any]:
    """Return the data of a GraphQL response.

    Raises:
        ApiError: it holds errors, or is no GraphQL response.
    """
    if not isinstance(body, dict):
        raise ApiError(unreachable())
    if errors := body.get("errors"):
        raise ApiError(_problem_of_error(errors[0]))
    data = body.get("data")
    if not isinstance(data, dict):
        raise ApiError(unreachable())
    return data


_LATER = {"RATE_LIMITED", "MODEL_UNAVAILABLE", "TIMEOUT", "INTERRUPTED", "CONFLICT"}


def _problem_of_error(error: dict[str, Any]) -> Problem:
    extensions = error.get("extensions") or {}
    code = str(extensions.get("code") or "INTERNAL_SERVER_ERROR")
    return Problem(
        code=code,
        message=str(error.get("message") or "Something went wrong."),
        retryable=code in _LATER | {"INTERNAL_SERVER_ERROR"},
        retry_after_s=_seconds(extensions.get("retryAfterMs")),
        request_id=extensions.get("requestId"),
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def assistant(node: dict[str, Any]) -> Assistant:
    """Return an `Assistant` of the contract as a value."""
    pricing = node["model"]["pricing"] or {}
    prompt, completion = (
        pricing.get("promptPerMillion"),
        pricing.get("completionPerMillion"),
    )
    return Assistant(
        assistant_id=node["id"],
        name=node["name"],
        description=node["description"] or "",
        starters=tuple(node["starters"]),
        model=node["model"]["name"],
        provider=node["model"]["provider"],
        prompt_per_million=Decimal(prompt["amount"]) if prompt else None,
        completion_per_million=Decimal(completion["amount"]) if completion else None,
        currency=prompt["currency"] if prompt else "USD",
    )


def outcome(event: dict[str, Any]) -> Outcome:
    """Return a `GenerationEnded` of the contract as a value."""
    problem, cost = event["problem"], event["cost"]
    return Outcome(
        status=event["status"],
        content=event["message"]["content"],
        total_tokens=event["tokenUsage"]["totalTokens"],
        cost=_cost(cost) if cost else None,
        finish_reason=event["finishReason"],
        problem=Problem(
            code=problem["code"],
            message=problem["message"],
            retryable=problem["retryable"],
            retry_after_s=_seconds(problem["retryAfterMs"]),
        )
        if problem
        else None,
    )


def _cost(cost: dict[str, Any]) -> Cost:
    return Cost(
        amount=Decimal(cost["amount"]),
        currency=cost["currency"],
        estimated=cost["estimated"],
        price_source=cost["priceSource"],
        items=tuple(
            CostItem(
                kind=item["kind"],
                tokens=item["tokens"],
                rate_per_million=Decimal(item["ratePerMillion"]),
                amount=Decimal(item["amount"]),
            )
            for item in cost["items"]
        ),
    )
