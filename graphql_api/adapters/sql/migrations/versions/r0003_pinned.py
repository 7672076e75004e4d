"""When a conversation was put on top of the list.

Revision ID: r0003
"""

from typing import Final

from alembic import op

revision: Final = "r0003"
down_revision: Final = "r0002"

_COLUMN: Final = "ALTER TABLE conversations ADD COLUMN pinned_at BIGINT"
_INDEX: Final = """
CREATE INDEX ix_conversations_pinned ON conversations (principal_id, pinned_at)
    WHERE pinned_at IS NOT NULL
"""


def upgrade() -> None:
    """Add the column; nothing is pinned so far."""
    op.get_bind().exec_driver_sql(_COLUMN)
    op.get_bind().exec_driver_sql(_INDEX)
