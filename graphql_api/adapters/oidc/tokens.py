"""Checks tokens: a signature by a known key, and claims that mean us and now.

The library decides nothing by itself: which algorithms there are, which key is used
and which claims must stand there is said here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from joserfc.util import urlsafe_b64decode

from graphql_api.adapters.oidc.discovery import Discovery
from graphql_api.errors import Unauthenticated

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
# Not those of a sign-out, for example, which the same provider signs for us.
_TYPES: Final = ("jwt", "at+jwt")
MAX_TOKEN_CHARS: Final = 8_192
LEEWAY_S: Final = 60
_MAX_SUBJECT_CHARS: Final = 255
# The end of the year 9999, as far as a datetime goes.
_LAST_S: Final = 253_402_300_799
_BAD: Final = "The bearer token is worth nothing here"
_REASONS: Final = {
    "iss": "another issuer made it",
    "aud": "it is meant for another service",
    "nbf": "it is not valid yet",
    "iat": "it comes from the future",
    "sub": "it names nobody",
    "nonce": "it belongs to another sign-in",
}
# What a library raises for bytes that somebody else chose.
_BROKEN: Final = (JoseError, ValueError, TypeError, KeyError, AttributeError)


class _Pinned(JWSRegistry):
    """Our algorithms, without a word about which of them will be renamed."""

    def get_alg(self, name: str) -> Any:  # noqa: ANN401 the library hides its type
        if name not in ALGORITHMS:
            raise Unauthenticated(f"{_BAD}: its algorithm is not allowed.")
        return self.algorithms[name]


_REGISTRY: Final = _Pinned(algorithms=ALGORITHMS, strict_check_header=False)


class _Header(msgspec.Struct):
    alg: str
    kid: str | None = None
    typ: str | None = None
    crit: object = None


_HEADER: Final = msgspec.json.Decoder(_Header)


async def claims_of(
    token: str,
    discovery: Discovery,
    *,
    issuer: str,
    audience: str,
    now: datetime,
    nonce: str | None = None,
) -> Mapping[str, Any]:
    """The claims of a token that is worth something; none of it is in an error.

    Args:
        token: As it came.
        discovery: Knows the issuer's keys.
        issuer: Who must have made it.
        audience: Whom it must be meant for.
        now: The present instant.
        nonce: The sign-in that it must belong to; None: to none.

    Raises:
        Unauthenticated: It is worth nothing.
        IdentityUnavailable: The keys cannot be found out now.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise Unauthenticated(f"{_BAD}: it is over {MAX_TOKEN_CHARS:,} characters.")
    header = _header(token)
    # Before the keys: nothing is fetched for what cannot be checked by them.
    if header.alg not in ALGORITHMS or header.crit is not None:
        raise Unauthenticated(f"{_BAD}: its algorithm is not allowed.")
    if (header.typ or "jwt").lower().removeprefix("application/") not in _TYPES:
        raise Unauthenticated(f"{_BAD}: it is of another kind.")
    key = await discovery.key(header.kid)
    if key is None or key.alg not in {None, header.alg}:
        raise Unauthenticated(f"{_BAD}: its key is unknown.")
    try:
        claims = jwt.decode(token, key, registry=_REGISTRY).claims
    except (*_BROKEN, RecursionError):
        raise Unauthenticated(f"{_BAD}: its signature is wrong.") from None
    _check(claims, issuer=issuer, audience=audience, now=now, nonce=nonce)
    return claims


def expiry(claims: Mapping[str, Any]) -> datetime:
    """When a checked token ends, with the leeway that it is given."""
    return datetime.fromtimestamp(min(claims["exp"] + LEEWAY_S, _LAST_S), UTC)


def _header(token: str) -> _Header:
    try:
        return _HEADER.decode(urlsafe_b64decode(token.split(".", 1)[0].encode()))
    except (ValueError, RecursionError):
        raise Unauthenticated(f"{_BAD}: it is no signed token.") from None


def _check(
    claims: dict[str, Any],
    *,
    issuer: str,
    audience: str,
    now: datetime,
    nonce: str | None,
) -> None:
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": audience},
        "exp": {"essential": True},
        "sub": {"essential": True},
    }
    if nonce is not None:
        wanted |= {
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
    at_s = int(now.timestamp())
    try:
        JWTClaimsRegistry(now=at_s, leeway=LEEWAY_S, **wanted).validate(claims)
    except ExpiredTokenError:
        raise Unauthenticated(f"{_BAD}: it has expired.") from None
    except InvalidClaimError as error:
        reason = _REASONS.get(error.claim, "its claims are wrong")
        raise Unauthenticated(f"{_BAD}: {reason}.") from None
    except JoseError:
        raise Unauthenticated(f"{_BAD}: claims are missing.") from None
    if len(claims["sub"]) > _MAX_SUBJECT_CHARS:
        raise Unauthenticated(f"{_BAD}: it names nobody.")
    if nonce is not None and isinstance(claims["aud"], list):
        _check_party(claims, audience)


def _check_party(claims: Mapping[str, Any], audience: str) -> None:
    """A token for several must have been made for us (OpenID Core, 3.1.3.7)."""
    several = len(claims["aud"]) > 1
    if claims.get("azp", None if several else audience) != audience:
        raise Unauthenticated(f"{_BAD}: it was made for another client.")
