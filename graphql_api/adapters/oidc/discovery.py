"""The provider's addresses and keys, as it announces them.

What it announces is believed only where it can do no harm: its name must be exactly
the one in the settings, and every address safe to send secrets to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from graphql_api.adapters.oidc.keeping import Kept
from graphql_api.adapters.oidc.web import fetch, is_safe
from graphql_api.errors import IdentityUnavailable

PublicKey = RSAKey | ECKey | OKPKey
MAX_AGE_S: Final = 600.0
PAUSE_S: Final = 10.0
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_MOST_KEYS: Final = 50
_LEAST_RSA_BITS: Final = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the provider does what; ``logout`` is None where it need not be told."""

    authorize: str
    token: str
    keys: str
    logout: str | None
    secret_in_body: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """The provider's public keys for signatures."""

    keys: Sequence[PublicKey]

    def find(self, kid: str | None) -> PublicKey | None:
        """The key of a name; a token without one can only mean the only one."""
        if kid is None:
            return self.keys[0] if len(self.keys) == 1 else None
        return next((key for key in self.keys if key.kid == kid), None)


class _Document(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None

    def secret_in_body(self) -> bool:
        methods = self.token_endpoint_auth_methods_supported or ["client_secret_basic"]
        return "client_secret_basic" not in methods and "client_secret_post" in methods


class _Announced(msgspec.Struct):
    keys: list[dict[str, Any]]


class Discovery:
    """Knows the provider by its discovery document."""

    def __init__(self, issuer: str, client: httpx2.AsyncClient) -> None:
        self._issuer = issuer
        self._client = client
        self._addresses = Kept(
            self._fetch_addresses, max_age_s=MAX_AGE_S, pause_s=PAUSE_S
        )
        self._keys = Kept(self._fetch_keys, max_age_s=MAX_AGE_S, pause_s=PAUSE_S)

    async def addresses(self) -> Addresses:
        """Where the provider does what.

        Raises:
            IdentityUnavailable: It cannot be found out now.
        """
        return await self._addresses.get()

    async def key(self, kid: str | None) -> PublicKey | None:
        """The key of a name; None: the provider has none, as far as we know.

        Raises:
            IdentityUnavailable: It cannot be found out now.
        """
        known = await self._keys.get()
        found = known.find(kid)
        if found is not None or kid is None:
            return found
        return (await self._keys.newer(known)).find(kid)

    async def aclose(self) -> None:
        """Stop asking."""
        await self._keys.aclose()
        await self._addresses.aclose()

    async def _fetch_addresses(self) -> Addresses:
        address = self._issuer.rstrip("/") + _WELL_KNOWN
        document = await fetch(self._client, address, _Document)
        if document.issuer != self._issuer:
            msg = "The sign-in service names itself otherwise than SIDEKICK_OIDC_ISSUER"
            raise IdentityUnavailable(f"{msg} does.")
        found = Addresses(
            authorize=document.authorization_endpoint,
            token=document.token_endpoint,
            keys=document.jwks_uri,
            logout=document.end_session_endpoint,
            secret_in_body=document.secret_in_body(),
        )
        for one in (found.authorize, found.token, found.keys, found.logout):
            if one is not None and not is_safe(one, issuer=self._issuer):
                msg = "The sign-in service announces an address that is not https."
                raise IdentityUnavailable(msg)
        return found

    async def _fetch_keys(self) -> Keys:
        addresses = await self._addresses.get()
        announced = await fetch(self._client, addresses.keys, _Announced)
        read = [_key(one) for one in announced.keys[:_MOST_KEYS]]
        return Keys([key for key in read if key is not None])


def _key(announced: dict[str, Any]) -> PublicKey | None:
    """A public key for signatures; None: it is something else, and not for us."""
    if announced.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(announced)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        return None
    # A shared secret that everybody can read would make everybody an issuer.
    if not isinstance(key, RSAKey | ECKey | OKPKey) or key.is_private:
        return None
    weak = isinstance(key, RSAKey) and key.raw_value.key_size < _LEAST_RSA_BITS
    return None if weak else key
