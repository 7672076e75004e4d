"""`/graphql` of the page's own origin: the API, passed through byte by byte.

A stream ends at once when the browser leaves or this server stops; the generation
it watched goes on in the API. Browsers that open the address get the API's GraphiQL.
"""

import asyncio
import json
from urllib.parse import urlsplit

import aiohttp

from reflex_app.connections import Connections
from reflex_app.guard import Receive, Scope, Send, header, reply

MAX_BODY_BYTES = 256_000
"""Largest request; the API has the same bound."""

_SILENCE_S = 120.0
_REQUEST_HEADERS = (
    b"content-type",
    b"accept",
    b"cookie",
    b"authorization",
    b"if-none-match",
)
_REPLY_HEADERS = (
    b"content-type",
    b"cache-control",
    b"content-security-policy",
    b"etag",
    b"retry-after",
    b"www-authenticate",
    b"set-cookie",
    b"x-accel-buffering",
)


class GraphQLProxy:
    """Passes POST requests, and GraphiQL, to the API."""

    def __init__(self, api_url: str) -> None:
        """Prepare a proxy to `api_url`."""
        self._url = api_url
        self._host = urlsplit(api_url).netloc
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
        if scope["method"] != "POST" and not _opens_graphiql(scope):
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
                self._url + scope["path"].removeprefix("/graphql"),
                data=body,
                headers={
                    **headers,
                    "host": self._host,
                    "accept-encoding": "identity",
                    "x-forwarded-host": header(scope, b"host"),
                    "x-forwarded-for": _address(scope),
                },
                allow_redirects=False,
            )
        except (aiohttp.ClientError, TimeoutError):
            message = "The service cannot be reached."
            await _fail(send, 502, "MODEL_UNAVAILABLE", message)
            return
        async with response:
            await _stream(response, send)


def _address(scope: Scope) -> str:
    """Where the browser is: its limits are not everybody's."""
    client = scope.get("client")
    return client[0] if client else ""


def _opens_graphiql(scope: Scope) -> bool:
    asset = scope["path"].startswith("/graphql/")
    wants_page = "text/html" in header(scope, b"accept")
    return scope["method"] == "GET" and (asset or wants_page)


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
