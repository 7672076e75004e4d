from pathlib import Path

import httpx
import pytest

from reflex_app.build import (
    any_origin,
    diagram_page,
    one_route,
    with_first_page,
)
from reflex_app.files import BuiltPage
from reflex_app.guard import App, Guard, Receive, Scope, Send, reply
from reflex_app.snapshots import token_of
from reflex_app.theme import DARK, LIGHT, tokens_css
from reflex_app.visits import without_secrets

pytestmark = pytest.mark.anyio

HTML = (
    '<html><head><link rel="stylesheet" href="/assets/a.css"/></head>'
    "<body><script>hello()</script></body></html>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "external").mkdir()
    (tmp_path / "s").mkdir()
    files = {
        "index.html": HTML,
        "__spa-fallback.html": "nothing here",
        "s/index.html": "shared",
        "assets/a-123.js": "plain",
        "assets/a-123.js.br": "small",
        "assets/reflex-env-1.js": "env",
        "external/source.js": "source",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def browser(folder: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(BuiltPage(folder))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:3000")


async def inside(_scope: Scope, _receive: Receive, send: Send) -> None:
    await reply(send, 200, b"inside", "text/plain")


def guarded(inner: App = inside) -> httpx.AsyncClient:
    guard = Guard(
        inner,
        allowed_hosts=("localhost", "[::1]"),
        script_hashes=("sha256-abc",),
        style_hashes=(),
    )
    transport = httpx.ASGITransport(guard)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:3000")


async def test_the_page_itself_is_checked_anew_each_time(folder: Path) -> None:
    page = await browser(folder).get("/")

    assert (page.status_code, page.text) == (200, HTML)
    assert page.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/s/aB3_-x", "/s/aB3_-x/", "/s"])
async def test_every_link_is_served_one_page_that_no_cache_keeps(
    folder: Path, path: str
) -> None:
    page = await browser(folder).get(path)

    assert (page.status_code, page.text) == (200, "shared")
    assert page.headers["cache-control"] == "no-store"


async def test_only_links_are_kept_from_search_engines() -> None:
    assert "x-robots-tag" not in (await guarded().get("/c/s/x")).headers
    for path in ("/s/x", "/s/x.json"):
        headers = (await guarded().get(path)).headers
        assert headers["x-robots-tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("/s/aB3_-x.json", "aB3_-x"),
        ("/s/aB3_-x", None),
        ("/s/.json", None),
        ("/s/a/b.json", None),
        ("/s/é.json", None),
        (f"/s/{'a' * 81}.json", None),
    ],
)
def test_a_token_is_read_from_the_address_of_a_copy_alone(
    path: str, token: str | None
) -> None:
    assert token_of(path) == token


async def test_a_page_that_did_not_change_is_not_sent_again(folder: Path) -> None:
    client = browser(folder)
    etag = (await client.get("/")).headers["etag"]

    again = await client.get("/", headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")


async def test_hashed_files_are_kept_for_ever_and_the_addresses_are_not(
    folder: Path,
) -> None:
    client = browser(folder)

    assert (
        "immutable" in (await client.get("/assets/a-123.js")).headers["cache-control"]
    )
    env = await client.get("/assets/reflex-env-1.js")
    assert env.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("br, gzip", "br"), ("gzip", None), ("identity", None)]
)
async def test_the_smallest_variant_a_browser_understands_is_sent(
    folder: Path, accepted: str, encoding: str | None
) -> None:
    async with browser(folder).stream(
        "GET", "/assets/a-123.js", headers={"accept-encoding": accepted}
    ) as sent:
        body = b"".join([chunk async for chunk in sent.aiter_raw()])

    assert sent.headers.get("content-encoding") == encoding
    assert body == (b"small" if encoding else b"plain")


@pytest.mark.parametrize(
    "path", ["/none", "/external/source.js", "/assets/a-123.js.br", "/../secret"]
)
async def test_what_is_no_part_of_the_page_is_not_there(
    folder: Path, path: str
) -> None:
    missing = await browser(folder).get(path)

    assert (missing.status_code, missing.text) == (404, "nothing here")


@pytest.mark.parametrize(
    ("headers", "text", "language"),
    [
        ({}, HTML, "en"),
        ({"accept-language": "zh-CN,zh;q=0.9"}, "你好", "zh-Hans"),
        ({"cookie": "sidekick_language=zh-Hans"}, "你好", "zh-Hans"),
    ],
)
async def test_a_page_is_sent_in_the_language_of_its_reader(
    folder: Path, headers: dict[str, str], text: str, language: str
) -> None:
    (folder / "index.zh-Hans.html").write_text("你好")

    page = await browser(folder).get("/", headers=headers)

    assert (page.text, page.headers["content-language"]) == (text, language)
    assert {"accept-language", "cookie"} <= set(page.headers["vary"].split(", "))


async def test_a_page_in_another_language_is_not_the_one_that_is_kept(
    folder: Path,
) -> None:
    (folder / "index.zh-Hans.html").write_text("你好")
    etag = (await browser(folder).get("/")).headers["etag"]

    other = {"accept-language": "zh", "if-none-match": etag}

    assert (await browser(folder).get("/", headers=other)).status_code == 200


async def test_scripts_are_the_same_in_all_languages(folder: Path) -> None:
    script = await browser(folder).get("/assets/a-123.js")

    assert "content-language" not in script.headers
    assert script.headers["vary"] == "accept-encoding"


async def test_files_can_only_be_read(folder: Path) -> None:
    assert (await browser(folder).post("/")).status_code == 405
    assert (await browser(folder).head("/")).content == b""


def test_texts_in_a_page_are_no_script_that_runs(folder: Path) -> None:
    inert = '<script type="application/json" id="texts">{}</script>'
    (folder / "index.html").write_text(HTML + inert)

    assert len(BuiltPage(folder).script_hashes) == 1


def test_every_inline_script_and_style_has_its_hash(folder: Path) -> None:
    page = BuiltPage(folder)

    assert len(page.script_hashes) == 1
    assert page.script_hashes[0].startswith("sha256-")
    assert page.style_hashes == ()


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1"]
)
async def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    refused = await guarded().get("/", headers={"host": host})

    assert refused.status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:3000", "LOCALHOST:80", "[::1]:3000"]
)
async def test_our_own_hosts_are_served_on_any_port(host: str) -> None:
    assert (await guarded().get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"sec-fetch-site": "cross-site"},
    ],
)
async def test_another_page_may_not_send_us_anything(headers: dict[str, str]) -> None:
    assert (await guarded().post("/graphql", headers=headers)).status_code == 403


async def test_our_own_page_may() -> None:
    headers = {"origin": "http://localhost:3000", "sec-fetch-site": "same-origin"}

    assert (await guarded().post("/graphql", headers=headers)).status_code == 200


async def test_what_draws_diagrams_is_served_without_an_origin_or_a_network(
    folder: Path,
) -> None:
    (folder / "diagram.html").write_text("<script>draw()</script>")
    page = BuiltPage(folder)

    drawing = await browser(folder).get("/diagram.html")
    policy = drawing.headers["content-security-policy"]

    assert policy.startswith(
        "sandbox allow-scripts; default-src 'none'; script-src 'sha"
    )
    assert "allow-same-origin" not in policy
    assert drawing.headers["x-frame-options"] == "SAMEORIGIN"
    assert len(page.script_hashes) == 1, "the chat's own policy must not allow it"


def test_a_script_inside_of_a_page_cannot_end_early() -> None:
    page = diagram_page('a = "</script><!--"', "b")

    assert page.count("</script>") == 2
    assert r'a = "\x3c/script>\x3c!--"' in page


async def test_every_reply_carries_the_security_headers() -> None:
    headers = (await guarded().get("/")).headers
    policy = headers["content-security-policy"]

    assert headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self' 'sha256-abc';" in policy
    assert "connect-src 'self' ws://localhost:3000" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_a_policy_that_a_reply_brings_along_is_its_own() -> None:
    async def strict(_scope: Scope, _receive: Receive, send: Send) -> None:
        policy = [(b"content-security-policy", b"sandbox")]
        await send({"type": "http.response.start", "status": 200, "headers": policy})
        await send({"type": "http.response.body", "body": b""})

    headers = (await guarded(strict).get("/")).headers
    assert headers.get_list("content-security-policy") == ["sandbox"]
    assert headers["x-frame-options"] == "DENY"


def test_the_built_page_calls_the_address_it_came_from() -> None:
    script = any_origin(
        "{EVENT:`ws://localhost:8000/_event`,PING:`http://localhost:8000/ping`}"
    )

    assert "localhost" not in script
    assert "`${location.origin.replace(`http`,`ws`)}/_event`" in script


ROUTES = """export default [
  ...(await flatRoutes({
    ignoredRouteFiles: ["routes/\\\\[404\\\\]._index.jsx"],
  })),
  route("*", "routes/[404]._index.jsx"),
];"""


def test_the_chat_and_links_have_one_route_for_all_their_addresses() -> None:
    routes = one_route(ROUTES)

    assert 'route("c?/:id?", "routes/_index.jsx"),' in routes
    assert 'route("s/:token?", "routes/[s]._index.jsx"),' in routes
    assert 'ignoredRouteFiles: ["routes/\\\\[s\\\\]._index.jsx", ' in routes
    assert one_route(routes) == routes


def test_an_older_build_is_told_of_new_pages() -> None:
    older = '{"ssr": false, "prerender": ({ getStaticPaths }) => ["/"], "build": 1}'

    assert '=> ["/", "/s", ...getStaticPaths()], "build": 1}' in with_first_page(older)
    assert with_first_page(with_first_page(older)) == with_first_page(older)


def test_reflex_never_sees_cookies_and_tokens() -> None:
    secrets = [
        (b"cookie", b"a=b"),
        (b"authorization", b"x"),
        (b"x-sidekick-visit", b"1"),
    ]
    headers = [(b"host", b"localhost"), *secrets]
    english = (b"accept-language", b"en")

    scope = without_secrets({"type": "websocket", "headers": headers})

    assert scope == {"type": "websocket", "headers": [headers[0], english]}


def test_of_the_cookies_only_the_language_is_passed_on() -> None:
    cookie = (b"cookie", b"secret=a; sidekick_language=zh-Hans")

    scope = without_secrets({"headers": [cookie, (b"accept-language", b"en")]})

    assert scope["headers"] == [(b"accept-language", b"zh-Hans")]


def test_light_and_dark_declare_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert "--accent:#4338ca;" in tokens_css()
