"""Limits on how much may come at once and in a minute.

They are those of a principal, of a key and of an address. Each is counted by itself,
and the tightest decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from graphql_api.domain.access import Caller, Limits, Payer
from graphql_api.errors import RateLimited, Unauthenticated
from graphql_api.ports.rates import Rates
from graphql_api.services.budgets import Budgets
from graphql_api.services.slots import Claim, Share, Slots

_SHORTEST_WAIT_S: Final = 1.0


class _Limited(NamedTuple):
    name: str
    limits: Limits
    who: str


class Rate(NamedTuple):
    """Where a limit stands: at most so many in a minute, so many are left."""

    limit: int
    remaining: int
    wait_s: float


class Limiting:
    """Refuses what is too much."""

    def __init__(
        self,
        rates: Rates,
        slots: Slots,
        budgets: Budgets,
        *,
        usual: Limits,
        each_address: Limits,
    ) -> None:
        """Take the counters and the limits.

        Args:
            rates: Counts what came in the last minute.
            slots: Counts what runs.
            budgets: Sets what may be spent before anything is.
            usual: Limits of a principal that has none of its own.
            each_address: Limits of an address, whoever asks from there.
        """
        self._rates = rates
        self._slots = slots
        self._budgets = budgets
        self._usual = usual
        self._each_address = each_address

    async def admit(self, caller: Caller, *, address: str) -> None:
        """Count an operation.

        Raises:
            RateLimited: It is one too many.
        """
        for name, limits, who in self._limited(caller, address):
            if limits.requests_per_minute is not None:
                await self._hit(f"requests {name}", limits.requests_per_minute, who)

    async def claim(self, payer: Payer, *, at: datetime) -> Claim:
        """Take a place in line for an answer that is asked for at an instant.

        Raises:
            RateLimited: The payer has too many, or has used too many tokens lately.
            ModelUnavailable: The line is full; retryable.
        """
        for name, limits, who in self._limits_of(payer):
            most = limits.tokens_per_minute
            if most is None:
                continue
            left, wait_s = await self._rates.left(f"tokens {name}", most)
            if left <= 0:
                msg = f"{who} may use {most:,} tokens a minute; they are used up."
                raise _limited(msg, wait_s, most)
        await self._budgets.hold(payer, at=at)
        return self._slots.claim(self._shares(payer))

    async def used(self, payer: Payer, tokens: int) -> None:
        """Count the tokens of an answer; what is over the limit is let go."""
        for name, limits, _ in self._limits_of(payer):
            most = limits.tokens_per_minute
            if most is not None:
                left, _ = await self._rates.left(f"tokens {name}", most)
                counted = min(tokens, left)
                if counted > 0:
                    await self._rates.hit(f"tokens {name}", most, count=counted)

    async def requests_of(self, caller: Caller) -> Rate | None:
        """Where the tightest limit of requests stands; None: there is none."""
        rates = [
            Rate(most, *await self._rates.left(f"requests {name}", most))
            for name, limits, _ in self._limited(caller, "")
            if (most := limits.requests_per_minute) is not None
        ]
        return min(rates, key=lambda rate: rate.remaining, default=None)

    async def _hit(self, name: str, most: int, who: str) -> None:
        if not await self._rates.hit(name, most):
            _, wait_s = await self._rates.left(name, most)
            msg = f"{who} may send {most:,} requests a minute; that was one more."
            raise _limited(msg, wait_s, most)

    def _limited(self, caller: Caller, address: str) -> Iterator[_Limited]:
        try:
            payer = replace(caller.payer, address=address)
        except Unauthenticated:
            yield from self._of_address(address)
        else:
            yield from self._limits_of(payer)

    def _limits_of(self, payer: Payer) -> Iterator[_Limited]:
        yield from self._of_address(payer.address)
        own = self._usual if payer.limits is None else payer.limits
        yield _Limited(payer.principal_id, own, "You")
        if payer.key_id is not None:
            yield _Limited(payer.key_id, payer.key_limits, "This API key")

    def _of_address(self, address: str) -> Iterator[_Limited]:
        if address:
            yield _Limited(f"address {address}", self._each_address, "Your address")

    def _shares(self, payer: Payer) -> Sequence[Share]:
        return [
            Share(name, most, f"{who} may have {most:,} answers written at once.")
            for name, limits, who in self._limits_of(payer)
            if (most := limits.concurrent) is not None
        ]


def _limited(message: str, wait_s: float, most: int) -> RateLimited:
    return RateLimited(message, wait_s=max(_SHORTEST_WAIT_S, wait_s), limit=most)
