"""What the tests of the store keep in it."""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select

from graphql_api.adapters.sql.pico import usd
from graphql_api.adapters.sql.tables import budgets, ledger
from graphql_api.domain.accounts import Period
from graphql_api.domain.administration import Actor, AuditAction, AuditEntry
from graphql_api.domain.conversations import (
    Conversation,
    NewConversation,
    NewTurn,
    PageRequest,
    StoredMessage,
    TitledBy,
)
from graphql_api.domain.generations import Outcome, Problem, Status
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import FinishReason
from graphql_api.domain.money import Cost, CostItem, TokenKind, TokenUsage
from graphql_api.errors import ErrorCode
from tests.contract.store_places import SqlStore

_T = TypeVar("_T")
ME, OTHER = "prn_me", "prn_other"
NOW = datetime(2026, 11, 22, 12, 30, 15, 123_456, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
TALK = "cnv_1"
ALL = PageRequest(first=None, after=None, last=None, before=None)
USAGE = TokenUsage(
    prompt_tokens=12, completion_tokens=3, cached_prompt_tokens=4, reasoning_tokens=1
)
GONE = Problem(
    code=ErrorCode.INTERRUPTED, message="The server was restarted.", retryable=True
)
_LIMIT_S = 60


def first(count: int, after: str | None = None) -> PageRequest:
    return PageRequest(first=count, after=after, last=None, before=None)


def last(count: int, before: str | None = None) -> PageRequest:
    return PageRequest(first=None, after=None, last=count, before=before)


def talk(
    conversation_id: str = TALK,
    *texts: str,
    title: str = "Sidekicks",
    titled_by: TitledBy = TitledBy.RULE,
    archived: bool = False,
    at: datetime = NOW,
) -> NewConversation:
    """Make a conversation in which a person and a model take turns."""
    roles = (Role.USER, Role.ASSISTANT)
    chain = [
        (f"{conversation_id}_m{index}", Message(roles[index % 2], text))
        for index, text in enumerate(texts)
    ]
    conversation = Conversation(
        id=conversation_id,
        title=title,
        titled_by=titled_by,
        assistant_key="comics",
        archived=archived,
        leaf_id=None,
        created_at=at,
        updated_at=at,
    )
    return NewConversation(conversation, chain)


def turn(
    number: int | str = 1,
    *,
    conversation_id: str = TALK,
    parent_id: str | None = None,
    content: str | None = "Who is Robin?",
    reserve: str | None = "0.01",
    key: str | None = None,
    fingerprint: str = "",
    at: datetime = NOW,
) -> NewTurn:
    """Make a turn; without content, one that answers ``parent_id`` anew."""
    return NewTurn(
        conversation_id=conversation_id,
        parent_id=parent_id,
        user_message_id=None if content is None else f"msg_q{number}",
        content=content or "",
        assistant_message_id=f"msg_a{number}",
        generation_id=f"gen_{number}",
        model_name="gpt-6-luna",
        assistant_key="comics",
        reserve_usd=None if reserve is None else Decimal(reserve),
        idempotency_key=key,
        fingerprint=fingerprint,
        at=at,
    )


def receipt(amount: str = "0.0021", *, estimated: bool = False) -> Cost:
    return Cost(
        amount=Decimal(amount),
        currency="USD",
        estimated=estimated,
        items=(CostItem(TokenKind.PROMPT, 12, Decimal("175.00"), Decimal(amount)),),
        price_source="genai-prices 0.2.3",
    )


def outcome(
    text: str = "Robin is Batman's sidekick.",
    *,
    cost: str | None = "0.0021",
    usage: TokenUsage = USAGE,
) -> Outcome:
    return Outcome(
        status=Status.COMPLETED,
        text=text,
        usage=usage,
        cost=None if cost is None else receipt(cost, estimated=usage.estimated),
        finish_reason=FinishReason.STOP,
    )


def done(
    action: AuditAction, entry_id: str = "aud_1", *, at: datetime = NOW
) -> AuditEntry:
    """Make a line of the audit log, of what I did with a key."""
    me = Actor(principal_id=ME, key_id="key_me")
    details = {"name": "Ünicöde 🤖"}
    return AuditEntry(
        id=entry_id, at=at, by=me, action=action, subject="key_1", details=details
    )


async def answered(store: SqlStore, number: int | str = 1, **given: object) -> None:
    """Begin a turn of mine and finish it."""
    begun = turn(number, **given)  # type: ignore[arg-type]
    await store.turns.begin(ME, begun)
    assert await store.turns.finish(begun.generation_id, outcome(), at=LATER)


async def branch(store: SqlStore, conversation_id: str = TALK) -> list[str]:
    """Read the identifiers of the active branch of a conversation of mine."""
    page = await store.messages.branch(ME, conversation_id, ALL)
    return [message.id for message in page.items]


async def stored(store: SqlStore, message_id: str) -> StoredMessage:
    """Read a message of mine."""
    return (await store.messages.find(ME, [message_id]))[message_id]


async def limit(store: SqlStore, usd_limit: str, owner: str = ME) -> None:
    """Limit what an owner may spend in the month of the tests."""
    await store.budgets.limit(owner, {Period.month(NOW): Decimal(usd_limit)})


async def budget(store: SqlStore) -> tuple[Decimal, Decimal]:
    """Read what is spent and reserved of the only budget."""
    row = await store.database.read(
        lambda connection: connection.execute(select(budgets)).mappings().one()
    )
    return usd(row["spent_pusd"]), usd(row["reserved_pusd"])


async def charged(store: SqlStore) -> dict[str, Decimal | None]:
    """Read the amounts of the ledger by generation."""
    rows = await store.database.read(
        lambda connection: connection.execute(select(ledger)).mappings().all()
    )
    return {
        row["generation_id"]: None
        if row["cost_pusd"] is None
        else usd(row["cost_pusd"])
        for row in rows
    }


async def together(runs: Iterable[Awaitable[_T]]) -> list[_T | BaseException]:
    """Run all at once; what each gave or raised."""
    async with asyncio.timeout(_LIMIT_S):
        return await asyncio.gather(*runs, return_exceptions=True)
