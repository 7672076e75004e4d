"""Administration as it is drawn: lines of tables in a reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reflex_app.admin_replies import (
    LIMITS,
    Actor,
    Deed,
    Failed,
    Key,
    Name,
    Person,
    Switch,
)
from reflex_app.texts import ENGLISH, Texts
from reflex_app.view import money

_SEPARATOR = " · "


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchLine:
    """Whether answers are stopped, and who did that why."""

    on: bool = False
    since: str = ""
    """A moment as the API writes it, as all moments here."""
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A principal in the table of spending."""

    key: str
    name: str
    detail: str
    active: str
    today: str
    month: str
    limits: str
    limited: bool
    owner: bool
    """Whether it is whose machine this is, where nobody logs in."""
    given: dict[str, str] = field(default_factory=dict)
    """Its own limits as they can be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A key in the table of keys."""

    key: str
    name: str
    hint: str
    owner: str
    scopes: str
    state: str
    """What the moment is: `until`, `expired`, `revoked`; or `works`, without one."""
    moment: str
    used: str
    works: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """A code with how often it came, and the width of its bar."""

    key: str
    count: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedLine:
    """An answer that failed."""

    key: str
    at: str
    code: str
    model: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedLine:
    """A line of the audit log."""

    key: str
    at: str
    who: str
    what: str
    detail: str


def switch_line(switch: Switch, words: Texts = ENGLISH) -> SwitchLine:
    """Return the kill switch as it is drawn."""
    return SwitchLine(
        on=switch.on,
        since=switch.since,
        by=actor_name(switch.by, words) if switch.by else "",
        reason=switch.reason,
    )


def person_line(person: Person, words: Texts = ENGLISH) -> PersonLine:
    """Return a principal as it is drawn."""
    detail = (
        _kind(person.name, words) if person.name.name else "",
        words.text("admin.conversations", count=person.conversations),
    )
    limits = person.limits
    return PersonLine(
        key=person.person_id,
        name=called(person.name, person.person_id, words),
        detail=_SEPARATOR.join(filter(None, detail)),
        active=person.active_at,
        today=money(person.today, person.currency, words),
        month=money(person.month, person.currency, words),
        limits="" if limits is None else _told(limits, words),
        limited=limits is not None,
        owner=person.name.kind == "LOCAL",
        given=dict(limits or {}),
    )


def key_line(key: Key, now: datetime, words: Texts = ENGLISH) -> KeyLine:
    """Return a key as it is drawn."""
    state = _state(key, now)
    owner = called(key.owner, key.owner_id, words)
    return KeyLine(
        key=key.key_id,
        name=key.name,
        hint=f"…{key.hint}",
        # A key that came with its own principal gave it its name.
        owner="" if owner == key.name else owner,
        scopes=_SEPARATOR.join(words.text(f"admin.scope_{one}") for one in key.scopes),
        state=state,
        moment=key.revoked_at or key.expires_at,
        used=key.used_at,
        works=state in {"until", "works"},
    )


def count_lines(
    counts: Sequence[tuple[str, int]], words: Texts = ENGLISH
) -> list[CountLine]:
    """Return the failures by code, most first."""
    most = max((count for _, count in counts), default=1)
    return [
        CountLine(
            key=code, count=words.number(count), share=f"{100 * count / most:.1f}%"
        )
        for code, count in counts
    ]


def failed_line(
    failed: Failed, people: Sequence[Person], words: Texts = ENGLISH
) -> FailedLine:
    """Return a failure as it is drawn; `people` have names."""
    names = {one.person_id: one.name for one in people}
    who = called(names.get(failed.person_id, Name()), failed.person_id, words)
    return FailedLine(
        key=failed.generation_id,
        at=failed.at,
        code=failed.code,
        model=failed.model,
        who=who,
    )


def deed_line(deed: Deed, words: Texts = ENGLISH) -> DeedLine:
    """Return a line of the audit log as it is drawn."""
    what = deed.action
    if what == "SET_KILL_SWITCH":
        what = "STOP" if ("on", "true") in deed.details else "ALLOW"
    shown = [(name, value) for name, value in deed.details if value and name != "on"]
    pairs = [f"{name}: {value}" for name, value in shown]
    subject = [] if what in {"STOP", "ALLOW"} else [deed.subject]
    return DeedLine(
        key=deed.deed_id,
        at=deed.at,
        who=actor_name(deed.by, words),
        what=words.text(f"admin.did_{what}"),
        detail=_SEPARATOR.join([*subject, *pairs]),
    )


def actor_name(actor: Actor, words: Texts = ENGLISH) -> str:
    """Return who did something."""
    if not actor.person_id:
        return words.text("admin.command_line")
    return called(actor.name, actor.person_id, words)


def called(name: Name, identifier: str, words: Texts = ENGLISH) -> str:
    """Return what a principal is called: its name, else its kind, else its number."""
    return name.name or _kind(name, words) or identifier


def _kind(name: Name, words: Texts) -> str:
    return words.text(f"admin.kind_{name.kind}") if name.kind else ""


def _told(limits: Mapping[str, str], words: Texts) -> str:
    parts = [
        words.text(f"admin.told_{name}", number=limits[name])
        for name in LIMITS
        if name in limits
    ]
    return _SEPARATOR.join(parts) or words.text("admin.no_limits")


def _state(key: Key, now: datetime) -> str:
    if key.revoked_at:
        return "revoked"
    if not key.expires_at:
        return "works"
    return "until" if datetime.fromisoformat(key.expires_at) > now else "expired"
