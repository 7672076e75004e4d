"""The API's JSON as typed values: it enters here and nowhere else."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from reflex_app.replies import (
    ApiError,
    Assistant,
    Choice,
    Cost,
    CostItem,
    Entry,
    EntryPage,
    Glance,
    Message,
    MessagePage,
    Model,
    Offer,
    Problem,
    Stored,
    Version,
    Viewer,
    unreachable,
)


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


def offer(data: dict[str, Any]) -> Offer:
    """Return the assistants and models of the contract as values."""
    return Offer(
        tuple(_assistant(node) for node in data["assistants"]["nodes"]),
        tuple(_model(node) for node in data["models"]),
        tuple(data["viewer"]["scopes"]),
    )


def _assistant(node: dict[str, Any]) -> Assistant:
    return Assistant(
        assistant_id=node["id"],
        name=node["name"],
        description=node["description"] or "",
        starters=tuple(node["starters"]),
        temperature=node["temperature"],
        model=_model(node["model"]),
    )


def _model(node: dict[str, Any]) -> Model:
    pricing, end = node["pricing"] or {}, node["shutdownAt"]
    prompt, completion = (
        pricing.get("promptPerMillion"),
        pricing.get("completionPerMillion"),
    )
    return Model(
        model_id=node["id"],
        name=node["name"],
        provider=node["provider"],
        context_window=node["contextWindow"],
        available=node["available"],
        shutdown_at=datetime.fromisoformat(end) if end else None,
        replacement=(node["replacement"] or {}).get("name", ""),
        prompt_per_million=Decimal(prompt["amount"]) if prompt else None,
        completion_per_million=Decimal(completion["amount"]) if completion else None,
        currency=prompt["currency"] if prompt else "USD",
    )


def _choice(node: dict[str, Any]) -> Choice:
    options = node["options"]
    return Choice(
        assistant_id=node["assistant"]["id"],
        model_id=(options["model"] or {}).get("id", ""),
        temperature=options["temperature"],
        max_tokens=options["maxCompletionTokens"],
    )


def viewer(node: dict[str, Any]) -> Viewer:
    """Return a `Viewer` of the contract."""
    return Viewer(node["id"], node["displayName"], guest=node["anonymous"])


def entry(node: dict[str, Any]) -> Entry:
    """Return a `Conversation` of the contract as a line of the list."""
    return Entry(
        conversation_id=node["id"],
        title=node["title"],
        archived=node["archived"],
        updated_at=node["updatedAt"],
        pinned_at=node["pinnedAt"] or "",
    )


def entry_page(data: dict[str, Any]) -> EntryPage:
    """Return a page of conversations, and with the first one those that are pinned."""
    connection = data["conversations"]
    info, pinned = connection["pageInfo"], data.get("pinned") or {"nodes": ()}
    nodes = {node["id"]: node for node in (*pinned["nodes"], *connection["nodes"])}
    return EntryPage(
        entries=tuple(entry(node) for node in nodes.values()),
        next_cursor=info["endCursor"] if info["hasNextPage"] else None,
    )


def message_page(connection: dict[str, Any]) -> MessagePage:
    """Return a `ConversationMessageConnection` of the contract as a value."""
    info = connection["pageInfo"]
    return MessagePage(
        messages=tuple(_message(node) for node in connection["nodes"]),
        earlier_cursor=info["startCursor"] if info["hasPreviousPage"] else None,
    )


def stored(node: dict[str, Any]) -> Stored:
    """Return a `Conversation` of the contract with its messages."""
    return Stored(
        entry=entry(node),
        page=message_page(node["messages"]),
        generation_id=_identifier(node["activeGeneration"]),
        cost=_cost(node["cost"]),
        choice=_choice(node),
    )


def glance(node: dict[str, Any]) -> Glance:
    """Return what tells whether a `Conversation` of the contract changed."""
    last = node["messages"]["nodes"]
    return Glance(
        entry=entry(node),
        generation_id=_identifier(node["activeGeneration"]),
        last_message=(last[0]["id"], last[0]["status"]) if last else None,
    )


def messages(nodes: list[dict[str, Any]]) -> tuple[Message, ...]:
    """Return messages of the contract as values."""
    return tuple(_message(node) for node in nodes)


def _identifier(node: dict[str, Any] | None) -> str | None:
    return None if node is None else node["id"]


def _message(node: dict[str, Any]) -> Message:
    usage, cost, problem = node["tokenUsage"], node["cost"], node["problem"]
    feedback, model = node["feedback"] or {}, node["model"] or {}
    return Message(
        message_id=node["id"],
        role=node["role"],
        content=node["content"],
        status=node["status"],
        model=model.get("name", ""),
        tokens=usage["totalTokens"] if usage else None,
        cost=_cost(cost) if cost else None,
        finish_reason=node["finishReason"],
        problem=_problem(problem) if problem else None,
        rating=feedback.get("rating") or "",
        comment=feedback.get("comment") or "",
        versions=tuple(_version(version) for version in node["versions"]),
    )


def _version(node: dict[str, Any]) -> Version:
    return Version(
        message_id=node["id"],
        content=node.get("content", ""),
        status=node.get("status", ""),
    )


def _problem(node: dict[str, Any]) -> Problem:
    return Problem(
        code=node["code"],
        message=node["message"],
        retryable=node["retryable"],
        retry_after_s=_seconds(node["retryAfterMs"]),
    )


def _cost(cost: dict[str, Any]) -> Cost:
    return Cost(
        amount=Decimal(cost["amount"]),
        currency=cost["currency"],
        estimated=cost["estimated"],
        price_source=cost.get("priceSource"),
        items=tuple(
            CostItem(
                kind=item["kind"],
                tokens=item["tokens"],
                rate_per_million=Decimal(item["ratePerMillion"]),
                amount=Decimal(item["amount"]),
            )
            for item in cost.get("items", ())
        ),
    )
