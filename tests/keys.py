"""API keys for tests, made as the command line makes them."""

from pathlib import Path

from graphql_api.adapters.data_folder import DATABASE
from graphql_api.adapters.sql.engine import open_store
from graphql_api.domain.access import UNLIMITED, ApiKey, Limits, Scope
from graphql_api.domain.administration import COMMAND_LINE
from graphql_api.key_commands import keys_of
from graphql_api.services.keys import NewKey

EVERY_SCOPE = frozenset(Scope)


async def new_key(
    folder: Path,
    *scopes: Scope,
    principal_id: str | None = None,
    limits: Limits = UNLIMITED,
) -> tuple[ApiKey, str]:
    """Make a key in the database of a data folder, beside a running server."""
    wanted = NewKey(
        name="Bot",
        scopes=frozenset(scopes) or EVERY_SCOPE,
        principal_id=principal_id,
        limits=limits,
    )
    async with open_store(folder / DATABASE) as store:
        return await keys_of(store).create(wanted, by=COMMAND_LINE)


async def revoke(folder: Path, key_id: str) -> None:
    """Revoke a key as another process does."""
    async with open_store(folder / DATABASE) as store:
        await keys_of(store).revoke(key_id, by=COMMAND_LINE)


async def used(folder: Path, key_id: str) -> bool:
    """Whether a key was used."""
    async with open_store(folder / DATABASE) as store:
        found = await store.api_keys.find(key_id)
        return found is not None and found.key.used_at is not None
