"""Browsers that are signed in, and who adopted what a guest had.

Revision ID: r0008
"""

from typing import Final

from alembic import op

revision: Final = "r0008"
down_revision: Final = "r0007"

_STATEMENTS: Final = """
ALTER TABLE principals ADD COLUMN successor_id TEXT
    CONSTRAINT fk_principals_successor_id REFERENCES principals (id);

CREATE TABLE sessions (
    digest TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    email TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (digest),
    CONSTRAINT fk_sessions_principal_id
        FOREIGN KEY (principal_id) REFERENCES principals (id)
);

CREATE INDEX ix_sessions_expires_at ON sessions (expires_at)
"""


def upgrade() -> None:
    """Add the column and the table."""
    for statement in _STATEMENTS.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
