"""Visitors: people who come with a bearer token, a session or a guest's pass."""

from graphql_api.domain.access import Caller, PrincipalKind
from graphql_api.domain.identity import Visit
from graphql_api.ports.clock import Clock
from graphql_api.services.guests import Guests
from graphql_api.services.sessions import SignedIn
from graphql_api.services.signing_in import SigningIn


class Visitors:
    """Finds out which person asks.

    Attributes:
        sessions: Browsers that are signed in.
        signing_in: The way from the one to the other.
        guests: People without an account; None: they cannot come in.
    """

    def __init__(
        self,
        *,
        sessions: SignedIn,
        signing_in: SigningIn,
        guests: Guests | None,
        clock: Clock,
    ) -> None:
        """Take the parts."""
        self.sessions = sessions
        self.signing_in = signing_in
        self.guests = guests
        self._clock = clock

    async def bearer(self, token: str) -> Caller:
        """Who comes with a bearer token of the provider.

        Raises:
            Unauthenticated: It is worth nothing here.
            IdentityUnavailable: Nobody can tell now.
        """
        return await self.signing_in.bearer(token)

    async def browser(self, visit: Visit) -> Caller | None:
        """Who comes with what lies in a browser's cookies; None: nobody we know."""
        caller = None
        if visit.session is not None:
            caller = await self.sessions.caller(visit.session)
        if caller is None and visit.guest_pass is not None and self.guests is not None:
            caller = await self.guests.caller(visit.guest_pass)
        return caller

    async def stays(self, caller: Caller) -> bool:
        """Whether the credentials of a person go on being good."""
        if caller.session_digest is not None:
            return await self.sessions.works(caller.session_digest)
        if caller.kind is PrincipalKind.GUEST and self.guests is not None:
            return not await self.guests.left(str(caller.principal_id))
        return caller.expires_at is None or self._clock.now() < caller.expires_at
