"""An OpenID provider on loopback that is strict with us, and fails on purpose.

It checks what the friendly ones do not: PKCE, the redirect address, our secret, and
that a code is used once. In a test::

    async with FakeIssuer() as issuer:
        ... issuer.url, issuer.token(aud="another"), issuer.visit(address)
"""

import asyncio
import time
from collections import Counter
from hashlib import sha256
from hmac import digest
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import BasicAuth, web
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64encode

CLIENT_ID, CLIENT_SECRET = "sidekick", "canary-client-secret"
USER = {"sub": "alice", "name": "Alice", "email": "alice@example.org"}
KEYS: dict[str, Any] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"}),
}
KEYS["PS256"] = KEYS["RS256"]
_A_DAY_S = 86_400
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "other"})


class FakeIssuer:
    """The provider, in the event loop of the test.

    Attributes:
        asked: How often each path was asked for.
        keys: The keys that it announces.
        document: Changes of its discovery document.
        claims: Changes of the claims in its ID tokens.
        shown: How clients showed who they are: method, name and secret.
        keys_reply: What is sent instead of the keys; an event is waited for.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.keys: list[Any] = [KEYS["RS256"], KEYS["ES256"], KEYS["EdDSA"]]
        self.document: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.shown: list[tuple[str, str, str]] = []
        self.keys_reply: web.Response | asyncio.Event | None = None
        self.url = ""
        self._codes: dict[str, dict[str, str]] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._announce)
        app.router.add_get("/keys", self._announce_keys)
        app.router.add_post("/token", self._exchange)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if isinstance(self.keys_reply, asyncio.Event):
            self.keys_reply.set()
        assert self._runner is not None
        await self._runner.cleanup()

    def token(
        self,
        *,
        alg: str = "RS256",
        key: Any = None,
        header: dict[str, Any] | None = None,
        **claims: object,
    ) -> str:
        """A token that is worth something, but for what is changed.

        None leaves a claim out; small numbers are seconds from now.
        """
        key = key or KEYS.get(alg)
        head = {"alg": alg, "kid": getattr(key, "kid", None), **(header or {})}
        now = int(time.time())
        usual = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        return jwt.encode(
            {name: value for name, value in head.items() if value is not None},
            _without_none({**usual, **USER, **_at(now, claims)}),
            key,
            [alg],
        )

    def visit(self, address: str, **user: object) -> str:
        """Sign in at the address as a person does; where the browser is sent back."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked | {"user": str(user.get("sub", USER["sub"]))}
        back = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return f"{asked['redirect_uri']}?{back}"

    async def _announce(self, _: web.Request) -> web.Response:
        self.asked["document"] += 1
        usual = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/bye",
        }
        return web.json_response(_without_none(usual | self.document))

    async def _announce_keys(self, _: web.Request) -> web.Response:
        self.asked["keys"] += 1
        if isinstance(self.keys_reply, asyncio.Event):
            await self.keys_reply.wait()
        elif self.keys_reply is not None:
            return self.keys_reply
        announced = [key.as_dict(private=False) for key in self.keys]
        return web.json_response({"keys": announced})

    async def _exchange(self, request: web.Request) -> web.Response:
        self.asked["token"] += 1
        form = await request.post()
        asked = self._codes.pop(str(form.get("code")), None)
        self.shown.append(_credentials(request, form))
        verifier = str(form.get("code_verifier")).encode()
        challenge = urlsafe_b64encode(sha256(verifier).digest()).decode()
        if asked is None or asked["code_challenge"] != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert form["redirect_uri"] == asked["redirect_uri"]
        claims = {"nonce": asked["nonce"], "sub": asked["user"], **self.claims}
        tokens = {"access_token": "canary-access-token", "token_type": "Bearer"}
        return web.json_response({**tokens, "id_token": self.token(**claims)})


def unsigned(token: str) -> str:
    """The token without a signature, by an algorithm that needs none."""
    _, claims, _ = token.split(".")
    header = urlsafe_b64encode(b'{"alg":"none"}').decode()
    return f"{header}.{claims}."


def signed_by_public_key(token: str) -> str:
    """The token signed anew, with the public key as a secret that everybody knows."""
    _, claims, _ = token.split(".")
    header = urlsafe_b64encode(b'{"alg":"HS256","kid":"rsa"}').decode()
    text = f"{header}.{claims}"
    public = KEYS["RS256"].as_pem(private=False)
    return (
        f"{text}.{urlsafe_b64encode(digest(public, text.encode(), 'sha256')).decode()}"
    )


def _at(now: int, claims: dict[str, Any]) -> dict[str, Any]:
    return {
        name: now + value
        if name in {"exp", "nbf", "iat"} and _is_small(value)
        else value
        for name, value in claims.items()
    }


def _is_small(value: object) -> bool:
    return isinstance(value, int) and abs(value) < _A_DAY_S


def _credentials(request: web.Request, form: Any) -> tuple[str, str, str]:
    if "authorization" in request.headers:
        login, password, _ = BasicAuth.decode(request.headers["authorization"])
        return "basic", login, password
    method = "post" if "client_secret" in form else "none"
    return method, str(form["client_id"]), str(form.get("client_secret", ""))


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
