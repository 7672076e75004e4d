"""People sign in with a real OpenID provider program, as processes on loopback."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services import Service, free_port, running, running_api

pytestmark = pytest.mark.anyio
LIMIT_S = 20
SECRET = "canary-session-secret-of-32-bytes"
VIEWER = "{ viewer { displayName anonymous } }"
LIST = "{ conversations { totalCount } }"
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SLOW = f"""subscription {{ chatStream(history: [
  {{role: USER, content: "__slow__ {"w " * 1_900}"}}]) {{ __typename }} }}"""


@contextmanager
def provider_in(folder: Path) -> Iterator[Service]:
    port = free_port()
    alice = {"sub": "alice", "name": "Alice", "email": "alice@example.org"}
    with running(
        "oidc_provider_mock",
        *("--port", str(port), "--user-claims", json.dumps(alice)),
        log=folder / "provider.log",
        port_variable="IGNORED",
        port=port,
        path="/.well-known/openid-configuration",
    ) as service:
        yield service


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with provider_in(tmp_path_factory.mktemp("provider")) as service:
        yield service


@pytest.fixture(scope="module")
def api(
    provider: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    port = free_port()
    with running_api(
        tmp_path_factory.mktemp("signed-in") / "api.log",
        port=port,
        SIDEKICK_AUTH="keys,oidc",
        SIDEKICK_OIDC_ISSUER=provider.url,
        SIDEKICK_OIDC_CLIENT_ID="sidekick",
        SIDEKICK_OIDC_CLIENT_SECRET="canary-client-secret",
        SIDEKICK_PUBLIC_URL=f"http://127.0.0.1:{port}",
        SIDEKICK_SESSION_SECRET=SECRET,
        SIDEKICK_GUESTS="on",
        SIDEKICK_RECHECK_S="0.1",
    ) as service:
        yield service


@pytest.fixture
def browser(api: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api.url, follow_redirects=True, timeout=10) as http:
        yield http


def sign_in(browser: httpx.Client, return_to: str = "/healthz") -> httpx.Response:
    """Go through the provider's form, as a person does, and come back."""
    form = browser.get("/auth/login", params={"return_to": return_to})
    assert "Authorize" in form.text
    return browser.post(str(form.url), data={"sub": "alice"})


def ask(browser: httpx.Client, document: str, **headers: str) -> Any:
    reply = browser.post("/graphql", json={"query": document}, headers=headers)
    return reply.json().get("data") or reply.status_code


def test_a_person_signs_in_and_out_at_a_real_provider(
    api: Service, provider: Service, browser: httpx.Client
) -> None:
    assert str(sign_in(browser).url) == f"{api.url}/healthz"
    viewer = {"displayName": "Alice", "anonymous": False}
    assert ask(browser, VIEWER) == {"viewer": viewer}
    left = browser.post("/auth/logout").json()
    farewell = browser.get(left["continueAt"])
    assert farewell.status_code == 200
    assert str(farewell.url).startswith(f"{provider.url}/oauth2/end_session")
    assert ask(browser, VIEWER) == 401


def test_what_a_visitor_asked_comes_along(browser: httpx.Client) -> None:
    assert browser.get("/auth/session").json()["guest"]
    ask(browser, CREATE)
    before = ask(browser, LIST)
    sign_in(browser)
    assert ask(browser, VIEWER)["viewer"]["displayName"] == "Alice"
    assert ask(browser, LIST)["conversations"]["totalCount"] >= 1
    assert before == {"conversations": {"totalCount": 1}}


def test_who_says_no_is_not_signed_in(browser: httpx.Client) -> None:
    form = browser.get("/auth/login", params={"return_to": "/healthz"})
    back = browser.post(str(form.url), data={"action": "deny"})
    # This provider forgets whose sign-in it was; a good one sends the state along.
    assert back.status_code == 400
    assert not browser.get("/auth/session").json()["signedIn"]


def test_a_token_of_the_provider_opens_the_contract(
    api: Service, provider: Service, browser: httpx.Client
) -> None:
    back = f"{api.url}/auth/callback"
    asked = {"client_id": "sidekick", "redirect_uri": back, "response_type": "code"}
    address = f"{provider.url}/oauth2/authorize"
    form = {"sub": "alice"}
    scope = asked | {"scope": "openid profile email"}
    sent = httpx.post(address, params=scope, data=form)
    code = re.search(r"code=([^&]+)", sent.headers["location"])
    assert code is not None
    grant = {"grant_type": "authorization_code", "code": code[1], "redirect_uri": back}
    secret = ("sidekick", "canary-client-secret")
    tokens = httpx.post(f"{provider.url}/oauth2/token", data=grant, auth=secret).json()
    bearer = {"authorization": f"Bearer {tokens['id_token']}"}
    assert ask(browser, VIEWER, **bearer)["viewer"]["displayName"] == "Alice"
    opaque = {"authorization": f"Bearer {tokens['access_token']}"}
    assert ask(browser, VIEWER, **opaque) == 401


async def test_a_stream_ends_when_its_user_signs_out(
    api: Service, browser: httpx.Client
) -> None:
    sign_in(browser)
    headers = {"accept": "text/event-stream"}
    async with (
        asyncio.timeout(LIMIT_S),
        httpx.AsyncClient(base_url=api.url, cookies=browser.cookies) as http,
        http.stream("POST", "/graphql", json={"query": SLOW}, headers=headers) as reply,
    ):
        lines = reply.aiter_lines()
        assert [line async for line in _until(lines, "GenerationStarted")]
        await http.post("/auth/logout")
        rest = "\n".join([line async for line in lines])
    assert "UNAUTHENTICATED" in rest
    assert "GenerationEnded" not in rest


async def _until(lines: Any, word: str) -> Any:
    async for line in lines:
        yield line
        if word in line:
            return


def test_a_provider_that_is_away_keeps_nobody_out_who_is_in(tmp_path: Path) -> None:
    port = free_port()
    with (
        provider_in(tmp_path) as provider,
        running_api(
            tmp_path / "api.log",
            port=port,
            SIDEKICK_AUTH="oidc",
            SIDEKICK_OIDC_ISSUER=provider.url,
            SIDEKICK_OIDC_CLIENT_ID="sidekick",
            SIDEKICK_OIDC_CLIENT_SECRET="canary-client-secret",
            SIDEKICK_PUBLIC_URL=f"http://127.0.0.1:{port}",
            SIDEKICK_SESSION_SECRET=SECRET,
        ) as api,
        httpx.Client(base_url=api.url, follow_redirects=True) as browser,
    ):
        sign_in(browser)
        provider.stop()
        assert ask(browser, LIST) == {"conversations": {"totalCount": 0}}
        with httpx.Client(base_url=api.url) as other:
            assert ask(other, LIST, authorization="Bearer e30.e30.e30") == 401


def test_nothing_of_a_sign_in_is_logged(api: Service, browser: httpx.Client) -> None:
    sign_in(browser)
    session = browser.cookies["sidekick"]
    assert "session.opened principal_id=usr_" in api.output()
    for canary in (session, SECRET, "canary-client-secret", "alice@example.org"):
        assert canary not in api.output()
