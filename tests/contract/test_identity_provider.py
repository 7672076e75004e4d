"""The provider: what it may announce, and what a code is worth."""

import asyncio
import logging

import pytest
from aiohttp import web

from graphql_api.adapters.oidc import web as oidc_web
from graphql_api.adapters.oidc.provider import OidcProvider
from graphql_api.domain.identity import Attempt
from graphql_api.errors import IdentityUnavailable, Unauthenticated
from tests.contract.conftest import provider_of
from tests.fake_issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    OTHER_KEY,
    FakeIssuer,
)

pytestmark = pytest.mark.anyio
HUGE = b'{"keys": [' + b" " * 300_000 + b"]}"
ATTEMPT = Attempt(state="state", nonce="nonce", verifier="v" * 43, return_to="/")


async def test_known_keys_are_good_while_the_provider_is_away(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    await provider.check(issuer.token())
    issuer.keys_reply = web.Response(status=500)
    provider._discovery._keys._pause_s = 0
    with pytest.raises(IdentityUnavailable):
        await provider.check(issuer.token(header={"kid": "rotated"}))
    assert (await provider.check(issuer.token())).subject == "alice"


async def test_rotated_keys_are_found(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    await provider.check(issuer.token())
    issuer.keys = [OTHER_KEY]
    provider._discovery._keys._pause_s = 0
    assert (await provider.check(issuer.token(key=OTHER_KEY))).subject == "alice"
    with pytest.raises(Unauthenticated):
        await provider.check(issuer.token())


async def test_a_flood_of_unknown_keys_is_one_request(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    tokens = [issuer.token(header={"kid": f"random-{n}"}) for n in range(40)]
    found = await asyncio.gather(
        *(provider.check(token) for token in tokens), return_exceptions=True
    )
    assert all(isinstance(one, Unauthenticated) for one in found)
    assert issuer.asked["keys"] == 1
    await provider.check(issuer.token())
    assert issuer.asked["document"] == 1


@pytest.mark.parametrize(
    "reply",
    [
        web.Response(body=HUGE),
        web.Response(status=302, headers={"location": "http://127.0.0.1:1/keys"}),
        web.Response(status=500),
        web.Response(text="<html>"),
        web.Response(text='{"keys": 1}'),
        web.Response(body=b"[" * 100_000),
        web.Response(body=b"x", headers={"content-encoding": "gzip"}),
    ],
)
async def test_keys_that_cannot_be_had_are_a_failure_that_passes(
    issuer: FakeIssuer, provider: OidcProvider, reply: web.Response
) -> None:
    issuer.keys_reply = reply
    with pytest.raises(IdentityUnavailable) as failed:
        await provider.check(issuer.token())
    assert failed.value.retryable
    with pytest.raises(IdentityUnavailable):
        await provider.check(issuer.token())
    assert issuer.asked["keys"] == 1


async def test_keys_that_take_too_long_are_not_waited_for(
    issuer: FakeIssuer, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_web, "WAIT_S", 0.1)
    issuer.keys_reply = asyncio.Event()
    with pytest.raises(IdentityUnavailable):
        await provider.check(issuer.token())


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"jwks_uri": "http://evil.example/keys"},
        {"token_endpoint": "https://user@evil.example/"},
        {"token_endpoint": "ftp://evil.example/"},
        {"end_session_endpoint": "javascript:alert(1)"},
    ],
)
async def test_a_provider_that_announces_nonsense_is_not_believed(
    issuer: FakeIssuer, provider: OidcProvider, document: dict[str, object]
) -> None:
    issuer.document = document
    with pytest.raises(IdentityUnavailable):
        await provider.login_address(ATTEMPT)


async def test_an_issuer_is_compared_exactly(issuer: FakeIssuer) -> None:
    almost = provider_of(issuer, issuer=f"{issuer.url}/")
    with pytest.raises(IdentityUnavailable, match="SIDEKICK_OIDC_ISSUER"):
        await almost.check(issuer.token())
    await almost.aclose()


async def test_a_code_is_worth_one_sign_in(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    back = issuer.visit(await provider.login_address(ATTEMPT))
    code = back.partition("code=")[2].partition("&")[0]
    assert (await provider.redeem(ATTEMPT, code)).subject == "alice"
    with pytest.raises(Unauthenticated, match="sign in again"):
        await provider.redeem(ATTEMPT, code)


async def test_a_code_of_another_browser_is_refused(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    issuer.visit(await provider.login_address(ATTEMPT))
    other = Attempt(state="s", nonce="nonce", verifier="w" * 43, return_to="/")
    with pytest.raises(Unauthenticated):
        await provider.redeem(other, "code-0")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "replayed"},
        {"nonce": None},
        {"iat": None},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
    ],
)
async def test_an_id_token_of_another_sign_in_is_refused(
    issuer: FakeIssuer, provider: OidcProvider, claims: dict[str, object]
) -> None:
    issuer.claims = claims
    issuer.visit(await provider.login_address(ATTEMPT))
    with pytest.raises(Unauthenticated):
        await provider.redeem(ATTEMPT, "code-0")


async def test_no_token_code_or_secret_is_shown(
    issuer: FakeIssuer, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "graphql_api")
    token = issuer.token(aud="another")
    with pytest.raises(Unauthenticated) as refused:
        await provider.check(token)
    with pytest.raises(Unauthenticated) as no_code:
        await provider.redeem(ATTEMPT, "canary-code")
    shown = f"{refused.value!r} {no_code.value!r} {provider!r} {ATTEMPT!r}"
    for canary in (token, "canary-code", CLIENT_SECRET, ATTEMPT.verifier):
        assert canary not in shown + caplog.text


@pytest.mark.parametrize(
    ("announced", "secret", "shown"),
    [
        (None, CLIENT_SECRET, ("basic", CLIENT_ID, CLIENT_SECRET)),
        (["client_secret_post"], CLIENT_SECRET, ("post", CLIENT_ID, CLIENT_SECRET)),
        (None, None, ("none", CLIENT_ID, "")),
    ],
)
async def test_the_provider_is_shown_our_secret_as_it_wants(
    issuer: FakeIssuer, announced: object, secret: str | None, shown: tuple[str, ...]
) -> None:
    issuer.document = {"token_endpoint_auth_methods_supported": announced}
    provider = provider_of(issuer, secret=secret)
    issuer.visit(await provider.login_address(ATTEMPT))
    await provider.redeem(ATTEMPT, "code-0")
    await provider.aclose()
    assert issuer.shown == [shown]


async def test_a_provider_without_logout_is_not_told(
    issuer: FakeIssuer, provider: OidcProvider
) -> None:
    issuer.document = {"end_session_endpoint": None}
    assert await provider.logout_address() is None
