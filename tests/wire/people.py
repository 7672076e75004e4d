"""A stand-in for an API where people sign in: each cookie has a shelf of its own."""

from collections import Counter
from typing import Any

from starlette.responses import JSONResponse, Response

from reflex_app.guard import Receive, Scope, Send, header
from tests.wire.fake_api import FakeApi

GUEST = "sidekick-guest=new; HttpOnly; Path=/"


class People:
    """The stand-ins of everybody, by the cookie that says who asks.

    Attributes:
        signs_in: Whether there are routes to sign in.
        asked: How often each path was asked for.
        seen: The headers of the last request of each cookie.
    """

    def __init__(self) -> None:
        self.signs_in = True
        self.asked: Counter[str] = Counter()
        self.seen: dict[str, dict[bytes, bytes]] = {}
        self.apis: dict[str, FakeApi] = {}

    def person(self, cookie: str, name: str) -> FakeApi:
        """Let somebody in."""
        api = FakeApi(viewer={"id": name, "displayName": name, "anonymous": False})
        self.apis[cookie] = api
        return api

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        cookie = header(scope, b"cookie")
        self.asked[scope["path"]] += 1
        self.seen[cookie] = dict(scope["headers"])
        reply: Any = self._session() if scope["path"] != "/graphql" else _REFUSED
        if scope["path"] == "/graphql" and cookie in self.apis:
            reply = self.apis[cookie].asgi
        await reply(scope, receive, send)

    def _session(self) -> Response:
        if not self.signs_in:
            return Response("Not found", 404)
        return JSONResponse({"canSignIn": True}, headers={"set-cookie": GUEST})


_REFUSED = JSONResponse(
    {"errors": [{"message": "Who?", "extensions": {"code": "UNAUTHENTICATED"}}]}
)
