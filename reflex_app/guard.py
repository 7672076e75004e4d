"""Who may talk to this server, and the headers every reply carries.

On one's own machine nobody signs in, and elsewhere a cookie comes along by itself. What
keeps foreign pages out is that a browser names the host it was told to call (a rebound
DNS name is not ours) and the page that calls (its origin is not ours).
"""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_POLICY = b"content-security-policy"
_SHARED = "/s/"
_NO_INDEX = (b"x-robots-tag", b"noindex, nofollow")


def header(scope: Scope, name: bytes) -> str:
    """Return a request header, empty when it is missing."""
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def address_of(scope: Scope) -> str:
    """Return where a browser is: its limits are not everybody's."""
    client = scope.get("client")
    return client[0] if client else ""


class Guard:
    """Refuses strangers, and adds the security headers to every reply."""

    def __init__(
        self,
        inner: App,
        *,
        allowed_hosts: Sequence[str],
        script_hashes: Sequence[str],
        style_hashes: Sequence[str],
    ) -> None:
        """Stand before `inner`; the hashes are those of inline scripts and styles."""
        self._inner = inner
        self._allowed_hosts = frozenset(allowed_hosts)
        self._policy = _policy(script_hashes, style_hashes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
        elif refusal := self._refusal(scope):
            await refuse(scope, send, *refusal)
        elif scope["type"] == "http":
            await self._inner(scope, receive, self._with_headers(scope, send))
        else:
            await self._inner(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        host = header(scope, b"host").lower()
        if _hostname(host) not in self._allowed_hosts:
            return 421, "This address is not one of ours; see SIDEKICK_ALLOWED_HOSTS."
        changes = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
        origin = header(scope, b"origin").lower()
        if changes and origin and _netloc(origin) != host:
            return 403, "Another page may not call this one."
        if changes and header(scope, b"sec-fetch-site") == "cross-site":
            return 403, "Another page may not call this one."
        return None

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        host = header(scope, b"host")
        policy = self._policy.replace("{host}", host).encode()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # GraphiQL, passed on from the API, and diagrams have their own.
                own = {name for name, _ in message["headers"]}
                ours = (*_HEADERS, (_POLICY, policy))
                if scope["path"].startswith(_SHARED):
                    ours = (*ours, _NO_INDEX)
                added = [pair for pair in ours if pair[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return send_with_headers


async def refuse(scope: Scope, send: Send, status: int, reason: str) -> None:
    """Answer with a status and a sentence; a socket is closed before it opens."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    await reply(send, status, f"{reason}\n".encode(), "text/plain; charset=utf-8")


async def reply(send: Send, status: int, body: bytes, content_type: str) -> None:
    """Send one small reply that no cache keeps."""
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _hostname(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _policy(script_hashes: Sequence[str], style_hashes: Sequence[str]) -> str:
    scripts = " ".join(f"'{digest}'" for digest in script_hashes)
    styles = " ".join(f"'{digest}'" for digest in style_hashes)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {scripts}".rstrip(),
            f"style-src 'self' {styles}".rstrip(),
            # Named too: some browsers do not count sockets as `self`.
            "connect-src 'self' ws://{host} wss://{host}",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "manifest-src 'self'",
            # Diagrams, and nothing that a diagram would go to.
            "frame-src {host}/diagram.html",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
