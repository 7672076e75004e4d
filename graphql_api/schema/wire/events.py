"""GraphQL over server-sent events, distinct connections mode."""

from collections.abc import Mapping
from typing import ClassVar

from strawberry.http.streaming import SSETransport


class LineFeedEvents(SSETransport):
    """Ends lines with LF: common clients split frames on a double LF only."""

    # Some browsers tell a page that the stream is open only at its first bytes.
    send_initial_heartbeat: ClassVar[bool] = True
    headers: ClassVar[Mapping[str, str]] = {
        **SSETransport.headers,
        "Content-Type": "text/event-stream; charset=utf-8",
        "Vary": "Accept",
    }

    def encode_event(self, event: str, data: str | None = None) -> str:
        """One event; JSON never holds a raw line end."""
        return f"event: {event}\ndata: {data or ''}\n\n"

    def encode_comment(self, comment: str) -> str:
        """One comment, which keeps the connection open."""
        return f": {comment}\n\n"
