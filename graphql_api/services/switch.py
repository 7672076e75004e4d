"""The kill switch: while it is on, nothing new is asked of a model.

It is stored, so that it holds in all processes and after a restart. What was read is
believed for two seconds. Answers that are being written go on.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from graphql_api.domain.administration import (
    Actor,
    AuditAction,
    AuditEntry,
    KillSwitch,
)
from graphql_api.errors import BadInput, ModelUnavailable
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store

SUBJECT: Final = "answers"
_BELIEVED: Final = timedelta(seconds=2)
_MOST_CHARS: Final = 200
_OFF: Final = "An administrator has stopped new answers for now"


class AnswerSwitch:
    """Stops new answers, and lets them begin again."""

    def __init__(
        self, store: Store, *, clock: Clock, new_id: Callable[[str], str]
    ) -> None:
        """Take the parts; ``new_id`` makes an identifier with a prefix."""
        self._switches = store.switches
        self._clock = clock
        self._new_id = new_id
        self._known: KillSwitch | None = None
        self._until = clock.now()

    async def state(self) -> KillSwitch:
        """How it stands, as of two seconds ago at most."""
        if self._known is None or self._clock.now() >= self._until:
            # Before the wait: meanwhile, and should this fail, the others believe on.
            self._until = self._clock.now() + _BELIEVED
            self._known = await self._switches.answers()
        return self._known

    async def check(self) -> None:
        """See that an answer may begin.

        Raises:
            ModelUnavailable: Answers are stopped; the operator's reason is told.
        """
        state = await self.state()
        if state.on:
            raise ModelUnavailable(f"{_OFF}: {state.reason or 'no reason is given'}.")

    async def turn(self, *, on: bool, reason: str, by: Actor) -> KillSwitch:
        """Stop new answers or allow them: here at once, elsewhere in two seconds.

        Raises:
            BadInput: The reason is too long.
        """
        reason = " ".join(reason.split()).rstrip(".")
        if len(reason) > _MOST_CHARS:
            msg = f"A reason has at most {_MOST_CHARS} characters."
            raise BadInput(msg, reason="TOO_LONG", field="input.reason")
        entry = AuditEntry(
            id=self._new_id("aud"),
            at=self._clock.now(),
            by=by,
            action=AuditAction.SET_KILL_SWITCH,
            subject=SUBJECT,
            details={"on": str(on).lower(), "reason": reason},
        )
        await self._switches.set_answers(entry, on=on, reason=reason)
        self._known = None
        return await self.state()
