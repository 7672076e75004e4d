"""The dialog of links: what the tab knows of them while it makes and ends some."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.wire.conftest import Server, Tab
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio
TALK = "cnv_1"
REFUSAL = {
    "message": "An answer is being written.",
    "extensions": {"code": "CONFLICT"},
}


@dataclass
class FakeShares(FakeApi):
    """Keeps links; `go_on` holds back what it found out about them."""

    links: list[dict[str, Any]] = field(default_factory=list)

    async def _graphql(self, request: Request) -> Response:
        body = await request.json()
        query, variables = body["query"], body["variables"]
        if query.startswith("query Shares"):
            found = list(self.links)
            await self.go_on.wait()
            return JSONResponse({"data": {"conversation": {"shares": found}}})
        if query.startswith("mutation Share"):
            return JSONResponse(self._share())
        if query.startswith("mutation Revoke"):
            gone = variables["input"]["shareId"]
            self.links = [link for link in self.links if link["id"] != gone]
            return JSONResponse({"data": {"revokeShare": {}}})
        return await super()._graphql(request)

    def _share(self) -> dict[str, Any]:
        if self.refusal:
            return {"errors": [self.refusal]}
        link = {
            "id": f"shr_{len(self.links) + 1}",
            "messageCount": 2,
            "createdAt": "2026-11-22T17:45:03Z",
            "expiresAt": "2026-12-22T17:45:03Z",
        }
        self.links = [link, *self.links]
        return {"data": {"shareConversation": {"token": "t0ken", "share": link}}}


@pytest.fixture
def api() -> FakeShares:
    return FakeShares()


def shown(tab: Tab) -> list[str]:
    return [link["id"] for link in tab.vars.get("share_state.links") or []]


async def share(tab: Tab) -> None:
    await tab.fire("share_state.open", conversation_id=TALK)
    await tab.fire("share_state.create", conversation_id=TALK, days=7)
    await tab.until(lambda: tab.vars.get("share_state.token") == "t0ken")


async def test_a_link_is_shown_once_and_goes_when_it_is_revoked(tab: Tab) -> None:
    await share(tab)
    await tab.until(lambda: shown(tab) == ["shr_1"])

    await tab.fire("share_state.revoke", conversation_id=TALK, share_id="shr_1")
    await tab.until(lambda: shown(tab) == [])

    assert tab.vars["share_state.token"] == ""


async def test_the_token_is_forgotten_when_the_dialog_opens_again(tab: Tab) -> None:
    await share(tab)

    await tab.fire("share_state.open", conversation_id=TALK)
    await tab.until(lambda: tab.vars["share_state.token"] == "")
    await tab.until(lambda: shown(tab) == ["shr_1"])


async def test_a_link_made_before_the_list_came_is_in_it(
    tab: Tab, api: FakeShares, api_server: Server
) -> None:
    api.links = [
        {"id": "shr_0", "messageCount": 1, "createdAt": "", "expiresAt": ""},
    ]
    api_server.call(api.go_on.clear)
    await share(tab)
    await tab.until(lambda: shown(tab) == ["shr_2"])

    api_server.call(api.go_on.set)

    await tab.until(lambda: shown(tab) == ["shr_2", "shr_0"])


async def test_why_a_link_was_not_made_is_said_and_it_can_be_tried_again(
    tab: Tab, api: FakeShares
) -> None:
    api.refusal = REFUSAL
    await tab.fire("share_state.open", conversation_id=TALK)
    await tab.fire("share_state.create", conversation_id=TALK, days=7)
    await tab.until(lambda: "being written" in tab.vars.get("share_state.problem", ""))

    api.refusal = None
    await tab.fire("share_state.create", conversation_id=TALK, days=7)
    await tab.until(lambda: tab.vars["share_state.token"] == "t0ken")

    assert tab.vars["share_state.problem"] == ""
