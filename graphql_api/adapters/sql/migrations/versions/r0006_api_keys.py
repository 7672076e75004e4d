"""What is known of principals, and their API keys.

Revision ID: r0006
"""

from typing import Final

from alembic import op

revision: Final = "r0006"
down_revision: Final = "r0005"

# Those that are there are of a machine without a login.
_STATEMENTS: Final = """
ALTER TABLE principals ADD COLUMN kind TEXT NOT NULL DEFAULT 'LOCAL'
    CONSTRAINT ck_principals_kind
    CHECK (kind IN ('LOCAL', 'USER', 'GUEST', 'SERVICE'));

ALTER TABLE principals ADD COLUMN name TEXT NOT NULL DEFAULT '';

ALTER TABLE principals ADD COLUMN limits TEXT;

ALTER TABLE principals ADD COLUMN issuer TEXT;

ALTER TABLE principals ADD COLUMN subject TEXT;

ALTER TABLE principals ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX uq_principals_issuer ON principals (issuer, subject);

CREATE TABLE api_keys (
    id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    limits TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    used_at BIGINT,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_principal_id
        FOREIGN KEY (principal_id) REFERENCES principals (id)
);

CREATE INDEX ix_api_keys_principal_id ON api_keys (principal_id)
"""


def upgrade() -> None:
    """Add the columns and the table."""
    for statement in _STATEMENTS.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
