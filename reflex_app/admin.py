"""Administration through the API: read, and changed by what administrators do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from reflex_app.admin_operations import (
    END_KEY,
    LIMIT,
    MAKE_KEY,
    MORE_DEEDS,
    MORE_KEYS,
    MORE_PEOPLE,
    OVERVIEW,
    TURN_SWITCH,
)
from reflex_app.admin_replies import (
    LIMITS,
    Deed,
    Key,
    Listed,
    Overview,
    Person,
    deed,
    key,
    listed,
    overview,
    person,
)

Query = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Sends a document with its variables and returns the data."""
Order = Literal["SPENT", "NEWEST"]

PAGE = 20
"""Lines of a list that are read at a time."""
MOST = 100
"""Most that the API gives at a time."""
FAILURE_DAYS = 7


async def read(query: Query, order: Order, now: datetime, *, first: int) -> Overview:
    """Ask the API for everything, and for the first lines of each list.

    Raises:
        ApiError: the API refused or is not there.
    """
    since = now - timedelta(days=FAILURE_DAYS)
    variables = {"since": since.isoformat(), "order": order, "first": first}
    return overview((await query(OVERVIEW, variables))["admin"])


async def more_people(query: Query, after: str, order: Order) -> Listed[Person]:
    """Return the principals after a cursor.

    Raises:
        ApiError: the API refused or is not there.
    """
    variables = {"after": after, "order": order, "first": PAGE}
    return listed((await query(MORE_PEOPLE, variables))["admin"]["found"], person)


async def more_keys(query: Query, after: str) -> Listed[Key]:
    """Return the keys after a cursor.

    Raises:
        ApiError: the API refused or is not there.
    """
    found = await query(MORE_KEYS, {"after": after, "first": PAGE})
    return listed(found["admin"]["found"], key)


async def more_deeds(query: Query, after: str) -> Listed[Deed]:
    """Return the lines of the audit log after a cursor.

    Raises:
        ApiError: the API refused or is not there.
    """
    found = await query(MORE_DEEDS, {"after": after, "first": PAGE})
    return listed(found["admin"]["found"], deed)


async def make_key(
    query: Query,
    name: str,
    *,
    scopes: list[str],
    days: int,
    limits: Mapping[str, str],
) -> str:
    """Make a key and return it, which nobody can be told again.

    Args:
        query: sends it.
        name: what the key is for.
        scopes: what it may do.
        days: for how long; 0: until it is revoked.
        limits: by the names of `LIMITS`; empty ones are none.

    Raises:
        ApiError: the API refused or is not there.
    """
    wanted = {
        "name": name,
        "scopes": scopes,
        "expiresInDays": days or None,
        "limits": _numbers(limits),
    }
    return (await query(MAKE_KEY, {"input": wanted}))["createApiKey"]["token"]


async def end_key(query: Query, key_id: str) -> None:
    """Revoke a key.

    Raises:
        ApiError: the API refused or is not there.
    """
    await query(END_KEY, {"input": {"apiKeyId": key_id}})


async def limit(query: Query, person_id: str, limits: Mapping[str, str] | None) -> None:
    """Give a principal limits of its own; None takes them back.

    Raises:
        ApiError: the API refused or is not there.
    """
    wanted = None if limits is None else _numbers(limits)
    await query(LIMIT, {"input": {"principalId": person_id, "limits": wanted}})


async def turn_switch(query: Query, *, on: bool, reason: str) -> None:
    """Stop all new answers, or allow them again.

    Raises:
        ApiError: the API refused or is not there.
    """
    await query(TURN_SWITCH, {"input": {"on": on, "reason": reason}})


def _numbers(limits: Mapping[str, str]) -> dict[str, int | str | None]:
    """Limits as the API takes them: amounts are texts, the others whole numbers."""
    given = {name: limits.get(name, "").strip() or None for name in LIMITS}
    return {
        name: int(text) if text and text.isdecimal() and "Usd" not in name else text
        for name, text in given.items()
    }
