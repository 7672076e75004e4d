"""Browsers for tests of signing in: they keep cookies, and people use them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fake_issuer import CLIENT_ID, CLIENT_SECRET, FakeIssuer
from tests.schema.conftest import Api, open_api

PUBLIC = "https://chat.example"
SECRET = "canary-session-secret-of-32-bytes"
CROSS_SITE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}


def settings_for(issuer: FakeIssuer, **changed: str) -> dict[str, str]:
    """Settings with which people sign in at the provider."""
    return {
        "SIDEKICK_AUTH": "keys,oidc",
        "SIDEKICK_OIDC_ISSUER": issuer.url,
        "SIDEKICK_OIDC_CLIENT_ID": CLIENT_ID,
        "SIDEKICK_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "SIDEKICK_PUBLIC_URL": PUBLIC,
        "SIDEKICK_SESSION_SECRET": SECRET,
        "SIDEKICK_RECHECK_S": "0.05",
        **changed,
    }


@dataclass
class Browser:
    """A browser of somebody; it follows no redirect by itself."""

    http: httpx.AsyncClient
    issuer: FakeIssuer
    user: str

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=headers)

    async def begin(self, return_to: str = "/") -> str:
        """Go to the provider and sign in there; the address of the way back."""
        reply = await self.http.get("/auth/login", params={"return_to": return_to})
        assert reply.status_code == 303, reply.text
        return self.issuer.visit(reply.headers["location"], sub=self.user)

    async def sign_in(self, return_to: str = "/") -> httpx.Response:
        return await self.get(await self.begin(return_to), **CROSS_SITE)

    async def session(self) -> dict[str, object]:
        return (await self.get("/auth/session")).json()

    async def ask(self, document: str, **headers: str) -> Any:
        """Data of the first field, or the status."""
        return await self.post({"query": document}, **headers)

    async def post(self, body: dict[str, object], **headers: str) -> Any:
        """Data of the first field, or the status."""
        reply = await self.http.post("/graphql", json=body, headers=headers)
        data = reply.json().get("data")
        return next(iter(data.values())) if data else reply.status_code

    def copy(self) -> "Browser":
        """Another browser with the same cookies."""
        other = _browser(self.http._transport, self.issuer, self.user)
        other.http.cookies.update(self.http.cookies)
        return other


@dataclass
class Site:
    """The API at its public address, and its provider."""

    api: Api
    issuer: FakeIssuer

    def browser(self, user: str = "alice") -> Browser:
        return _browser(self.api.http._transport, self.issuer, user)


def _browser(
    transport: httpx.AsyncBaseTransport, issuer: FakeIssuer, user: str
) -> Browser:
    http = httpx.AsyncClient(transport=transport, base_url=PUBLIC)
    return Browser(http, issuer, user)


async def open_site(issuer: FakeIssuer, **changed: str) -> AsyncGenerator[Site]:
    """The API for people of a provider; close the generator to shut it down."""
    async for api in open_api(**settings_for(issuer, **changed)):
        yield Site(api, issuer)


def value_of(text: str, name: str) -> str:
    """The value of a parameter in an address."""
    return text.partition(f"{name}=")[2].partition("&")[0]
