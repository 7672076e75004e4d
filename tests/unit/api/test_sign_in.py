"""Rules of signing in that need nobody else."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.adapters.oidc.keeping import Kept
from graphql_api.adapters.seals import SecretSeals
from graphql_api.domain.access import EVERYTHING, OWN, Scope
from graphql_api.domain.identity import is_local_path, scopes_of
from graphql_api.errors import IdentityUnavailable, SettingsError
from graphql_api.settings import Settings, read_settings
from tests.fakes import NOW

SECRET = "x" * 32
UNTIL = NOW + timedelta(days=1)
PEOPLE = {
    "SIDEKICK_AUTH": "keys, oidc",
    "SIDEKICK_OIDC_ISSUER": "https://id.example/realms/a",
    "SIDEKICK_OIDC_CLIENT_ID": "sidekick",
    "SIDEKICK_PUBLIC_URL": "https://Chat.example/",
    "SIDEKICK_SESSION_SECRET": SECRET,
}


def settings(**changed: str) -> Settings:
    return read_settings({"SIDEKICK_PROVIDER": "echo", **PEOPLE, **changed})


@pytest.mark.parametrize("path", ["/", "/c/cnv_1", "/x?a=b&c=//d", "/a//b", "/%2F%2Fx"])
def test_a_path_of_this_site_is_local(path: str) -> None:
    assert is_local_path(path)


@given(st.text("/\\\t\n\r:@.#?ab%", min_size=1, max_size=12))
def test_what_a_browser_takes_for_another_site_is_not_local(text: str) -> None:
    # What browsers do before they look: skip tabs and line ends, turn backslashes.
    seen = text.translate({9: None, 10: None, 13: None, 92: "/"})
    assert not (is_local_path(text) and (seen[:2] == "//" or seen[:1] != "/"))


@pytest.mark.parametrize(
    ("subject", "email", "scopes"),
    [
        ("alice", None, EVERYTHING),
        ("bob", "Bob@Example.org", EVERYTHING),
        ("carol", "carol@example.org", OWN),
        ("carol", None, OWN),
        (None, None, OWN),
    ],
)
def test_admins_are_named_by_subject_or_verified_address(
    subject: str | None, email: str | None, scopes: frozenset[Scope]
) -> None:
    admins = {"alice", "bob@example.org"}
    assert scopes_of(subject, email, admins) == scopes


def test_what_is_sealed_opens_for_its_purpose_and_in_time() -> None:
    seals = SecretSeals(SECRET)
    sealed = seals.seal("guest", {"id": "gst_1"}, until=UNTIL)
    assert seals.open("guest", sealed, at=NOW) == {"id": "gst_1"}
    assert seals.open("login", sealed, at=NOW) is None
    assert seals.open("guest", sealed, at=UNTIL) is None
    assert SecretSeals("y" * 32).open("guest", sealed, at=NOW) is None


@given(st.text(max_size=40))
def test_what_is_not_sealed_does_not_open(text: str) -> None:
    assert SecretSeals(SECRET).open("guest", text, at=NOW) is None


class Fetched:
    """Counts how often it is fetched, and can fail."""

    def __init__(self) -> None:
        self.count = 0
        self.fails = False
        self.at_s = 0.0

    async def fetch(self) -> int:
        self.count += 1
        await asyncio.sleep(0)
        if self.fails:
            raise IdentityUnavailable("gone")
        return self.count

    def kept(self) -> Kept[int]:
        return Kept(self.fetch, max_age_s=600, pause_s=10, now_s=lambda: self.at_s)


@pytest.mark.anyio
async def test_many_who_wait_are_one_fetch() -> None:
    fetched = Fetched()
    kept = fetched.kept()
    assert await asyncio.gather(*(kept.get() for _ in range(50))) == [1] * 50


@pytest.mark.anyio
async def test_what_is_too_old_is_fetched_anew() -> None:
    fetched = Fetched()
    kept = fetched.kept()
    assert await kept.get() == 1
    fetched.at_s = 599
    assert await kept.get() == 1
    fetched.at_s = 600
    assert await kept.get() == 2


@pytest.mark.anyio
async def test_something_newer_is_fetched_at_most_once_in_a_pause() -> None:
    fetched = Fetched()
    kept = fetched.kept()
    assert await kept.newer(await kept.get()) == 1
    fetched.at_s = 10
    assert await asyncio.gather(*(kept.newer(1) for _ in range(50))) == [2] * 50
    assert await kept.newer(2) == 2


@pytest.mark.anyio
async def test_a_failure_is_not_tried_again_at_once() -> None:
    fetched = Fetched()
    kept, fetched.fails = fetched.kept(), True
    for _ in range(5):
        with pytest.raises(IdentityUnavailable, match="gone"):
            await kept.get()
    assert fetched.count == 1
    fetched.at_s, fetched.fails = 10, False
    assert await kept.get() == 2


@pytest.mark.anyio
async def test_who_stops_waiting_takes_it_from_nobody() -> None:
    kept = Fetched().kept()
    first, second = (asyncio.ensure_future(kept.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1


def test_the_settings_of_signing_in_are_read() -> None:
    found = settings(SIDEKICK_ADMINS="Alice@Example.org, Carol").sign_in
    assert found is not None
    assert (found.audience, found.public_url) == ("sidekick", "https://chat.example")
    assert found.admins == {"alice@example.org", "Carol"}
    assert (found.guests, found.secure, found.client_secret) == (None, True, None)
    assert SECRET not in repr(found)


def test_the_public_address_is_served(tmp_path: object) -> None:
    found = settings(SIDEKICK_API_HOST="0.0.0.0")
    assert "chat.example" in found.allowed_hosts
    assert "https://chat.example" in found.allowed_origins
    assert found.auth == {"keys", "oidc"}


def test_guests_have_small_limits_unless_the_settings_say_otherwise() -> None:
    found = settings(SIDEKICK_GUESTS="on", SIDEKICK_GUEST_CONCURRENT="2").sign_in
    assert found is not None
    assert found.guests is not None
    assert found.guests.concurrent == 2
    assert None not in {
        found.guests.requests_per_minute,
        found.guests.tokens_per_minute,
        found.guests.daily_usd,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"SIDEKICK_AUTH": "oicd"},
        {"SIDEKICK_AUTH": "off,oidc"},
        {"SIDEKICK_OIDC_ISSUER": ""},
        {"SIDEKICK_OIDC_ISSUER": "http://id.example"},
        {"SIDEKICK_OIDC_ISSUER": "id.example"},
        {"SIDEKICK_OIDC_ISSUER": "https://user:pw@id.example"},
        {"SIDEKICK_OIDC_CLIENT_ID": ""},
        {"SIDEKICK_PUBLIC_URL": ""},
        {"SIDEKICK_PUBLIC_URL": "http://chat.example"},
        {"SIDEKICK_PUBLIC_URL": "https://chat.example/path"},
        {"SIDEKICK_PUBLIC_URL": "https://[chat.example"},
        {"SIDEKICK_SESSION_SECRET": "canary-too-short"},
        {"SIDEKICK_GUESTS": "maybe"},
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_shown(
    changed: Mapping[str, str],
) -> None:
    (name,) = changed
    with pytest.raises(SettingsError, match=name) as refused:
        settings(**changed)
    assert "canary" not in refused.value.message
    assert "pw@" not in refused.value.message
