"""The lines of an export file, as records.

A header, then principals, then every conversation before its messages, then the ledger,
then budgets and runs, then an end with counts and a checksum. Every parent stands above
its children, and the order of the messages is that of their making.
"""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final, NamedTuple

from msgspec import Meta, Struct, field

from graphql_api.domain.access import PrincipalKind
from graphql_api.domain.conversations import Feedback, Purpose, TitledBy
from graphql_api.domain.generations import Problem, Status
from graphql_api.domain.messages import Role
from graphql_api.domain.models import NOTHING_CHOSEN, ChatOptions, FinishReason
from graphql_api.domain.money import Cost, TokenUsage

FORMAT: Final = "sidekick-export"
VERSION: Final = 1
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
MOST: Final = 2**63 - 1
"""Largest whole number that both databases keep."""

Key = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x20]+\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=MOST)]


class _Line(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """What all lines share: a field ``kind``, and no field that is not known."""


class Header(_Line, frozen=True, tag="header"):
    """First line; ``schema_revision`` tells which database was exported."""

    format: str
    version: int
    schema_revision: str


class PrincipalRecord(_Line, frozen=True, tag="principal"):
    """Somebody who has conversations; older exports know only that.

    Keys and limits stay where they are: they are of one installation.
    """

    noun: ClassVar[str] = "principal"
    id: Key
    known_as: PrincipalKind = PrincipalKind.LOCAL
    name: str = ""
    issuer: str | None = None
    subject: str | None = None
    created_at: Instant = LONG_AGO


class ConversationRecord(_Line, frozen=True, tag="conversation"):
    """A conversation; ``leaf_id`` is the last message of its active branch.

    Older exports know nothing of pins.
    """

    noun: ClassVar[str] = "conversation"
    id: Key
    principal_id: Key
    title: str
    titled_by: TitledBy
    assistant_key: str
    archived: bool
    leaf_id: Key | None
    created_at: Instant
    updated_at: Instant
    pinned_at: Instant | None = None
    options: ChatOptions = NOTHING_CHOSEN


class Held(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is held in each of some accounts, in pico-USD, until a cost is known.

    Attributes:
        accounts: Among those of who pays, as in ``KEY/2026-11``.
        period: In older exports, the month of the principal's account.
    """

    pusd: Count
    accounts: tuple[Key, ...] = ()
    period: Key | None = None


class MessageRecord(_Line, frozen=True, tag="message"):
    """A message with everything that is known of how it was written.

    Attributes:
        conversation_id: That of the conversation above.
        parent_id: A message above it; None for a first one.
        held: None unless it was being written at the moment of the export.
    """

    noun: ClassVar[str] = "message"
    id: Key
    conversation_id: Key
    parent_id: Key | None
    role: Role
    content: str
    status: Status
    created_at: Instant
    finished_at: Instant | None
    generation_id: Key | None
    model_name: str | None
    assistant_key: str | None
    usage: TokenUsage | None
    cost: Cost | None
    finish_reason: FinishReason | None
    problem: Problem | None
    feedback: Feedback | None
    held: Held | None
    key_id: Key | None = None


class LedgerRecord(_Line, frozen=True, tag="ledger"):
    """What one generation used; None is unknown.

    Attributes:
        conversation_id: None for an answer whose conversation the client keeps.
        key_id: The API key that paid beside the principal.
    """

    noun: ClassVar[str] = "ledger row"
    generation_id: Key
    principal_id: Key
    conversation_id: Key | None
    model_name: str
    assistant_key: str
    purpose: Purpose
    usage: TokenUsage | None
    cost_pusd: Count | None
    at: Instant
    key_id: Key | None = None


class BudgetRecord(_Line, frozen=True, tag="budget"):
    """What an owner may spend in a day or a month, in pico-USD.

    Attributes:
        owner: A principal, as in all older exports, an API key or the service.
        limit_pusd: None once it was lifted.
    """

    noun: ClassVar[str] = "budget"
    owner: Key = field(name="principal_id")
    period: Key
    limit_pusd: Count | None
    spent_pusd: Count
    reserved_pusd: Count


class RunRecord(_Line, frozen=True, tag="run"):
    """A run of a model, no stored turn, that was under way; nobody continues it."""

    noun: ClassVar[str] = "run"
    generation_id: Key
    principal_id: Key
    key_id: Key | None
    conversation_id: Key | None
    purpose: Purpose
    model_name: str
    assistant_key: str
    held: Held | None
    at: Instant


class End(_Line, frozen=True, tag="end"):
    """Last line: how many lines stand above it, and the SHA-256 of all of them."""

    lines: int
    sha256: str


Record = (
    PrincipalRecord
    | ConversationRecord
    | MessageRecord
    | LedgerRecord
    | BudgetRecord
    | RunRecord
)
Line = Header | Record | End


class Found(NamedTuple):
    """A record, and where in its file it was found, for example ``Line 7``."""

    place: str
    record: Record


class Checked(NamedTuple):
    """A record that fits to those above it.

    ``depth`` counts the steps from the first message of the branch; 0 for the others.
    """

    place: str
    record: Record
    depth: int
