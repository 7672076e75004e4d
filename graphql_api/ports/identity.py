"""Who vouches for people, and what keeps that they signed in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from graphql_api.domain.access import Principal
from graphql_api.domain.identity import Attempt, Identity, Session

Purpose = Literal["login", "guest"]


class IdentityProvider(Protocol):
    """An OpenID provider.

    Each method may raise `IdentityUnavailable`: the provider cannot be reached, or it
    answers with nonsense.
    """

    async def check(self, token: str, /) -> Identity:
        """Whose bearer token it is.

        Raises:
            Unauthenticated: The token is worth nothing here.
        """
        ...

    async def login_address(self, attempt: Attempt, /) -> str:
        """Where the browser goes to sign in."""
        ...

    async def redeem(self, attempt: Attempt, code: str, /) -> Identity:
        """Who signed in, for the code that the browser brought back.

        Raises:
            Unauthenticated: The code or what it stands for does not belong here.
        """
        ...

    async def logout_address(self) -> str | None:
        """Where the browser goes to sign out there, too; None: it need not."""
        ...


class Seals(Protocol):
    """Gives values to browsers to keep, signed; they can be read, but not changed."""

    def seal(
        self, purpose: Purpose, values: Mapping[str, str], /, *, until: datetime
    ) -> str:
        """Values as text that can stand in a cookie."""
        ...

    def open(
        self, purpose: Purpose, sealed: str, /, *, at: datetime
    ) -> Mapping[str, str] | None:
        """The values; None: not sealed here, for something else, or too old."""
        ...


class People(Protocol):
    """Users by what a provider calls them, and guests who become users."""

    async def enter(
        self, identity: Identity, new_id: str, /, *, at: datetime
    ) -> Principal:
        """The user of an identity; ``new_id`` is theirs when they are new."""
        ...

    async def adopt(self, guest_id: str, user_id: str, /) -> bool:
        """Give a user all that a guest has, once; False: it was given before.

        What the guest spent counts as the user's, and what is still stored for the
        guest afterwards, such as the cost of a running answer, comes to the user.
        """
        ...

    async def successor(self, principal_id: str, /) -> str | None:
        """The user who adopted a guest; None: nobody did."""
        ...


class Sessions(Protocol):
    """The browsers that are signed in."""

    async def open(self, session: Session, /) -> None:
        """Store a session of a principal that is there; forget those that ended."""
        ...

    async def find(self, digest: str, /) -> tuple[Session, Principal] | None:
        """One by its digest, whether it works or not; None: there is none."""
        ...

    async def used(self, digest: str, /, *, at: datetime) -> None:
        """Say when a session was used last."""
        ...

    async def close(self, digest: str, /) -> None:
        """End a session; ending it again changes nothing."""
        ...
