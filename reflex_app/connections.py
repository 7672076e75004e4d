"""HTTP connections to the API, for calls and for what passes through."""

from collections.abc import Mapping

import aiohttp

_MOST = 1000
_IDLE_S = 4.0
"""Under the 5 s after which the API closes a connection that nobody uses."""
_OWN_HEADERS = ("user-agent", "accept", "content-type")
_CONNECT_S = 2.0


class Connections:
    """Opens connections when they are first needed, in the loop that needs them.

    The API is a service of ours, so the machine's web proxy is never asked.
    """

    def __init__(self, *, silence_s: float) -> None:
        """Give a connection up when nothing came for `silence_s`."""
        self._waits = aiohttp.ClientTimeout(
            total=None, sock_connect=_CONNECT_S, sock_read=silence_s
        )
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """What requests are made with; it adds no headers and keeps no cookies."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_MOST, keepalive_timeout=_IDLE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._waits,
                auto_decompress=False,
                skip_auto_headers=_OWN_HEADERS,
            )
        return self._session

    async def post(self, url: str, body: bytes, shown: Mapping[str, str]) -> bytes:
        """Send JSON and return the body of the reply, whatever its status.

        Args:
            url: where to.
            body: the JSON.
            shown: headers that say who asks.

        Raises:
            aiohttp.ClientError: the connection failed.
            TimeoutError: nothing came for too long.
        """
        kind = "application/json"
        headers = {"content-type": kind, "accept": kind, **shown}
        async with self.session.post(url, data=body, headers=headers) as reply:
            return await reply.read()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
