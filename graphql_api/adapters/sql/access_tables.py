"""What is stored of who may come in, as in `tables`."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Table

from graphql_api.adapters.sql.tables import Characters, metadata, principals

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", Characters, primary_key=True),
    Column(
        "principal_id",
        Characters,
        ForeignKey(principals.c.id),
        nullable=False,
        index=True,
    ),
    Column("name", Characters, nullable=False),
    # SHA-256 of the key, which is kept nowhere.
    Column("digest", Characters, nullable=False),
    Column("hint", Characters, nullable=False),
    # Names with spaces between them.
    Column("scopes", Characters, nullable=False),
    Column("limits", Characters, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("used_at", BigInteger),
)

sessions: Final = Table(
    "sessions",
    metadata,
    # SHA-256 of the token in the cookie, which is kept nowhere.
    Column("digest", Characters, primary_key=True),
    Column("principal_id", Characters, ForeignKey(principals.c.id), nullable=False),
    # As the provider had verified it at this sign-in.
    Column("email", Characters),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger, nullable=False),
)
