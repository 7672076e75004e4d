"""Headers of every answer, and whose pages may read it."""

import pytest

from tests.schema.conftest import JSON, Api, open_api

pytestmark = pytest.mark.anyio
HEALTH = {"query": "{ health { status } }"}
FRIEND = "https://app.example"
OURS = {"origin": FRIEND}
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/healthz", {}),
        ("GET", "/nowhere", {}),
        ("GET", "/graphql?query={health{status}}", {}),
        ("DELETE", "/graphql", {}),
        ("POST", "/graphql", {"content-type": "text/plain"}),
        ("POST", "/graphql", {"host": "evil.example"}),
        ("POST", "/graphql", {"origin": "https://evil.example"}),
        ("POST", "/graphql", {"content-length": "999999"}),
    ],
)
async def test_every_answer_tells_browsers_to_do_nothing_with_it(
    api: Api, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await api.http.request(method, path, headers=headers)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in answer.headers["cache-control"]
    assert "access-control-allow-origin" not in answer.headers


async def test_a_page_of_an_allowed_origin_may_read_the_answers() -> None:
    async for api in open_api(SIDEKICK_ALLOWED_ORIGINS=FRIEND):
        asked = await api.http.options(
            "/graphql", headers={"origin": FRIEND, **PREFLIGHT}
        )
        assert asked.status_code == 204
        assert "content-type" in asked.headers["access-control-allow-headers"]
        answer = await api.http.post(
            "/graphql", json=HEALTH, headers={"origin": FRIEND}
        )
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_page_of_another_origin_may_not_even_ask() -> None:
    async for api in open_api(SIDEKICK_ALLOWED_ORIGINS=FRIEND):
        headers = {"origin": "https://evil.example", **PREFLIGHT}
        asked = await api.http.options("/graphql", headers=headers)
        assert asked.status_code == 403
        assert "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("cross-site", None, 403),
        ("same-site", None, 403),
        ("same-origin", None, 200),
        ("none", None, 200),
        (None, None, 200),
        ("cross-site", FRIEND, 200),
    ],
)
async def test_an_image_of_a_foreign_page_asks_nothing(
    site: str | None, origin: str | None, status: int
) -> None:
    headers = {"sec-fetch-site": site, "origin": origin}
    given = {name: value for name, value in headers.items() if value}
    async for api in open_api(SIDEKICK_ALLOWED_ORIGINS=FRIEND):
        answer = await api.http.get("/graphql", params=HEALTH, headers=given)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith(JSON)
