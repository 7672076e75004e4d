"""The `Seals` of a secret: JSON Web Tokens that are good for one purpose each.

Each purpose has a key, a type and an audience of its own, so that a token can be
nothing else: neither a guest's identity a sign-in, nor either of them a bearer token.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from graphql_api.ports.identity import Purpose

_ALGORITHM: Final = "HS256"
_MAX_CHARS: Final = 4_096


class SecretSeals:
    """Signs with keys that are made of one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def seal(
        self, purpose: Purpose, values: Mapping[str, str], /, *, until: datetime
    ) -> str:
        """Values as text that can stand in a cookie."""
        header = {"alg": _ALGORITHM, "typ": _type(purpose)}
        claims: dict[str, Any] = {
            "aud": _audience(purpose),
            "exp": int(until.timestamp()),
            "values": dict(values),
        }
        return jwt.encode(header, claims, self._key(purpose), [_ALGORITHM])

    def open(
        self, purpose: Purpose, sealed: str, /, *, at: datetime
    ) -> Mapping[str, str] | None:
        """The values; None: not sealed here, for something else, or too old."""
        if len(sealed) > _MAX_CHARS:
            return None
        wanted = JWTClaimsRegistry(
            now=int(at.timestamp()),
            aud={"essential": True, "value": _audience(purpose)},
            exp={"essential": True},
        )
        try:
            token = jwt.decode(sealed, self._key(purpose), [_ALGORITHM])
            wanted.validate(token.claims)
        # What others put into a cookie can be anything.
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            return None
        if token.header.get("typ") != _type(purpose):
            return None
        return dict(token.claims["values"])

    def _key(self, purpose: Purpose) -> OctKey:
        derived = hmac.digest(self._secret, f"sidekick {purpose}".encode(), sha256)
        return OctKey.import_key(derived)


def _type(purpose: Purpose) -> str:
    return f"sidekick-{purpose}+jwt"


def _audience(purpose: Purpose) -> str:
    return f"sidekick:{purpose}"
