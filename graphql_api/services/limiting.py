"""Limits on how much may come in a minute: of a principal, of a key, of an address."""

from collections.abc import Iterator, Mapping

from graphql_api.domain.access import UNLIMITED, Caller, Limits, PrincipalKind
from graphql_api.errors import RateLimited
from graphql_api.ports.rates import Rates


class Limiting:
    """Refuses what is too much in too short a time."""

    def __init__(
        self,
        rates: Rates,
        *,
        usual: Mapping[PrincipalKind, Limits],
        requests_per_address: int | None,
    ) -> None:
        """Take the counters and the limits.

        Args:
            rates: Counts.
            usual: Limits of principals that have none of their own; one that is
                missing has none at all.
            requests_per_address: Operations in a minute, whoever asks; None: any.
        """
        self._rates = rates
        self._usual = usual
        self._requests_per_address = requests_per_address

    def limits_of(self, caller: Caller) -> Limits:
        """Limits of a caller's principal."""
        if caller.limits is not None:
            return caller.limits
        return self._usual.get(caller.kind, UNLIMITED) if caller.kind else UNLIMITED

    async def admit(self, caller: Caller, *, address: str) -> None:
        """Count an operation.

        Raises:
            RateLimited: It is one too many.
        """
        for name, most, whose in self._requests(caller, address):
            if not await self._rates.hit(f"requests {name}", most):
                _, wait_s = await self._rates.left(f"requests {name}", most)
                msg = f"{whose} {most:,} requests a minute; that was one more."
                raise RateLimited(msg, wait_s=max(1.0, wait_s), limit=most)

    def _requests(self, caller: Caller, address: str) -> Iterator[tuple[str, int, str]]:
        if self._requests_per_address is not None:
            yield address, self._requests_per_address, "Your address may send"
        key, limits = caller.key, self.limits_of(caller)
        if key is not None and key.limits.requests_per_minute is not None:
            yield key.id, key.limits.requests_per_minute, "The API key may send"
        if caller.principal_id is not None and limits.requests_per_minute is not None:
            yield caller.principal_id, limits.requests_per_minute, "You may send"
