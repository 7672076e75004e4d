"""The administration page's handlers, in front of the real service."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graphql_api.app import create_app
from graphql_api.settings import read_settings
from tests.wire.conftest import Server, Tab

pytestmark = pytest.mark.anyio


class RealApi:
    """The service itself, which nobody need let go on."""

    def __init__(self, folder: Path) -> None:
        environ = {"SIDEKICK_PROVIDER": "echo", "SIDEKICK_DATA_DIR": str(folder)}
        self.asgi = create_app(read_settings(environ))
        self.go_on = asyncio.Event()


@pytest.fixture
def api(tmp_path: Path) -> RealApi:
    return RealApi(tmp_path)


@pytest.fixture
def api_server(api: RealApi) -> Iterator[Server]:
    server = Server(api.asgi)
    yield server
    server.stop()


def of(tab: Tab, name: str) -> Any:
    return tab.vars.get(f"admin_state.{name}")


async def load(tab: Tab) -> None:
    await tab.fire("admin_state.load")
    await tab.until(lambda: of(tab, "loaded"))


async def make(tab: Tab, name: str, *scopes: str, **limits: str) -> str:
    """Make a key as the browser does, which takes it and lets it be forgotten."""
    wanted = {"name": name, "scopes": list(scopes), "days": 30, "limits": limits}
    await tab.fire("admin_state.make_key", **wanted)
    await tab.until(lambda: of(tab, "token") or of(tab, "problem"))
    token = of(tab, "token")
    await tab.fire("admin_state.forget_token")
    await tab.until(lambda: not of(tab, "token"))
    await tab.until(lambda: name in [key["name"] for key in of(tab, "keys") or []])
    return token


async def do(tab: Tab, handler: str, **given: Any) -> None:
    """Do something, and wait until it is done or refused."""
    done = of(tab, "done") or 0
    await tab.fire(f"admin_state.{handler}", **given)
    await tab.until(lambda: (of(tab, "done") or 0) > done or of(tab, "problem"))


async def test_an_owner_of_the_machine_is_an_administrator(tab: Tab) -> None:
    await tab.until(lambda: tab.vars.get("service_state.ready"))
    assert tab.vars["service_state.admin"] is True


async def test_a_new_service_has_nobody_and_nothing_on_the_page(tab: Tab) -> None:
    await load(tab)
    assert not any(of(tab, name) for name in ("people", "keys", "failed", "deeds"))
    assert not any((of(tab, "more") or {}).values())


async def test_a_key_is_made_and_its_text_is_forgotten(tab: Tab) -> None:
    token = await make(tab, "CI", "READ", "CHAT", dailyUsd="0.5")
    (key,) = of(tab, "keys")
    assert key["hint"] == f"…{token[-4:]}"
    assert (key["scopes"], key["state"], key["owner"]) == ("Ask · Read", "until", "")
    assert of(tab, "said") == "The key CI is made."
    assert token[-20:] not in str(tab.vars)


async def test_a_revoked_key_stays_in_the_table(tab: Tab) -> None:
    await make(tab, "CI", "READ")
    key = of(tab, "keys")[0]["key"]
    await do(tab, "end_key", key_id=key, name="CI")
    assert (of(tab, "keys")[0]["state"], of(tab, "keys")[0]["works"]) == (
        *("revoked", False),
    )
    assert [deed["what"] for deed in of(tab, "deeds")] == [
        *("Revoked a key", "Made a key")
    ]


async def test_what_the_service_refuses_is_said_and_nothing_closes(tab: Tab) -> None:
    await load(tab)
    await do(tab, "end_key", key_id="key_nothing", name="CI")
    assert of(tab, "problem") == "There is no such key."
    assert (of(tab, "done") or 0, of(tab, "busy") or False) == (0, False)
    await tab.fire("admin_state.clear")
    await tab.until(lambda: not of(tab, "problem"))


async def test_limits_are_shown_as_they_can_be_typed(tab: Tab) -> None:
    await make(tab, "CI", "READ")
    person = of(tab, "people")[0]["key"]
    limits = {"requestsPerMinute": "60", "monthlyUsd": "12.50", "concurrent": ""}
    await do(tab, "limit", person_id=person, name="CI", limits=limits)
    row = of(tab, "people")[0]
    assert row["given"] == {"requestsPerMinute": "60", "monthlyUsd": "12.5"}
    assert row["limits"] == "60 requests a minute · $12.5 a month"
    await do(tab, "unlimit", person_id=person, name="CI")
    assert of(tab, "people")[0]["limited"] is False


async def test_a_limit_that_is_no_number_is_refused(tab: Tab) -> None:
    await make(tab, "CI", "READ")
    person = of(tab, "people")[0]["key"]
    await do(tab, "limit", person_id=person, name="CI", limits={"dailyUsd": "much"})
    assert of(tab, "problem")


async def test_the_switch_is_turned_and_says_who_did_it(tab: Tab) -> None:
    await load(tab)
    await do(tab, "turn", on=True, reason="The bill")
    switch = of(tab, "switch")
    assert (switch["on"], switch["reason"]) == (True, "The bill")
    assert switch["since"]
    await do(tab, "turn", on=False, reason="")
    assert of(tab, "said") == "Answers are allowed"


async def test_longer_lists_are_read_on(tab: Tab) -> None:
    for number in range(21):
        await do_quickly(tab, number)
    await load(tab)
    assert of(tab, "more")["deeds"] is True
    await tab.fire("admin_state.read_on", which="deeds")
    await tab.until(lambda: len(of(tab, "deeds")) == 21)
    assert of(tab, "more")["deeds"] is False


async def do_quickly(tab: Tab, number: int) -> None:
    await do(tab, "turn", on=bool(number % 2), reason="")


async def test_principals_come_in_the_order_that_is_chosen(tab: Tab) -> None:
    for name in ("One", "Two"):
        await make(tab, name, "READ")
    await tab.fire("admin_state.sort", order="NEWEST")
    await tab.until(lambda: of(tab, "order") == "NEWEST" and not of(tab, "loading"))
    assert [person["name"] for person in of(tab, "people")] == ["Two", "One"]
