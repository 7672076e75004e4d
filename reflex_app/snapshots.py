"""`/s/<token>.json`: the copy behind a link, from the API, for anybody.

The only way from a link to the API, and it asks for nothing but that copy.
"""

import json
import re

from reflex_app.calls import Calls
from reflex_app.guard import Scope, Send, reply
from reflex_app.operations import SHARED
from reflex_app.replies import ApiError

_ADDRESS = re.compile(r"/s/([\w-]{1,80})\.json", re.ASCII)


def token_of(path: str) -> str | None:
    """Return the token in the address of a copy; None for another address."""
    found = _ADDRESS.fullmatch(path)
    return found[1] if found else None


async def send_snapshot(calls: Calls, token: str, scope: Scope, send: Send) -> None:
    """Answer with the copy; null when the link does not work, for whatever reason."""
    if scope["method"] not in {"GET", "HEAD"}:
        await reply(send, 405, b"Only GET and HEAD.\n", "text/plain")
        return
    try:
        found = (await calls.query(SHARED, {"token": token}))["sharedConversation"]
    except ApiError:
        await reply(send, 502, b"null", "application/json")
        return
    await reply(send, 200, json.dumps(found).encode(), "application/json")
