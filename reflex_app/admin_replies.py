"""Administration as the API replies it, as typed values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")
LIMITS = (
    "requestsPerMinute",
    "tokensPerMinute",
    "concurrent",
    "dailyUsd",
    "monthlyUsd",
)
"""Names of the limits, in the contract's words and order."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a principal is called; without a name by its kind, empty: unknown."""

    kind: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A principal: a person, a guest or a program."""

    person_id: str
    name: Name
    conversations: int
    active_at: str
    """As the API writes it, as all moments here; empty: never."""
    today: Decimal
    month: Decimal
    currency: str
    limits: Mapping[str, str] | None
    """By the names of `LIMITS`, those that are set; None: those of the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key."""

    key_id: str
    name: str
    owner: Name
    owner_id: str
    scopes: tuple[str, ...]
    hint: str
    expires_at: str
    revoked_at: str
    used_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An answer that failed or was interrupted."""

    generation_id: str
    at: str
    model: str
    code: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something; without an identifier, on the command line."""

    person_id: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Whether new answers are stopped."""

    on: bool
    since: str
    reason: str
    by: Actor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A line of the audit log."""

    deed_id: str
    at: str
    by: Actor
    action: str
    subject: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Listed(Generic[_T]):
    """The start of a list; the cursor leads to what follows, empty: nothing."""

    items: tuple[_T, ...]
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything that the page shows at first."""

    switch: Switch
    people: Listed[Person]
    keys: Listed[Key]
    deeds: Listed[Deed]
    counts: tuple[tuple[str, int], ...]
    failed: tuple[Failed, ...]


def overview(found: Mapping[str, Any]) -> Overview:
    """Return an `Admin` of the contract as a value."""
    failures, switch = found["failures"], found["killSwitch"]
    return Overview(
        switch=Switch(
            on=switch["on"],
            since=switch["since"] or "",
            reason=switch["reason"],
            by=_actor(switch["by"]) if switch["by"] else None,
        ),
        people=listed(found["principals"], person),
        keys=listed(found["apiKeys"], key),
        deeds=listed(found["auditLog"], deed),
        counts=tuple((one["code"], one["count"]) for one in failures["counts"]),
        failed=tuple(_failed(node) for node in failures["newest"]),
    )


def listed(connection: Mapping[str, Any], of: Callable[[Any], _T]) -> Listed[_T]:
    """Return a connection of the contract as a value; `of` reads its items."""
    info = connection["pageInfo"]
    cursor = info["endCursor"] if info["hasNextPage"] else ""
    return Listed(tuple(of(node) for node in connection["nodes"]), cursor)


def person(node: Mapping[str, Any]) -> Person:
    """Return a `Principal` of the contract as a value."""
    limits = node["limits"]
    return Person(
        person_id=node["id"],
        name=_name(node),
        conversations=node["conversationCount"],
        active_at=node["lastActiveAt"] or "",
        today=Decimal(node["spentToday"]["amount"]),
        month=Decimal(node["spentThisMonth"]["amount"]),
        currency=node["spentToday"]["currency"],
        limits=limits
        and {name: str(limits[name]) for name in LIMITS if limits[name] is not None},
    )


def key(node: Mapping[str, Any]) -> Key:
    """Return an `ApiKey` of the contract as a value."""
    return Key(
        key_id=node["id"],
        name=node["name"],
        owner=_name(node["principal"]),
        owner_id=node["principalId"],
        scopes=tuple(node["scopes"]),
        hint=node["hint"],
        expires_at=node["expiresAt"] or "",
        revoked_at=node["revokedAt"] or "",
        used_at=node["usedAt"] or "",
    )


def _failed(node: Mapping[str, Any]) -> Failed:
    return Failed(
        generation_id=node["generationId"],
        at=node["at"],
        model=node["modelName"] or "",
        code=node["code"],
        person_id=node["principalId"],
    )


def _actor(node: Mapping[str, Any]) -> Actor:
    return Actor(person_id=node["principalId"] or "", name=_name(node["principal"]))


def deed(node: Mapping[str, Any]) -> Deed:
    """Return an `AuditEntry` of the contract as a value."""
    return Deed(
        deed_id=node["id"],
        at=node["at"],
        by=_actor(node["by"]),
        action=node["action"],
        subject=node["subject"],
        details=tuple((one["name"], one["value"]) for one in node["details"]),
    )


def _name(node: Mapping[str, Any] | None) -> Name:
    return Name(node["kind"], node["name"]) if node else Name()
