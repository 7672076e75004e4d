"""Headers of every answer: what browsers may do with it, and whose pages may read it.

An answer that brings one of these headers keeps its own: a page has its own policy.
"""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_SAFE: Final = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    # Answers hold what people wrote.
    "cache-control": "no-store",
}
_PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "accept, authorization, content-type",
    "access-control-expose-headers": "retry-after",
    "access-control-max-age": "600",
}


def safe(send: Send) -> Send:
    """Send with the headers that every answer has."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=[*message.get("headers", ())])
            for name, value in _SAFE.items():
                headers.setdefault(name, value)
            headers.add_vary_header("Origin")
            message = {**message, "headers": headers.raw}
        await send(message)

    return sending


def allowing(origin: str, send: Send) -> Send:
    """Send with the permission for a page of this origin to read the answer.

    Never with credentials: a page of another origin brings none of the user's cookies.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=[*message.get("headers", ())])
            headers["access-control-allow-origin"] = origin
            for name, value in _PREFLIGHT.items():
                headers[name] = value
            message = {**message, "headers": headers.raw}
        await send(message)

    return sending
