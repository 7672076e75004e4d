"""Sessions: browsers that signed in, from the token in a cookie to a caller.

A token is 256 random bits, given out once; its digest is stored. A session ends 30 days
after the sign-in, or when nobody used it for 7 days, or when somebody signs out.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from graphql_api.domain.access import Caller, Principal
from graphql_api.domain.identity import (
    SESSION_LASTS,
    Session,
    scopes_of,
    session_digest,
)
from graphql_api.ports.clock import Clock
from graphql_api.ports.store import Store


class SignedIn:
    """The sessions of users."""

    def __init__(
        self,
        store: Store,
        *,
        admins: Collection[str],
        clock: Clock,
        new_token: Callable[[], str],
    ) -> None:
        """Take the parts.

        Args:
            store: Keeps sessions.
            admins: Subjects, and addresses in lower case, of who may do everything.
            clock: Says when sessions end.
            new_token: Makes 256 bits that nobody can guess.
        """
        self._sessions = store.sessions
        self._admins = frozenset(admins)
        self._clock = clock
        self._new_token = new_token

    async def open(self, principal_id: str, email: str | None) -> tuple[str, datetime]:
        """Begin a session; its token, which is never shown again, and its end."""
        token, now = self._new_token(), self._clock.now()
        session = Session(
            digest=session_digest(token),
            principal_id=principal_id,
            email=email,
            created_at=now,
            expires_at=now + SESSION_LASTS,
            used_at=now,
        )
        await self._sessions.open(session)
        return token, session.expires_at

    async def caller(self, token: str) -> Caller | None:
        """Whose session it is; None: it is none, or it has ended."""
        digest, now = session_digest(token), self._clock.now()
        found = await self._sessions.find(digest)
        if found is None or not found[0].works(now):
            return None
        session, user = found
        if session.needs_renewal(now):
            await self._sessions.used(digest, at=now)
        caller = self.user(user, session.email, until=session.expires_at)
        return replace(caller, session_digest=digest)

    def user(self, user: Principal, email: str | None, *, until: datetime) -> Caller:
        """A user with what they may do; ``email`` is verified."""
        return Caller(
            principal_id=user.id,
            kind=user.kind,
            name=user.name,
            scopes=scopes_of(user.subject, email, self._admins),
            expires_at=until,
            limits=user.limits,
        )

    async def works(self, digest: str) -> bool:
        """Whether the session of a digest goes on."""
        found = await self._sessions.find(digest)
        return found is not None and found[0].works(self._clock.now())

    async def close(self, token: str) -> None:
        """End a session; what is none is as good as ended."""
        await self._sessions.close(session_digest(token))
