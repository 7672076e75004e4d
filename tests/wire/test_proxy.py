import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from reflex_app.guard import Receive, Scope, Send, header
from reflex_app.operations import FOLLOW
from reflex_app.proxy import MAX_BODY_BYTES, Proxy, passes_on
from tests.wire.conftest import LIMIT_S, Server
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio

START = """subscription Start($history: [MessageInput!]!) {
  chatStream(history: $history) {
    __typename
    generationId
    cursor
  }
}"""
QUESTION = [{"role": "USER", "content": "Who is it?"}]
ASKED = {"query": START, "variables": {"history": QUESTION}}


class Proxied:
    """A browser's view of the API through the page's server."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.server = Server(self._asgi)
        url = f"http://127.0.0.1:{self.server.port}"
        self.browser = httpx.AsyncClient(base_url=url, timeout=LIMIT_S)

    async def _asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.proxy(scope, receive, send)

    async def close(self) -> None:
        await self.browser.aclose()
        await self.server.wait_for(self.proxy.aclose())
        self.server.stop()


@pytest.fixture
async def proxied(api_server: Server) -> AsyncIterator[Proxied]:
    url = f"http://127.0.0.1:{api_server.port}/graphql"
    one = Proxied(Proxy(url))
    yield one
    await one.close()


async def test_a_stream_passes_byte_by_byte(proxied: Proxied) -> None:
    reply = await proxied.browser.post("/graphql", json=ASKED)

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.text.count("event: next") == 5
    assert reply.text.endswith("event: complete\ndata: \n\n")


async def test_events_arrive_while_the_answer_is_written(
    proxied: Proxied, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)

    async with proxied.browser.stream("POST", "/graphql", json=ASKED) as reply:
        first = await anext(reply.aiter_text())
        api_server.call(api.go_on.set)

    assert "GenerationStarted" in first


async def test_a_browser_that_leaves_closes_the_stream_of_the_api(
    proxied: Proxied, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)
    async with proxied.browser.stream("POST", "/graphql", json=ASKED) as reply:
        await anext(reply.aiter_text())
        assert api.watchers == 1

    async with asyncio.timeout(LIMIT_S):
        while api.watchers:
            await asyncio.to_thread(api.left.wait, LIMIT_S)


async def test_a_server_that_stops_ends_its_streams_at_once(
    proxied: Proxied, api: FakeApi, api_server: Server
) -> None:
    api_server.call(api.go_on.clear)

    async with (
        asyncio.timeout(LIMIT_S),
        proxied.browser.stream("POST", "/graphql", json=ASKED) as reply,
    ):
        chunks = reply.aiter_text()
        await anext(chunks)
        proxied.server.call(proxied.proxy.stop)
        rest = [chunk async for chunk in chunks]

    assert "complete" not in "".join(rest)


async def test_errors_of_the_api_pass_unchanged(proxied: Proxied) -> None:
    variables = {"generationId": "gen_9", "after": None}

    reply = await proxied.browser.post(
        "/graphql", json={"query": FOLLOW, "variables": variables}
    )

    assert reply.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_an_api_that_is_down_is_a_graphql_error(proxied: Proxied) -> None:
    lonely = Proxied(Proxy("http://127.0.0.1:1/graphql"))

    reply = await lonely.browser.post("/graphql", json=ASKED)

    assert reply.status_code == 502
    assert reply.json()["errors"][0]["extensions"]["code"] == "MODEL_UNAVAILABLE"
    await lonely.close()


async def test_too_much_and_other_methods_are_refused(
    proxied: Proxied, api: FakeApi
) -> None:
    too_much = await proxied.browser.post(
        "/graphql", content=b"x" * (MAX_BODY_BYTES + 1)
    )
    read = await proxied.browser.get("/graphql")

    assert (too_much.status_code, read.status_code) == (413, 405)
    assert api.requests == []


async def graphiql(scope: Scope, _receive: Receive, send: Send) -> None:
    """Say what was asked for, under a policy."""
    policy = [(b"content-security-policy", b"sandbox")]
    await send({"type": "http.response.start", "status": 200, "headers": policy})
    said = (scope["method"], scope["path"], header(scope, b"x-forwarded-host"))
    await send({"type": "http.response.body", "body": " ".join(said).encode()})


@pytest.mark.parametrize("path", ["/graphql", "/graphql/ide/main.js"])
async def test_a_browser_gets_graphiql_and_its_policy_from_the_api(path: str) -> None:
    api = Server(graphiql)
    proxied = Proxied(Proxy(f"http://127.0.0.1:{api.port}/graphql"))
    got = await proxied.browser.get(path, headers={"accept": "text/html,*/*"})
    await proxied.close()
    api.stop()
    assert got.text == f"GET {path} {got.url.netloc.decode()}"
    assert got.headers["content-security-policy"] == "sandbox"


async def signing_in(scope: Scope, _receive: Receive, send: Send) -> None:
    """Send the browser on, with two cookies, and say what was asked for."""
    said = b" ".join((scope["raw_path"], scope["query_string"]))
    headers = [
        (b"location", b"https://id.example/authorize"),
        (b"set-cookie", b"sidekick=1"),
        (b"set-cookie", b"sidekick-login=2"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": said})


async def test_the_way_in_passes_with_its_query_cookies_and_redirect() -> None:
    api = Server(signing_in)
    proxied = Proxied(Proxy(f"http://127.0.0.1:{api.port}/graphql"))
    got = await proxied.browser.get("/auth/callback?code=a%2Fb%2B&state=%20x")
    await proxied.close()
    api.stop()
    assert (got.status_code, got.text) == (
        303,
        "/auth/callback code=a%2Fb%2B&state=%20x",
    )
    assert got.headers["location"] == "https://id.example/authorize"
    assert got.headers.get_list("set-cookie") == ["sidekick=1", "sidekick-login=2"]


@pytest.mark.parametrize(
    ("path", "passes"),
    [
        ("/graphql", True),
        ("/graphql/ide/main.js", True),
        ("/auth/session", True),
        ("/auth/", False),
        ("/auth/../graphql", False),
        ("/auth/a/b", False),
        ("/authority", False),
    ],
)
def test_only_known_addresses_are_passed_on(path: str, *, passes: bool) -> None:
    assert passes_on(path) is passes


async def test_the_origin_is_checked_here_and_not_passed_on(
    proxied: Proxied, api: FakeApi
) -> None:
    await proxied.browser.post(
        "/graphql", json=ASKED, headers={"origin": "http://localhost", "cookie": "a=b"}
    )

    assert "origin" not in api.headers
    assert api.headers["cookie"] == "a=b"
