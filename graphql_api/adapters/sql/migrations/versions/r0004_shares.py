"""Copies of conversations behind links.

Revision ID: r0004
"""

from typing import Final

from alembic import op

revision: Final = "r0004"
down_revision: Final = "r0003"

_SHARES: Final = """
CREATE TABLE shares (
    id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    token_digest TEXT NOT NULL,
    title TEXT NOT NULL,
    message_count INTEGER NOT NULL,
    snapshot TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT pk_shares PRIMARY KEY (id),
    CONSTRAINT uq_shares_token_digest UNIQUE (token_digest),
    CONSTRAINT fk_shares_conversation_id
        FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);

CREATE INDEX ix_shares_conversation_id ON shares (conversation_id);

CREATE INDEX ix_shares_expires_at ON shares (expires_at)
"""


def upgrade() -> None:
    """Make the table."""
    for statement in _SHARES.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
