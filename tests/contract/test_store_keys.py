"""API keys and their principals over every database."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from graphql_api.domain.access import (
    ApiKey,
    Limits,
    Principal,
    PrincipalKind,
    Scope,
    key_digest,
)
from graphql_api.domain.administration import AuditAction
from tests.contract.store_data import LATER, NOW, done
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
BOT = Principal(
    id="usr_bot",
    kind=PrincipalKind.SERVICE,
    name="Röbot 🤖",
    created_at=NOW,
    limits=Limits(concurrent=3, monthly_usd=Decimal("1.000001")),
)
KEY = ApiKey(
    id="key_1",
    principal_id=BOT.id,
    name="CI",
    scopes=frozenset({Scope.READ, Scope.CHAT}),
    limits=Limits(requests_per_minute=60, daily_usd=Decimal("0.1")),
    hint="utBM",
    created_at=NOW,
    expires_at=NOW + timedelta(days=30),
)
DIGEST = key_digest("sk-sidekick-1-secret")


@pytest.fixture
async def stored(store: SqlStore) -> SqlStore:
    await store.principals.add(BOT)
    await store.api_keys.create(KEY, DIGEST, done(AuditAction.CREATE_API_KEY))
    return store


async def test_a_key_is_found_with_its_digest_and_its_principal(
    stored: SqlStore,
) -> None:
    found = await stored.api_keys.find(KEY.id)
    assert found is not None
    assert (found.key, found.digest, found.principal) == (KEY, DIGEST, BOT)
    assert await stored.api_keys.find("key_2") is None


async def test_a_principal_that_is_there_stays_as_it_is(stored: SqlStore) -> None:
    await stored.principals.add(replace(BOT, name="Somebody else", limits=None))
    assert await stored.principals.find(BOT.id) == BOT
    assert await stored.principals.find("usr_nobody") is None


async def test_a_key_is_revoked_once(stored: SqlStore) -> None:
    ended = done(AuditAction.REVOKE_API_KEY, "aud_2", at=LATER)
    later = replace(ended, id="aud_3", at=LATER + timedelta(days=1))
    revoked = await stored.api_keys.revoke(KEY.id, ended)
    again = await stored.api_keys.revoke(KEY.id, later)
    assert revoked == again == replace(KEY, revoked_at=LATER)
    assert await stored.api_keys.revoke("key_2", later) is None


async def test_keys_are_listed_newest_first_of_one_or_of_all(stored: SqlStore) -> None:
    other = replace(BOT, id="usr_other")
    await stored.principals.add(other)
    newer = replace(KEY, id="key_2", principal_id=other.id, created_at=LATER)
    await stored.api_keys.create(newer, DIGEST, done(AuditAction.CREATE_API_KEY, "a"))
    assert await stored.api_keys.list(None) == [newer, KEY]
    assert await stored.api_keys.list(BOT.id) == [KEY]


async def test_it_is_kept_when_a_key_was_used(stored: SqlStore) -> None:
    await stored.api_keys.used([KEY.id, "key_2"], at=LATER)
    assert await stored.api_keys.list(BOT.id) == [replace(KEY, used_at=LATER)]
