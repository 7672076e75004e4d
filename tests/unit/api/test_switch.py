"""The kill switch in a process: what it believes, and how long."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from graphql_api.domain.administration import (
    COMMAND_LINE,
    Actor,
    AuditEntry,
    KillSwitch,
)
from graphql_api.errors import BadInput, ModelUnavailable
from graphql_api.services.switch import AnswerSwitch
from tests.fakes import NOW

pytestmark = pytest.mark.anyio
ME = Actor(principal_id="usr_me", key_id="key_1")


@dataclass
class Store:
    """A store with nothing but a switch in it, as another process may turn it."""

    state: KillSwitch = field(default_factory=KillSwitch)
    reads: int = 0
    broken: bool = False
    log: list[AuditEntry] = field(default_factory=list)

    @property
    def switches(self) -> "Store":
        return self

    async def answers(self) -> KillSwitch:
        self.reads += 1
        if self.broken:
            raise OSError
        return self.state

    async def set_answers(self, entry: AuditEntry, /, *, on: bool, reason: str) -> None:
        self.log.append(entry)
        self.state = KillSwitch(on=on, since=entry.at, by=entry.by, reason=reason)


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Switched:
    """A switch over a store, at a time of the test's choice."""

    store: Store = field(default_factory=Store)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        store: Any = self.store
        self.switch = AnswerSwitch(
            store, clock=self.clock, new_id=lambda prefix: f"{prefix}_1"
        )

    def after(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)


async def test_an_answer_may_begin_while_nobody_stopped_them() -> None:
    await Switched().switch.check()


async def test_a_refusal_can_be_retried_and_tells_the_reason() -> None:
    switched = Switched()
    await switched.switch.turn(on=True, reason=" The bill\nis due. ", by=ME)
    with pytest.raises(ModelUnavailable, match=r"for now: The bill is due\.$") as no:
        await switched.switch.check()
    assert no.value.retryable


async def test_a_refusal_without_a_reason_is_a_sentence() -> None:
    switched = Switched(Store(KillSwitch(on=True)))
    with pytest.raises(ModelUnavailable, match=r"no reason is given\.$"):
        await switched.switch.check()


async def test_what_was_read_is_believed_for_two_seconds() -> None:
    switched = Switched()
    await switched.switch.check()
    switched.store.state = KillSwitch(on=True)
    switched.after(1.9)
    await switched.switch.check()
    assert switched.store.reads == 1
    switched.after(0.1)
    with pytest.raises(ModelUnavailable):
        await switched.switch.check()


async def test_here_it_holds_at_once() -> None:
    switched = Switched()
    await switched.switch.check()
    await switched.switch.turn(on=True, reason="", by=ME)
    with pytest.raises(ModelUnavailable):
        await switched.switch.check()
    await switched.switch.turn(on=False, reason="", by=ME)
    await switched.switch.check()


async def test_the_last_state_holds_while_the_database_is_gone() -> None:
    switched = Switched(Store(KillSwitch(on=True)))
    await switched.switch.state()
    switched.store.broken = True
    switched.after(5)
    with pytest.raises(OSError):  # noqa: PT011 the database's own
        await switched.switch.check()
    with pytest.raises(ModelUnavailable):
        await switched.switch.check()


async def test_each_turn_is_written_down_with_who_did_it() -> None:
    switched = Switched()
    await switched.switch.turn(on=True, reason="x", by=ME)
    await switched.switch.turn(on=False, reason="", by=COMMAND_LINE)
    first, second = switched.store.log
    assert (first.by, dict(first.details)) == (ME, {"on": "true", "reason": "x"})
    assert (second.by, second.details["on"]) == (COMMAND_LINE, "false")


async def test_a_reason_is_no_essay() -> None:
    switched = Switched()
    with pytest.raises(BadInput, match="200"):
        await switched.switch.turn(on=True, reason="x" * 201, by=ME)
    assert switched.store.log == []
