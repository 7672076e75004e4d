"""Access: from the credentials of a request to its caller.

A key is looked up by the identifier in it and compared by its digest. What was found is
believed for some seconds: a busy key costs a lookup now and then, and one that is
revoked stops working everywhere a little later, in streams and sockets too. Wrong keys
are counted by the address they come from; one that sends too many is not listened to
for a while.
"""

import asyncio
from dataclasses import replace
from typing import Final

from graphql_api.domain.access import (
    LOCAL_CALLER,
    UNKNOWN_CALLER,
    Caller,
    key_digest,
    key_id_in,
    same_digest,
)
from graphql_api.domain.identity import NO_VISIT, Visit, is_signed
from graphql_api.errors import RateLimited, Unauthenticated
from graphql_api.ports.clock import Clock
from graphql_api.ports.rates import Rates
from graphql_api.ports.store import Store
from graphql_api.services.believing import Beliefs
from graphql_api.services.visitors import Visitors

WRONG_KEYS_PER_MINUTE: Final = 10
_WRONG_TOKENS_PER_MINUTE: Final = 60
_WRONG: Final = "The API key is wrong, was revoked or has expired."


class Access:
    """Finds out who asks.

    Attributes:
        required: Whether who shows nothing is nobody, instead of the owner.
    """

    def __init__(
        self,
        store: Store,
        *,
        keys: bool,
        visitors: Visitors | None,
        recheck_s: float,
        rates: Rates,
        clock: Clock,
    ) -> None:
        """Take the parts; with neither keys nor visitors all are the owner.

        Args:
            store: Has the keys.
            keys: Whether API keys are good.
            visitors: Knows people; None: they cannot sign in.
            recheck_s: Seconds for which what was found out is believed.
            rates: Counts wrong keys.
            clock: Says when keys end.
        """
        self._keys = store.api_keys if keys else None
        self._visitors = visitors
        self.required = keys or visitors is not None
        self._recheck_s = recheck_s
        self._rates = rates
        self._clock = clock
        self._beliefs = Beliefs(last_s=recheck_s)

    async def caller(
        self, token: str | None, *, address: str, visit: Visit = NO_VISIT
    ) -> Caller:
        """Who comes with a key, a token, cookies, or with nothing.

        Args:
            token: What stands behind ``Bearer`` in the request.
            address: Where it comes from, to count wrong keys by.
            visit: What its cookies say, if they may speak for it.

        Raises:
            Unauthenticated: The key or token does not work.
            RateLimited: Too many wrong ones came from the address.
            IdentityUnavailable: Nobody can check the token now.
        """
        if not self.required:
            return LOCAL_CALLER
        if token is None:
            people = self._visitors
            known = None if people is None else await people.browser(visit)
            return known or UNKNOWN_CALLER
        digest = key_digest(token)
        believed = self._beliefs.find(digest, at=self._clock.now())
        if believed is not None:
            return believed
        most = _WRONG_TOKENS_PER_MINUTE if is_signed(token) else WRONG_KEYS_PER_MINUTE
        name = f"wrong-{most} {address}"
        left, wait_s = await self._rates.left(name, most)
        if left <= 0:
            raise RateLimited("Too many wrong API keys came from here.", wait_s=wait_s)
        try:
            caller = await self._look_up(token, digest)
        except Unauthenticated:
            self._beliefs.forget(digest)
            await self._rates.hit(name, most)
            raise
        self._beliefs.keep(digest, caller, at=self._clock.now())
        return caller

    async def ended(self, caller: Caller) -> None:
        """Wait until the credentials of a caller work no more; perhaps for ever."""
        # No event says it: another process may revoke the key.
        while await self._works(caller):  # noqa: ASYNC110
            await asyncio.sleep(self._recheck_s)

    async def _works(self, caller: Caller) -> bool:
        if caller.key is not None and self._keys is not None:
            found = await self._keys.find(caller.key.id)
            return found is not None and found.key.works(self._clock.now())
        return self._visitors is None or await self._visitors.stays(caller)

    async def _look_up(self, token: str, digest: str) -> Caller:
        if self._visitors is not None and is_signed(token):
            return await self._visitors.bearer(token)
        key_id, now = key_id_in(token), self._clock.now()
        if self._keys is None or key_id is None:
            raise Unauthenticated(_WRONG)
        found = await self._keys.find(key_id)
        known = found is not None and same_digest(found.digest, digest)
        if found is None or not known or not found.key.works(now):
            raise Unauthenticated(_WRONG)
        await self._keys.used([found.key.id], at=now)
        return Caller.with_key(replace(found.key, used_at=now), found.principal)
