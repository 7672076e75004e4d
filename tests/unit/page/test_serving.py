from pathlib import Path

import httpx
import pytest

from reflex_app.build import any_origin, inline_styles
from reflex_app.files import BuiltPage
from reflex_app.guard import Guard, Receive, Scope, Send, reply
from reflex_app.server import without_secrets
from reflex_app.theme import DARK, LIGHT, tokens_css

pytestmark = pytest.mark.anyio

HTML = (
    '<html><head><link rel="stylesheet" href="/assets/a.css"/></head>'
    "<body><script>hello()</script></body></html>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "external").mkdir()
    files = {
        "index.html": HTML,
        "404.html": "nothing here",
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


def guarded() -> httpx.AsyncClient:
    async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
        await reply(send, 200, b"inside", "text/plain")

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


async def test_files_can_only_be_read(folder: Path) -> None:
    assert (await browser(folder).post("/")).status_code == 405
    assert (await browser(folder).head("/")).content == b""


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


async def test_every_reply_carries_the_security_headers() -> None:
    headers = (await guarded().get("/")).headers
    policy = headers["content-security-policy"]

    assert headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self' 'sha256-abc';" in policy
    assert "connect-src 'self' ws://localhost:3000" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_style_sheet_is_put_into_the_page_and_its_link_is_kept(
    tmp_path: Path,
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.css").write_text("b{}")

    html = inline_styles(HTML, tmp_path)

    assert "<style>b{}</style></head>" in html
    assert 'href="/assets/a.css" media="print"' in html


def test_the_built_page_calls_the_address_it_came_from() -> None:
    script = any_origin(
        "{EVENT:`ws://localhost:8000/_event`,PING:`http://localhost:8000/ping`}"
    )

    assert "localhost" not in script
    assert "`${location.origin.replace(`http`,`ws`)}/_event`" in script


def test_reflex_never_sees_cookies_and_tokens() -> None:
    headers = [(b"host", b"localhost"), (b"cookie", b"a=b"), (b"authorization", b"x")]

    scope = without_secrets({"type": "websocket", "headers": headers})

    assert scope == {"type": "websocket", "headers": headers[:1]}


def test_light_and_dark_declare_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert "--accent:#4338ca;" in tokens_css()
