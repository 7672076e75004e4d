"""What is stored of administration, as in `tables`."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Table

from graphql_api.adapters.sql.tables import Characters, metadata

# Triggers in `migrations` refuse to change or delete a row. It names what it is about
# without foreign keys: it outlives all of that.
audit: Final = Table(
    "audit",
    metadata,
    Column("id", Characters, primary_key=True),
    Column("at", BigInteger, nullable=False),
    # Null: on the command line.
    Column("principal_id", Characters),
    Column("key_id", Characters),
    Column("action", Characters, nullable=False),
    Column("subject", Characters, nullable=False),
    # A JSON object of texts.
    Column("details", Characters, nullable=False),
    Index(None, "at", "id"),
)

switches: Final = Table(
    "switches",
    metadata,
    Column("name", Characters, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    # Whose doing that is, as in the audit log.
    Column("principal_id", Characters),
    Column("key_id", Characters),
    Column("reason", Characters, nullable=False),
)
