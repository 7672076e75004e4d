"""Accounts of principals, keys and the service, for days and months.

Revision ID: r0007
"""

from typing import Final

from alembic import op

revision: Final = "r0007"
down_revision: Final = "r0006"

# An account belongs to others than principals too, and a limit can be lifted.
_BUDGETS_POSTGRESQL: Final = """
ALTER TABLE budgets DROP CONSTRAINT fk_budgets_principal_id;

ALTER TABLE budgets RENAME COLUMN principal_id TO owner;

ALTER TABLE budgets ALTER COLUMN limit_pusd DROP NOT NULL
"""
# SQLite can do none of this but the new name: the rows move to a new table.
_BUDGETS_SQLITE: Final = """
ALTER TABLE budgets RENAME TO old_budgets;

CREATE TABLE budgets (
    owner TEXT NOT NULL,
    period TEXT NOT NULL,
    limit_pusd BIGINT,
    spent_pusd BIGINT DEFAULT 0 NOT NULL,
    reserved_pusd BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_budgets PRIMARY KEY (owner, period),
    CONSTRAINT ck_budgets_limit CHECK (limit_pusd >= 0),
    CONSTRAINT ck_budgets_spent CHECK (spent_pusd >= 0),
    CONSTRAINT ck_budgets_reserved CHECK (reserved_pusd >= 0)
);

INSERT INTO budgets (owner, period, limit_pusd, spent_pusd, reserved_pusd)
SELECT principal_id, period, limit_pusd, spent_pusd, reserved_pusd FROM old_budgets;

DROP TABLE old_budgets
"""
_MESSAGES: Final = """
ALTER TABLE messages ADD COLUMN key_id TEXT;

ALTER TABLE messages RENAME COLUMN budget_period TO held_in;

UPDATE messages SET held_in = 'VIEWER/' || held_in WHERE held_in IS NOT NULL
"""
_RUNS: Final = """
CREATE TABLE runs (
    generation_id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    key_id TEXT,
    conversation_id TEXT,
    purpose TEXT NOT NULL,
    model_name TEXT NOT NULL,
    assistant_key TEXT NOT NULL,
    reserve_pusd BIGINT,
    held_in TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT pk_runs PRIMARY KEY (generation_id),
    CONSTRAINT ck_runs_purpose CHECK (purpose IN ('ANSWER', 'TITLE'))
)
"""
_LEDGER_POSTGRESQL: Final = """
ALTER TABLE ledger ADD COLUMN key_id TEXT;

ALTER TABLE ledger ALTER COLUMN conversation_id DROP NOT NULL
"""
_LEDGER_SQLITE: Final = """
ALTER TABLE ledger RENAME TO old_ledger;

CREATE TABLE ledger (
    generation_id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    key_id TEXT,
    conversation_id TEXT,
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
    purpose TEXT DEFAULT 'ANSWER' NOT NULL,
    CONSTRAINT pk_ledger PRIMARY KEY (generation_id),
    CONSTRAINT ck_ledger_purpose CHECK (purpose IN ('ANSWER', 'TITLE'))
);

INSERT INTO ledger (
    generation_id, principal_id, conversation_id, model_name, assistant_key,
    prompt_tokens, completion_tokens, cached_prompt_tokens, cache_write_tokens,
    reasoning_tokens, tokens_estimated, cost_pusd, at, purpose)
SELECT
    generation_id, principal_id, conversation_id, model_name, assistant_key,
    prompt_tokens, completion_tokens, cached_prompt_tokens, cache_write_tokens,
    reasoning_tokens, tokens_estimated, cost_pusd, at, purpose
FROM old_ledger;

DROP TABLE old_ledger;

CREATE INDEX ix_ledger_principal_id_at ON ledger (principal_id, at);

CREATE INDEX ix_ledger_principal_id_conversation_id
    ON ledger (principal_id, conversation_id)
"""
_INDEXES: Final = """
CREATE INDEX ix_ledger_at ON ledger (at);

CREATE INDEX ix_ledger_key ON ledger (key_id, at) WHERE key_id IS NOT NULL
"""


def upgrade() -> None:
    """Give old accounts their owners; all that was paid so far came without a key."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    budgets = _BUDGETS_SQLITE if sqlite else _BUDGETS_POSTGRESQL
    ledger = _LEDGER_SQLITE if sqlite else _LEDGER_POSTGRESQL
    for step in (budgets, _MESSAGES, _RUNS, ledger, _INDEXES):
        for statement in step.split(";\n\n"):
            op.get_bind().exec_driver_sql(statement)
