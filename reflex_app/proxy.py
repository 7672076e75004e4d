"""`/graphql` and `/auth` of the page's own origin: the API, passed on byte by byte.

A stream ends at once when the browser leaves or this server stops; the generation
it watched goes on in the API. Browsers that open `/graphql` get the API's GraphiQL.
"""

import asyncio
import json
import re
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from reflex_app.connections import Connections
from reflex_app.guard import Receive, Scope, Send, address_of, header, reply

MAX_BODY_BYTES = 256_000
"""Largest request; the API has the same bound."""

_SILENCE_S = 120.0
_SIGN_IN = re.compile(r"/auth/[a-z]{1,20}", re.ASCII)
_REQUEST_HEADERS = (
    b"content-type",
    b"accept",
    b"cookie",
    b"authorization",
    b"if-none-match",
    b"sec-fetch-mode",
    b"sec-fetch-site",
)
_REPLY_HEADERS = (
    b"content-type",
    b"cache-control",
    b"content-security-policy",
    b"etag",
    b"location",
    b"retry-after",
    b"www-authenticate",
    b"set-cookie",
    b"x-accel-buffering",
)


def passes_on(path: str) -> bool:
    """Return whether the API answers at an address, through this proxy."""
    of_graphql = path == "/graphql" or path.startswith("/graphql/ide/")
    return of_graphql or _SIGN_IN.fullmatch(path) is not None


class Proxy:
    """Passes GraphQL, GraphiQL, and the ways in and out to the API."""

    def __init__(self, api_url: str) -> None:
        """Prepare a proxy to `api_url`, the address of GraphQL there."""
        self._url = api_url
        parts = urlsplit(api_url)
        self._host, self._origin = parts.netloc, f"{parts.scheme}://{parts.netloc}"
        self._stopping = asyncio.Event()
        self._http = Connections(silence_s=_SILENCE_S)

    def stop(self) -> None:
        """End all streams now; the browser resumes them elsewhere or later."""
        self._stopping.set()

    async def aclose(self) -> None:
        """Close all connections to the API."""
        await self._http.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on and stream its reply back."""
        if scope["method"] != "POST" and not _may_be_read(scope):
            await _fail(send, 405, "BAD_REQUEST", "Send GraphQL by POST.")
            return
        body = await _body(receive)
        if body is None:
            await _fail(send, 413, "BAD_REQUEST", "The request is too large.")
            return
        work = (
            asyncio.create_task(self._pass_on(scope, body, send)),
            asyncio.create_task(_until_left(receive)),
            asyncio.create_task(self._stopping.wait()),
        )
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            results = await asyncio.gather(*work, return_exceptions=True)
        if isinstance(results[0], asyncio.CancelledError) and self._stopping.is_set():
            await send({"type": "http.response.body", "body": b""})
        elif isinstance(results[0], Exception):
            raise results[0]

    async def _pass_on(self, scope: Scope, body: bytes, send: Send) -> None:
        given = {name.decode(): header(scope, name) for name in _REQUEST_HEADERS}
        headers = {name: value for name, value in given.items() if value}
        try:
            response = await self._http.session.request(
                scope["method"],
                self._address(scope),
                data=body,
                headers={
                    **headers,
                    "host": self._host,
                    "accept-encoding": "identity",
                    "x-forwarded-host": header(scope, b"host"),
                    "x-forwarded-for": address_of(scope),
                },
                allow_redirects=False,
            )
        except (aiohttp.ClientError, TimeoutError):
            message = "The service cannot be reached."
            await _fail(send, 502, "MODEL_UNAVAILABLE", message)
            return
        async with response:
            await _stream(response, send)

    def _address(self, scope: Scope) -> URL:
        path = scope["path"]
        if not path.startswith("/auth/"):
            return URL(self._url + quote(path.removeprefix("/graphql")), encoded=True)
        # As the provider wrote it: its codes are read from it.
        query = scope["query_string"].decode("latin-1")
        return URL(f"{self._origin}{path}?{query}", encoded=True)


def _may_be_read(scope: Scope) -> bool:
    below = scope["path"].startswith(("/graphql/", "/auth/"))
    wants_page = "text/html" in header(scope, b"accept")
    return scope["method"] == "GET" and (below or wants_page)


async def _stream(response: aiohttp.ClientResponse, send: Send) -> None:
    headers = [
        (name.lower(), value)
        for name, value in response.raw_headers
        if name.lower() in _REPLY_HEADERS
    ]
    status = response.status
    await send({"type": "http.response.start", "status": status, "headers": headers})
    try:
        async for chunk in response.content.iter_any():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except (aiohttp.ClientError, TimeoutError):
        pass  # it broke: the browser sees an end without `complete` and resumes
    await send({"type": "http.response.body", "body": b""})


async def _body(receive: Receive) -> bytes | None:
    """Return the request's body, None when it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _fail(send: Send, status: int, code: str, message: str) -> None:
    error = {"message": message, "extensions": {"code": code}}
    body = json.dumps({"errors": [error]}).encode()
    await reply(send, status, body, "application/json")
