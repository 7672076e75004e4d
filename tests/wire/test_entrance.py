"""What newcomers get with the page, and who is stuck on the way in."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from reflex_app import entrance as module
from reflex_app.entrance import Entrance, leading_back
from reflex_app.guard import Receive, Scope, Send, reply
from tests.wire.conftest import Server
from tests.wire.people import GUEST, People

pytestmark = pytest.mark.anyio
PAGE = {"accept": "text/html,*/*"}


async def pages(_scope: Scope, _receive: Receive, send: Send) -> None:
    await reply(send, 200, b"<html>", "text/html")


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def api_server(people: People) -> Iterator[Server]:
    server = Server(people.asgi)
    yield server
    server.stop()


@pytest.fixture
async def entrance(api_server: Server) -> AsyncIterator[Entrance]:
    one = Entrance(f"http://127.0.0.1:{api_server.port}/graphql")
    yield one
    await one.aclose()


@pytest.fixture
async def browser(entrance: Entrance) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(entrance.welcoming(pages))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as http:
        yield http


async def test_a_newcomer_gets_the_cookie_of_a_guest_with_the_page(
    browser: httpx.AsyncClient, people: People
) -> None:
    got = await browser.get("/", headers=PAGE)

    assert (got.text, got.headers["set-cookie"]) == ("<html>", GUEST)
    assert "private" in got.headers["cache-control"]
    assert people.seen[""][b"x-forwarded-host"] == b"page"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {**PAGE, "cookie": "sidekick=alice"}),
        ("/", {**PAGE, "cookie": "__Host-sidekick-guest=known"}),
        ("/assets/x.js", {"accept": "*/*"}),
        ("/s/token", PAGE),
    ],
)
async def test_nobody_else_is_asked_about(
    browser: httpx.AsyncClient, people: People, path: str, headers: dict[str, str]
) -> None:
    got = await browser.get(path, headers=headers)

    assert (got.status_code, got.headers.get("set-cookie")) == (200, None)
    assert not people.asked


async def test_where_nobody_signs_in_that_is_asked_once(
    browser: httpx.AsyncClient, entrance: Entrance, people: People
) -> None:
    people.signs_in = False

    for _ in range(3):
        await browser.get("/", headers=PAGE)

    assert await entrance.is_open() is False
    assert people.asked == {"/auth/session": 1}


async def test_who_was_refused_finds_an_entrance_that_was_opened_since(
    browser: httpx.AsyncClient, entrance: Entrance, people: People
) -> None:
    people.signs_in = False
    await browser.get("/", headers=PAGE)
    people.signs_in = True

    assert await entrance.is_open(again=True)
    assert (await browser.get("/", headers=PAGE)).headers["set-cookie"] == GUEST


async def hanging(scope: Scope, receive: Receive, _send: Send) -> None:
    while scope["type"] == "http" and (await receive())["type"] != "http.disconnect":
        pass


async def test_an_api_that_is_down_or_hangs_delays_no_page_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.1)
    api = Server(hanging)
    for port in (1, api.port):
        one = Entrance(f"http://127.0.0.1:{port}/graphql")
        transport = httpx.ASGITransport(one.welcoming(pages))
        async with httpx.AsyncClient(transport=transport) as http:
            got = await http.get("http://page/", headers=PAGE, timeout=5)
        assert await one.is_open() is None
        await one.aclose()
        assert (got.status_code, got.headers.get("set-cookie")) == (200, None)
    api.stop()


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("/auth/callback?code=1", 400, "/?signIn=failed"),
        ("/auth/callback?error=access_denied", 400, "/?signIn=denied"),
        ("/auth/login", 503, "/?signIn=unavailable"),
        ("/auth/login", 404, None),
        ("/auth/session", 503, None),
    ],
)
async def test_who_is_stuck_on_the_way_in_gets_back_to_the_page(
    path: str, status: int, where: str | None
) -> None:
    async def api(_scope: Scope, _receive: Receive, send: Send) -> None:
        await reply(send, status, b'{"errors": []}', "application/json")

    transport = httpx.ASGITransport(leading_back(api))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as http:
        got = await http.get(path, headers=PAGE)

    assert got.headers.get("location") == where
    assert (got.status_code, got.text) == ((303, "") if where else (status, got.text))
