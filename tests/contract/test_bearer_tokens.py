"""Which bearer tokens are worth something."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from graphql_api.adapters.oidc.provider import OidcProvider
from graphql_api.errors import Unauthenticated
from tests.contract.conftest import provider_of
from tests.fake_issuer import (
    CLIENT_ID,
    KEYS,
    OTHER_KEY,
    FakeIssuer,
    signed_by_public_key,
    unsigned,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_a_good_token_says_who_comes(
    issuer: FakeIssuer, provider: OidcProvider, alg: str
) -> None:
    found = await provider.check(issuer.token(alg=alg, aud=["x", CLIENT_ID]))
    assert (found.issuer, found.subject, found.name) == (issuer.url, "alice", "Alice")
    assert found.expires_at > datetime.now(UTC)
    assert found.email is None


async def test_only_a_verified_address_is_believed(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    verified = await provider.check(issuer.token(email_verified=True))
    claimed = await provider.check(issuer.token(email_verified="true"))
    assert (verified.email, claimed.email) == ("alice@example.org", None)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "another"}, "another service"),
        ({"aud": ["another", "third"]}, "another service"),
        ({"aud": None}, "missing"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "missing"),
        ({"exp": -61}, "expired"),
        ({"exp": None}, "missing"),
        ({"exp": "tomorrow"}, "claims are wrong"),
        ({"nbf": 3_600}, "not valid yet"),
        ({"iat": 3_600}, "from the future"),
        ({"sub": None}, "missing"),
        ({"sub": ""}, "names nobody"),
        ({"sub": 7}, "names nobody"),
        ({"sub": "x" * 300}, "names nobody"),
    ],
)
async def test_a_token_with_wrong_claims_is_refused(
    issuer: FakeIssuer, provider: OidcProvider, claims: dict[str, object], why: str
) -> None:
    with pytest.raises(Unauthenticated, match=why):
        await provider.check(issuer.token(**claims))


@pytest.mark.parametrize("claims", [{"exp": -30}, {"nbf": 30}])
async def test_clocks_may_differ_by_a_minute(
    issuer: FakeIssuer, provider: OidcProvider, claims: dict[str, object]
) -> None:
    found = await provider.check(issuer.token(**claims))
    assert found.expires_at > datetime.now(UTC)


async def test_a_token_by_another_algorithm_is_refused_before_keys_are_fetched(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    for forged in (unsigned, signed_by_public_key):
        with pytest.raises(Unauthenticated, match="algorithm"):
            await provider.check(forged(issuer.token()))
    assert not issuer.asked


@pytest.mark.parametrize(
    "token",
    ["", "a.b.c", "a", ".", "..", "é.é.é", "\ud800..", "e30.e30.", "W10.W10.x"],
)
async def test_what_is_no_token_is_refused(provider: OidcProvider, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await provider.check(token)


async def test_a_token_that_is_too_long_is_refused(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    with pytest.raises(Unauthenticated, match="8,192"):
        await provider.check(issuer.token(name="x" * 9_000))


async def test_a_token_by_another_key_of_the_same_name_is_refused(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    with pytest.raises(Unauthenticated, match="signature"):
        await provider.check(issuer.token(key=OTHER_KEY, header={"kid": "rsa"}))


@pytest.mark.parametrize("typ", ["logout+jwt", "secevent+jwt", "sidekick-guest+jwt"])
async def test_a_token_of_another_kind_is_refused(
    issuer: FakeIssuer, provider: OidcProvider, typ: str
) -> None:
    with pytest.raises(Unauthenticated, match="kind"):
        await provider.check(issuer.token(header={"typ": typ}))
    known = issuer.token(header={"typ": "application/at+jwt"})
    assert (await provider.check(known)).subject == "alice"


async def test_a_token_must_name_its_key_unless_there_is_one(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    nameless = issuer.token(header={"kid": None})
    with pytest.raises(Unauthenticated, match="key is unknown"):
        await provider.check(nameless)
    issuer.keys = [KEYS["RS256"]]
    alone = provider_of(issuer)
    assert (await alone.check(nameless)).subject == "alice"
    await alone.aclose()


async def test_a_shared_or_private_key_that_is_announced_is_not_taken(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    private = {"keys": [KEYS["RS256"].as_dict(private=True)]}
    issuer.keys_reply = web.json_response(private)
    with pytest.raises(Unauthenticated, match="key is unknown"):
        await provider.check(issuer.token())
