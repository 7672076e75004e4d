"""A stand-in for the API that knows what was used: it sums up like the real one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.wire.fake_api import FakeApi


@dataclass(frozen=True, kw_only=True)
class Used:
    """One answer, as a ledger has it."""

    day: str
    model: str = "echo"
    assistant: str = "comics"
    conversation: str = "cnv_1"
    tokens: tuple[int, int] = (10, 5)
    cost: str | None = "0.000402"
    estimated: bool = False


@dataclass
class FakeUsage:
    """The stand-in; everything but reports goes to a `FakeApi`."""

    used: list[Used] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    refusal: dict[str, Any] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        chats = FakeApi()
        self.go_on = chats.go_on
        self._rest = httpx.ASGITransport(chats.asgi)
        route = Route("/graphql", self._graphql, methods=["POST"])
        self.asgi = Starlette(routes=[route])

    async def _graphql(self, request: Request) -> Response:
        body = await request.json()
        if "query Usage(" in body["query"]:
            self.asked.append(body["variables"])
            return JSONResponse(self._report(body["variables"]))
        if "query Titles(" in body["query"]:
            found = [self._node(key) for key in body["variables"]["ids"]]
            return JSONResponse({"data": {"nodes": found}})
        async with httpx.AsyncClient(transport=self._rest) as client:
            reply = await client.post("http://api/graphql", json=body)
        return Response(reply.content, media_type=reply.headers["content-type"])

    def _report(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if self.refusal:
            return {"errors": [self.refusal]}
        first, last = wanted["since"][:10], wanted["until"][:10]
        used = [one for one in self.used if first <= one.day < last]
        name = wanted["groupBy"].lower()
        keys = sorted({getattr(one, name) for one in used})
        rows = [
            _row(key, [one for one in used if getattr(one, name) == key])
            for key in keys
        ]
        return {"data": {"usage": {"total": _row("total", used), "rows": rows}}}

    def _node(self, key: str) -> dict[str, str] | None:
        return {"id": key, "title": self.titles[key]} if key in self.titles else None


def _row(key: str, used: Iterable[Used]) -> dict[str, Any]:
    used = list(used)
    priced = [one for one in used if one.cost is not None]
    cost = {
        "amount": f"{sum((Decimal(one.cost or 0) for one in priced), Decimal(0)):f}",
        "currency": "USD",
        "estimated": any(one.estimated for one in priced),
    }
    return {
        "key": key,
        "requests": len(used),
        "promptTokens": str(sum(one.tokens[0] for one in used)),
        "completionTokens": str(sum(one.tokens[1] for one in used)),
        "unpricedRequests": len(used) - len(priced),
        "cost": cost,
    }
