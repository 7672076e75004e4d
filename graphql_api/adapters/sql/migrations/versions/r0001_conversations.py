"""Conversations, messages, the ledger, keys and budgets, and their search.

Revision ID: r0001
"""

from typing import Final

from alembic import op

revision: Final = "r0001"
down_revision: Final = None

_TABLES: Final = """
CREATE TABLE principals (
    id TEXT NOT NULL,
    CONSTRAINT pk_principals PRIMARY KEY (id)
);

CREATE TABLE conversations (
    seq {row_number} NOT NULL,
    id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    title TEXT NOT NULL,
    titled_by TEXT NOT NULL,
    assistant_key TEXT NOT NULL,
    archived BOOLEAN NOT NULL,
    leaf_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT pk_conversations PRIMARY KEY (seq),
    CONSTRAINT uq_conversations_id UNIQUE (id),
    CONSTRAINT fk_conversations_principal_id
        FOREIGN KEY (principal_id) REFERENCES principals (id),
    CONSTRAINT ck_conversations_titled_by
        CHECK (titled_by IN ('NOBODY', 'RULE', 'MODEL', 'USER'))
);

CREATE INDEX ix_conversations_principal_id_archived_updated_at_id
    ON conversations (principal_id, archived, updated_at, id);

CREATE TABLE messages (
    seq {row_number} NOT NULL,
    id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    parent_id TEXT,
    depth INTEGER NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    generation_id TEXT,
    model_name TEXT,
    assistant_key TEXT,
    prompt_tokens BIGINT,
    completion_tokens BIGINT,
    cached_prompt_tokens BIGINT,
    cache_write_tokens BIGINT,
    reasoning_tokens BIGINT,
    tokens_estimated BOOLEAN,
    receipt TEXT,
    finish_reason TEXT,
    problem TEXT,
    rating TEXT,
    comment TEXT,
    rated_at BIGINT,
    owner TEXT,
    epoch INTEGER DEFAULT 1 NOT NULL,
    reserve_pusd BIGINT,
    budget_period TEXT,
    settle_token TEXT,
    CONSTRAINT pk_messages PRIMARY KEY (seq),
    CONSTRAINT uq_messages_id UNIQUE (id),
    CONSTRAINT uq_messages_generation_id UNIQUE (generation_id),
    CONSTRAINT fk_messages_conversation_id
        FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT fk_messages_parent_id FOREIGN KEY (parent_id) REFERENCES messages (id),
    CONSTRAINT ck_messages_role CHECK (role IN ('USER', 'ASSISTANT')),
    CONSTRAINT ck_messages_status CHECK (status IN (
        'QUEUED', 'STREAMING', 'COMPLETED', 'STOPPED', 'INTERRUPTED', 'FAILED'))
);

CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);

CREATE INDEX ix_messages_parent_id ON messages (parent_id);

CREATE UNIQUE INDEX uq_messages_running ON messages (conversation_id)
    WHERE status IN ('QUEUED', 'STREAMING');

CREATE TABLE ledger (
    generation_id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    model_name TEXT NOT NULL,
    assistant_key TEXT NOT NULL,
    prompt_tokens BIGINT,
    completion_tokens BIGINT,
    cached_prompt_tokens BIGINT,
    cache_write_tokens BIGINT,
    reasoning_tokens BIGINT,
    tokens_estimated BOOLEAN NOT NULL,
    cost_pusd BIGINT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_ledger PRIMARY KEY (generation_id)
);

CREATE INDEX ix_ledger_principal_id_at ON ledger (principal_id, at);

CREATE INDEX ix_ledger_principal_id_conversation_id
    ON ledger (principal_id, conversation_id);

CREATE TABLE idempotency (
    principal_id TEXT NOT NULL,
    key_digest TEXT NOT NULL,
    fingerprint_digest TEXT NOT NULL,
    generation_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (principal_id, key_digest)
);

CREATE INDEX ix_idempotency_generation_id ON idempotency (generation_id);

CREATE INDEX ix_idempotency_at ON idempotency (at);

CREATE TABLE budgets (
    principal_id TEXT NOT NULL,
    period TEXT NOT NULL,
    limit_pusd BIGINT NOT NULL,
    spent_pusd BIGINT DEFAULT 0 NOT NULL,
    reserved_pusd BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_budgets PRIMARY KEY (principal_id, period),
    CONSTRAINT fk_budgets_principal_id
        FOREIGN KEY (principal_id) REFERENCES principals (id),
    CONSTRAINT ck_budgets_limit CHECK (limit_pusd >= 0),
    CONSTRAINT ck_budgets_spent CHECK (spent_pusd >= 0),
    CONSTRAINT ck_budgets_reserved CHECK (reserved_pusd >= 0)
)
"""

# The indexes hold no copy of the texts. They are told of a text once it is final, so
# that an answer being written costs no index entry a second.
_SEARCH_SQLITE: Final = """
CREATE VIRTUAL TABLE conversation_words USING fts5(
    title, content='conversations', content_rowid='seq',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3');

CREATE TRIGGER conversation_words_added AFTER INSERT ON conversations BEGIN
    INSERT INTO conversation_words (rowid, title) VALUES (new.seq, new.title);
END;

CREATE TRIGGER conversation_words_changed AFTER UPDATE OF title ON conversations
BEGIN
    INSERT INTO conversation_words (conversation_words, rowid, title)
    VALUES ('delete', old.seq, old.title);
    INSERT INTO conversation_words (rowid, title) VALUES (new.seq, new.title);
END;

CREATE TRIGGER conversation_words_removed AFTER DELETE ON conversations BEGIN
    INSERT INTO conversation_words (conversation_words, rowid, title)
    VALUES ('delete', old.seq, old.title);
END;

CREATE VIRTUAL TABLE message_words USING fts5(
    content, content='messages', content_rowid='seq',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3');

CREATE TRIGGER message_words_added AFTER INSERT ON messages
WHEN new.status NOT IN ('QUEUED', 'STREAMING') BEGIN
    INSERT INTO message_words (rowid, content) VALUES (new.seq, new.content);
END;

CREATE TRIGGER message_words_settled AFTER UPDATE OF status, content ON messages
WHEN new.status NOT IN ('QUEUED', 'STREAMING') BEGIN
    INSERT INTO message_words (message_words, rowid, content)
    SELECT 'delete', old.seq, old.content
    WHERE old.status NOT IN ('QUEUED', 'STREAMING');
    INSERT INTO message_words (rowid, content) VALUES (new.seq, new.content);
END;

CREATE TRIGGER message_words_removed AFTER DELETE ON messages
WHEN old.status NOT IN ('QUEUED', 'STREAMING') BEGIN
    INSERT INTO message_words (message_words, rowid, content)
    VALUES ('delete', old.seq, old.content);
END
"""

_SEARCH_POSTGRESQL: Final = """
CREATE INDEX conversation_words ON conversations USING gin (to_tsvector('simple',
    translate(left(title, 100000), '/.-_@:+&=?#', '           ')));

CREATE INDEX message_words ON messages USING gin (to_tsvector('simple',
    translate(left(content, 100000), '/.-_@:+&=?#', '           ')))
    WHERE status NOT IN ('QUEUED', 'STREAMING')
"""


def upgrade() -> None:
    """Make the tables."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    tables = _TABLES.format(row_number="INTEGER" if sqlite else "BIGSERIAL")
    search = _SEARCH_SQLITE if sqlite else _SEARCH_POSTGRESQL
    for statement in f"{tables};\n{search}".split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
