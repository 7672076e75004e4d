"""Administration in a reader's words."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reflex_app import admin_view
from reflex_app.admin_replies import Actor, Deed, Failed, Key, Name, Person
from reflex_app.texts import texts

NOW = datetime(2026, 11, 22, 17, 45, tzinfo=UTC)
CHINESE = texts("zh-Hans")
BOT = Person(
    person_id="usr_bot",
    name=Name("SERVICE", "Nightly"),
    conversations=1,
    active_at="",
    today=Decimal("0.0004"),
    month=Decimal("12.5"),
    currency="USD",
    limits=None,
)
KEY = Key(
    key_id="key_1",
    name="CI",
    owner=Name("SERVICE", "Nightly"),
    owner_id="usr_bot",
    scopes=("CHAT", "ADMIN"),
    hint="utBM",
    expires_at="",
    revoked_at="",
    used_at="",
)
DEED = Deed(
    deed_id="aud_1",
    at="2026-11-22T17:00:00Z",
    by=Actor(person_id="usr_bot", name=Name("SERVICE", "Nightly")),
    action="CREATE_API_KEY",
    subject="key_1",
    details=(("name", "CI"), ("scopes", "CHAT")),
)


def test_a_principal_is_told_with_what_it_spent() -> None:
    line = admin_view.person_line(BOT)
    assert (line.name, line.today, line.month) == ("Nightly", "$0.0004", "$12.50")
    assert line.detail == "Program · 1 conversation"
    assert admin_view.person_line(BOT, CHINESE).detail == "程序 · 1 个对话"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        (Name("LOCAL", ""), "This machine"),
        (Name("GUEST", ""), "Guest"),
        (Name("USER", "Ada"), "Ada"),
        (Name(), "usr_bot"),
    ],
)
def test_a_principal_without_a_name_is_called_by_its_kind(
    name: Name, called: str
) -> None:
    assert admin_view.person_line(replace(BOT, name=name)).name == called


def test_limits_are_told_in_words_and_an_empty_set_is_none() -> None:
    some = replace(BOT, limits={"concurrent": "2", "dailyUsd": "0.5"})
    line = admin_view.person_line(some)
    assert (line.limits, line.limited) == ("2 at once · $0.5 a day", True)
    assert admin_view.person_line(replace(BOT, limits={})).limits == "no limits"


@pytest.mark.parametrize(
    ("moments", "state", "works"),
    [
        ({}, "works", True),
        ({"expires_at": "2026-11-22T18:00:00Z"}, "until", True),
        ({"expires_at": "2026-11-22T17:45:00Z"}, "expired", False),
        (
            {
                "expires_at": "2026-12-01T00:00:00Z",
                "revoked_at": "2026-11-01T00:00:00Z",
            },
            "revoked",
            False,
        ),
    ],
)
def test_a_key_says_whether_it_works(
    moments: dict[str, str], state: str, *, works: bool
) -> None:
    line = admin_view.key_line(replace(KEY, **moments), NOW)
    assert (line.state, line.works) == (state, works)
    assert (line.owner, line.scopes) == ("Nightly", "Ask · Administer")


def test_failures_have_bars_as_long_as_they_are_many() -> None:
    lines = admin_view.count_lines([("TIMEOUT", 4), ("INTERRUPTED", 1)])
    assert [(line.key, line.share) for line in lines] == [
        ("TIMEOUT", "100.0%"),
        ("INTERRUPTED", "25.0%"),
    ]
    assert admin_view.count_lines([]) == []


def test_who_failed_is_named_where_that_is_known() -> None:
    failed = Failed(
        generation_id="gen_1", at="", model="m", code="TIMEOUT", person_id="usr_bot"
    )
    assert admin_view.failed_line(failed, [BOT]).who == "Nightly"
    assert admin_view.failed_line(failed, []).who == "usr_bot"


@pytest.mark.parametrize(
    ("details", "what", "detail"),
    [
        ((("on", "true"), ("reason", "x")), "Stopped all answers", "reason: x"),
        ((("on", "false"), ("reason", "")), "Allowed answers again", ""),
    ],
)
def test_the_switch_is_told_by_what_it_did(
    details: tuple[tuple[str, str], ...], what: str, detail: str
) -> None:
    deed = replace(DEED, action="SET_KILL_SWITCH", subject="answers", details=details)
    line = admin_view.deed_line(deed)
    assert (line.what, line.detail) == (what, detail)


def test_a_deed_says_who_did_it_to_what() -> None:
    line = admin_view.deed_line(DEED)
    assert (line.who, line.what) == ("Nightly", "Made a key")
    assert line.detail == "key_1 · name: CI · scopes: CHAT"
    nobody = replace(DEED, by=Actor(person_id="", name=Name()))
    assert admin_view.deed_line(nobody, CHINESE).who == "命令行"
