"""What each row of the ledger was for: an answer, or a title.

Revision ID: r0002
"""

from typing import Final

from alembic import op

revision: Final = "r0002"
down_revision: Final = "r0001"

_PURPOSE: Final = """
ALTER TABLE ledger ADD COLUMN purpose TEXT NOT NULL DEFAULT 'ANSWER'
    CONSTRAINT ck_ledger_purpose CHECK (purpose IN ('ANSWER', 'TITLE'))
"""


def upgrade() -> None:
    """Add the column; all that was charged so far were answers."""
    op.get_bind().exec_driver_sql(_PURPOSE)
