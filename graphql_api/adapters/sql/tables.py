"""What is stored, the same in SQLite and PostgreSQL.

Instants are microseconds since 1970 and money is pico-USD, both as whole numbers. A
receipt is kept as it was written, with exact decimals, beside the ledger's amount.
The search indexes and the triggers that fill them are in `migrations` alone.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    literal_column,
    text,
)
from sqlalchemy.types import TypeDecorator

from graphql_api.domain.access import PrincipalKind
from graphql_api.domain.conversations import Purpose, TitledBy
from graphql_api.domain.generations import Status
from graphql_api.domain.messages import Role

_IS_RUNNING: Final = text("status IN ('QUEUED', 'STREAMING')")
_IS_PINNED: Final = text("pinned_at IS NOT NULL")
_WENT_WRONG: Final = text("status IN ('FAILED', 'INTERRUPTED')")
_HAS_KEY: Final = text("key_id IS NOT NULL")


class Characters(TypeDecorator[str]):
    """Text that any database can keep.

    NUL, which PostgreSQL has no place for, and halves of surrogate pairs, which are
    no characters, become U+FFFD: a model or a client that sends one breaks nothing.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is sent to the database."""
        del dialect
        return None if value is None else _storable(value)


def _storable(value: str) -> str:
    # `str` turns a member of an enum into its value.
    clean = str(value).replace("\0", "\ufffd")
    try:
        clean.encode()
    except UnicodeEncodeError:
        return clean.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return clean


def _one_of(
    column: str, values: type[Role | Status | TitledBy | Purpose | PrincipalKind]
) -> CheckConstraint:
    names = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({names})", name=column)


metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite numbers rows by itself only in a column of exactly this type.
_ROW_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")

principals: Final = Table(
    "principals",
    metadata,
    Column("id", Characters, primary_key=True),
    Column("kind", Characters, nullable=False, server_default=PrincipalKind.LOCAL),
    Column("name", Characters, nullable=False, server_default=text("''")),
    # JSON; null: those that the settings give its kind.
    Column("limits", Characters),
    # Who a user is for the OpenID provider that vouches for them.
    Column("issuer", Characters),
    Column("subject", Characters),
    Column("created_at", BigInteger, nullable=False, server_default=text("0")),
    # The user who has what was a guest's; null: it is still theirs.
    Column("successor_id", Characters, ForeignKey("principals.id")),
    _one_of("kind", PrincipalKind),
    Index("uq_principals_issuer", "issuer", "subject", unique=True),
)

conversations: Final = Table(
    "conversations",
    metadata,
    Column("seq", _ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("id", Characters, nullable=False, unique=True),
    Column("principal_id", Characters, ForeignKey(principals.c.id), nullable=False),
    Column("title", Characters, nullable=False),
    Column("titled_by", Characters, nullable=False),
    Column("assistant_key", Characters, nullable=False),
    Column("archived", Boolean, nullable=False),
    # What was chosen for its next answers, as JSON; null: nothing.
    Column("options", Characters),
    # No foreign key: the two tables would need each other to exist first.
    Column("leaf_id", Characters),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("pinned_at", BigInteger),
    _one_of("titled_by", TitledBy),
    Index(None, "principal_id", "archived", "updated_at", "id"),
    Index(
        "ix_conversations_pinned",
        "principal_id",
        "pinned_at",
        sqlite_where=_IS_PINNED,
        postgresql_where=_IS_PINNED,
    ),
)

messages: Final = Table(
    "messages",
    metadata,
    Column("seq", _ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("id", Characters, nullable=False, unique=True),
    Column(
        "conversation_id",
        Characters,
        ForeignKey(conversations.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("parent_id", Characters, ForeignKey("messages.id"), index=True),
    # Steps from the first message of its branch.
    Column("depth", Integer, nullable=False),
    Column("role", Characters, nullable=False),
    Column("content", Characters, nullable=False),
    Column("status", Characters, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("generation_id", Characters, unique=True),
    Column("model_name", Characters),
    Column("assistant_key", Characters),
    Column("prompt_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("cached_prompt_tokens", BigInteger),
    Column("cache_write_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("tokens_estimated", Boolean),
    Column("receipt", Characters),
    Column("finish_reason", Characters),
    Column("problem", Characters),
    Column("rating", Characters),
    Column("comment", Characters),
    Column("rated_at", BigInteger),
    # Who writes it, and for the how manieth time it changed hands.
    Column("owner", Characters),
    Column("epoch", Integer, nullable=False, server_default=text("1")),
    # The API key that pays beside the principal.
    Column("key_id", Characters),
    # What is held, and in which accounts; null: nothing.
    Column("reserve_pusd", BigInteger),
    Column("held_in", Characters),
    # Says whose transaction ended it, should the reply to a COMMIT be lost.
    Column("settle_token", Characters),
    _one_of("role", Role),
    _one_of("status", Status),
    Index("ix_messages_conversation_id", "conversation_id"),
    # At most one answer at a time is being written in a conversation.
    Index(
        "uq_messages_running",
        "conversation_id",
        unique=True,
        sqlite_where=_IS_RUNNING,
        postgresql_where=_IS_RUNNING,
    ),
    Index(
        "ix_messages_went_wrong",
        "finished_at",
        sqlite_where=_WENT_WRONG,
        postgresql_where=_WENT_WRONG,
    ),
)
# Written out: SQLite uses a partial index only for the very condition it was made with.
RUNNING: Final = messages.c.status.in_(
    [literal_column("'QUEUED'"), literal_column("'STREAMING'")]
)
WENT_WRONG: Final = messages.c.status.in_(
    [literal_column("'FAILED'"), literal_column("'INTERRUPTED'")]
)

ledger: Final = Table(
    "ledger",
    metadata,
    Column("generation_id", Characters, primary_key=True),
    Column("principal_id", Characters, nullable=False),
    Column("key_id", Characters),
    # Null for an answer whose conversation the client keeps.
    Column("conversation_id", Characters),
    Column("model_name", Characters, nullable=False),
    Column("assistant_key", Characters, nullable=False),
    Column("prompt_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("cached_prompt_tokens", BigInteger),
    Column("cache_write_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("tokens_estimated", Boolean, nullable=False),
    Column("cost_pusd", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("purpose", Characters, nullable=False, server_default=Purpose.ANSWER),
    _one_of("purpose", Purpose),
    Index(None, "principal_id", "at"),
    Index(None, "principal_id", "conversation_id"),
    Index(None, "at"),
    Index(
        "ix_ledger_key",
        "key_id",
        "at",
        sqlite_where=_HAS_KEY,
        postgresql_where=_HAS_KEY,
    ),
)

# Runs of models that are no stored turns, until they end.
runs: Final = Table(
    "runs",
    metadata,
    Column("generation_id", Characters, primary_key=True),
    Column("principal_id", Characters, nullable=False),
    Column("key_id", Characters),
    Column("conversation_id", Characters),
    Column("purpose", Characters, nullable=False),
    Column("model_name", Characters, nullable=False),
    Column("assistant_key", Characters, nullable=False),
    Column("reserve_pusd", BigInteger),
    Column("held_in", Characters),
    Column("at", BigInteger, nullable=False),
    _one_of("purpose", Purpose),
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    Column("principal_id", Characters, primary_key=True),
    # SHA-256 of the client's key and of what it asked for: of any length, no text.
    Column("key_digest", Characters, primary_key=True),
    Column("fingerprint_digest", Characters, nullable=False),
    Column("generation_id", Characters, nullable=False, index=True),
    Column("at", BigInteger, nullable=False, index=True),
)

budgets: Final = Table(
    "budgets",
    metadata,
    # A principal, an API key or the service.
    Column("owner", Characters, primary_key=True),
    # The month or the day, as in 2026-11 and 2026-11-23.
    Column("period", Characters, primary_key=True),
    # Null once the limit was lifted: what is held and spent is counted on.
    Column("limit_pusd", BigInteger),
    Column("spent_pusd", BigInteger, nullable=False, server_default=text("0")),
    Column("reserved_pusd", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("limit_pusd >= 0", name="limit"),
    CheckConstraint("spent_pusd >= 0", name="spent"),
    CheckConstraint("reserved_pusd >= 0", name="reserved"),
)

shares: Final = Table(
    "shares",
    metadata,
    Column("id", Characters, primary_key=True),
    Column(
        "conversation_id",
        Characters,
        ForeignKey(conversations.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    # SHA-256 of the token in the link, which is kept nowhere.
    Column("token_digest", Characters, nullable=False, unique=True),
    Column("title", Characters, nullable=False),
    Column("message_count", Integer, nullable=False),
    # JSON; null once the share was revoked, or some time after it expired.
    Column("snapshot", Characters),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("revoked_at", BigInteger),
)
