"""The Alembic environment: `env` runs the revisions in `versions`."""
