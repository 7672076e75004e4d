"""What Alembic runs: the upgrade within the transaction that `migrate` has begun."""

from alembic import context

from graphql_api.adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata
)
context.run_migrations()
