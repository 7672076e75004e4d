"""Signing in: from a browser that wants to, by way of the provider, to a session.

Who began an attempt ends it: its state, nonce and verifier lie sealed in a cookie of
the browser, and nowhere here. Every sign-in makes a session of its own; none is taken
over from before.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from graphql_api.domain.access import Caller
from graphql_api.domain.identity import Attempt, is_local_path
from graphql_api.errors import BadInput
from graphql_api.ports.clock import Clock
from graphql_api.ports.identity import IdentityProvider, Seals
from graphql_api.ports.store import Store
from graphql_api.services.guests import Guests
from graphql_api.services.sessions import SignedIn

ATTEMPT_LASTS: Final = timedelta(minutes=10)
_ELSEWHERE: Final = "return_to must be a path of this site, as in /chat."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that begins: where the browser goes, and what it keeps meanwhile."""

    address: str = field(repr=False)
    state: str = field(repr=False)
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A browser that signed in: its session's token, and when that ends."""

    token: str = field(repr=False)
    expires_at: datetime


class SigningIn:
    """People who come by the provider."""

    def __init__(
        self,
        store: Store,
        *,
        provider: IdentityProvider,
        seals: Seals,
        sessions: SignedIn,
        guests: Guests | None,
        clock: Clock,
        new_id: Callable[[str], str],
        new_token: Callable[[], str],
    ) -> None:
        """Take the parts; ``new_token`` makes 256 bits that nobody can guess."""
        self._people = store.people
        self._provider = provider
        self._seals = seals
        self._sessions = sessions
        self._guests = guests
        self._clock = clock
        self._new_id = new_id
        self._new_token = new_token

    async def begin(self, return_to: str) -> Begun:
        """Begin an attempt that ends at a path of this site.

        Raises:
            BadInput: It is an address of another site.
            IdentityUnavailable: The provider cannot be reached.
        """
        if not is_local_path(return_to):
            raise BadInput(_ELSEWHERE, reason="NOT_LOCAL", field="return_to")
        attempt = Attempt(
            state=self._new_token(),
            nonce=self._new_token(),
            verifier=self._new_token(),
            return_to=return_to,
        )
        values = {
            "state": attempt.state,
            "nonce": attempt.nonce,
            "verifier": attempt.verifier,
            "return_to": return_to,
        }
        until = self._clock.now() + ATTEMPT_LASTS
        return Begun(
            address=await self._provider.login_address(attempt),
            state=attempt.state,
            sealed=self._seals.seal("login", values, until=until),
        )

    def attempt(self, state: str, sealed: str) -> Attempt | None:
        """The attempt that a browser began; None: it did not begin this one."""
        values = self._seals.open("login", sealed, at=self._clock.now())
        if values is None:
            return None
        attempt = Attempt(**values)
        same = compare_digest(attempt.state.encode(), state.encode("utf-8", "replace"))
        return attempt if same else None

    async def finish(
        self,
        attempt: Attempt,
        code: str,
        *,
        guest_pass: str | None,
        old_token: str | None,
    ) -> Arrived:
        """Sign in with the code that the provider gave to the browser.

        Args:
            attempt: What the browser began.
            code: What it brought back.
            guest_pass: Who it was so far; what that guest has comes along.
            old_token: Token of the session that it had; it ends.

        Raises:
            Unauthenticated: The code is not for this attempt.
            IdentityUnavailable: The provider cannot be reached.
        """
        identity = await self._provider.redeem(attempt, code)
        now = self._clock.now()
        user = await self._people.enter(identity, self._new_id("usr"), at=now)
        if self._guests is not None and guest_pass is not None:
            await self._guests.come_along(guest_pass, user.id)
        if old_token is not None:
            await self._sessions.close(old_token)
        token, expires_at = await self._sessions.open(user.id, identity.email)
        _log.info("session.opened principal_id=%s", user.id)
        return Arrived(token, expires_at)

    async def bearer(self, token: str) -> Caller:
        """Who comes with a bearer token of the provider.

        Raises:
            Unauthenticated: It is worth nothing here.
            IdentityUnavailable: Nobody can tell now.
        """
        identity = await self._provider.check(token)
        now = self._clock.now()
        user = await self._people.enter(identity, self._new_id("usr"), at=now)
        return self._sessions.user(user, identity.email, until=identity.expires_at)

    async def logout_address(self) -> str | None:
        """Where the browser goes to sign out at the provider, too.

        Raises:
            IdentityUnavailable: The provider cannot be reached.
        """
        return await self._provider.logout_address()
