"""What was chosen for the next answers of each conversation.

Revision ID: r0005
"""

from typing import Final

from alembic import op

revision: Final = "r0005"
down_revision: Final = "r0004"


def upgrade() -> None:
    """Add the column; nothing was chosen so far."""
    op.get_bind().exec_driver_sql("ALTER TABLE conversations ADD COLUMN options TEXT")
