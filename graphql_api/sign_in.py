"""How people sign in, put together from the settings."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final

from graphql_api.ports.clock import Clock
from graphql_api.ports.identity import IdentityProvider, Seals
from graphql_api.ports.log import GenerationLog
from graphql_api.ports.rates import Rates
from graphql_api.ports.store import Store
from graphql_api.services.guests import Guests
from graphql_api.services.sessions import SignedIn
from graphql_api.services.signing_in import SigningIn
from graphql_api.services.visitors import Visitors
from graphql_api.sign_in_settings import SignInSettings

_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What signing in needs of the rest of the service."""

    store: Store
    log: GenerationLog
    rates: Rates
    clock: Clock
    new_id: Callable[[str], str]


@asynccontextmanager
async def open_sign_in(
    settings: SignInSettings | None, around: Surroundings
) -> AsyncGenerator[Visitors | None]:
    """Who finds out which person asks; connections close at the end.

    None when nobody can sign in.
    """
    if settings is None:
        yield None
        return
    from graphql_api.adapters.oidc.provider import OidcProvider  # noqa: PLC0415 heavy
    from graphql_api.adapters.seals import SecretSeals  # noqa: PLC0415 heavy

    provider = OidcProvider(
        issuer=settings.issuer,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        audience=settings.audience,
        public_url=settings.public_url,
        clock=around.clock,
    )
    try:
        seals = SecretSeals(settings.session_secret)
        yield _visitors(settings, provider, seals, around)
    finally:
        await provider.aclose()


def _visitors(
    settings: SignInSettings,
    provider: IdentityProvider,
    seals: Seals,
    around: Surroundings,
) -> Visitors:
    sessions = SignedIn(
        around.store,
        admins=settings.admins,
        clock=around.clock,
        new_token=_new_token,
    )
    guests = None
    if settings.guests is not None:
        guests = Guests(
            around.store,
            log=around.log,
            seals=seals,
            rates=around.rates,
            limits=settings.guests,
            clock=around.clock,
            new_id=around.new_id,
        )
    signing_in = SigningIn(
        around.store,
        provider=provider,
        seals=seals,
        sessions=sessions,
        guests=guests,
        clock=around.clock,
        new_id=around.new_id,
        new_token=_new_token,
    )
    return Visitors(
        sessions=sessions, signing_in=signing_in, guests=guests, clock=around.clock
    )


def _new_token() -> str:
    return token_urlsafe(_TOKEN_BYTES)
