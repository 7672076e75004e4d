"""The `IdentityProvider` of a real OpenID provider.

Authlib speaks OAuth to it; what comes back is believed only as far as `tokens` checks
it. Tokens are used once, in the function that gets them, and kept nowhere.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlencode

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

from graphql_api.adapters.oidc import web
from graphql_api.adapters.oidc.discovery import Discovery
from graphql_api.adapters.oidc.tokens import claims_of, expiry
from graphql_api.domain.identity import Attempt, Identity
from graphql_api.errors import IdentityUnavailable, Unauthenticated
from graphql_api.ports.clock import Clock

_SCOPE: Final = "openid profile email"
_NAMES: Final = ("name", "preferred_username", "nickname", "email")
_MAX_NAME_CHARS: Final = 100
_REFUSED: Final = "The sign-in service refused the code; sign in again."
_WORD: Final = re.compile(r"[a-z_]{1,40}")
_NO_TOKEN: Final = "The sign-in service sent no ID token."  # noqa: S105 a sentence
_log = logging.getLogger(__name__)


class OidcProvider:
    """People by OpenID Connect: their bearer tokens, and the dance of signing in."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        audience: str,
        public_url: str,
        clock: Clock,
    ) -> None:
        """Ask nothing yet; the provider may start later than we do.

        Args:
            issuer: Its name, which is its address.
            client_id: Our name there.
            client_secret: Our secret there; None: we have none, only PKCE.
            audience: Whom bearer tokens must be meant for.
            public_url: Our address as people's browsers know it.
            clock: Says whether a token has ended.
        """
        self._issuer = issuer
        self._client_id = client_id
        self._secret = client_secret
        self._audience = audience
        self._home = public_url
        self._callback = f"{public_url}/auth/callback"
        self._clock = clock
        self._tls = ssl.create_default_context()
        self._web = httpx2.AsyncClient(verify=self._tls, **web.options(issuer))
        self._discovery = Discovery(issuer, self._web)

    async def check(self, token: str, /) -> Identity:
        """Whose bearer token it is."""
        return _identity(await self._claims(token, self._audience))

    async def login_address(self, attempt: Attempt, /) -> str:
        """Where the browser goes to sign in."""
        addresses = await self._discovery.addresses()
        async with self._oauth(in_body=addresses.secret_in_body) as oauth:
            address, _ = oauth.create_authorization_url(
                addresses.authorize,
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(address)

    async def redeem(self, attempt: Attempt, code: str, /) -> Identity:
        """Who signed in, for the code that the browser brought back."""
        addresses = await self._discovery.addresses()
        async with self._oauth(in_body=addresses.secret_in_body) as oauth:
            answer = await _exchanged(oauth, addresses.token, attempt, code)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise IdentityUnavailable(_NO_TOKEN)
        claims = await self._claims(id_token, self._client_id, nonce=attempt.nonce)
        return _identity(claims)

    async def logout_address(self) -> str | None:
        """Where the browser goes to sign out there, too; None: it need not.

        Without the ID token as a hint, which we do not keep: the provider may ask.
        """
        address = (await self._discovery.addresses()).logout
        if address is None:
            return None
        asked = {
            "client_id": self._client_id,
            "post_logout_redirect_uri": f"{self._home}/",
        }
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def aclose(self) -> None:
        """Close all connections."""
        await self._discovery.aclose()
        await self._web.aclose()

    async def _claims(
        self, token: str, audience: str, *, nonce: str | None = None
    ) -> Mapping[str, Any]:
        return await claims_of(
            token,
            self._discovery,
            issuer=self._issuer,
            audience=audience,
            now=self._clock.now(),
            nonce=nonce,
        )

    def _oauth(self, *, in_body: bool) -> Any:  # noqa: ANN401 it has no types
        """A client for one use: it remembers the tokens that it gets."""
        method = "client_secret_post" if in_body else "client_secret_basic"
        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._secret,
            token_endpoint_auth_method="none" if self._secret is None else method,
            scope=_SCOPE,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            verify=self._tls,
            **web.options(self._issuer),
        )


async def _exchanged(
    oauth: Any,  # noqa: ANN401 it has no types
    address: str,
    attempt: Attempt,
    code: str,
) -> Mapping[str, Any]:
    try:
        async with asyncio.timeout(web.WAIT_S):
            answer = await oauth.fetch_token(
                address,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
            )
    except OAuthError as error:
        # A short word; what the provider says besides may quote the code.
        kind = str(error.error) if _WORD.fullmatch(str(error.error)) else "unknown"
        _log.warning("oidc.code_refused error=%s", kind)
        raise Unauthenticated(_REFUSED) from None
    except (httpx2.HTTPError, OSError, TimeoutError, ValueError) as error:
        _log.warning("oidc.no_token error=%s", type(error).__name__)
        raise web.unreachable() from error
    return cast("Mapping[str, Any]", answer)


def _identity(claims: Mapping[str, Any]) -> Identity:
    email = claims.get("email")
    verified = claims.get("email_verified") is True and isinstance(email, str)
    names = (claims.get(name) for name in _NAMES)
    name = next((name for name in names if isinstance(name, str) and name), "")
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=name[:_MAX_NAME_CHARS],
        email=cast("str", email) if verified else None,
        expires_at=expiry(claims),
    )
