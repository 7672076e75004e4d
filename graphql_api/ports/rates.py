"""How often something happened lately."""

from typing import Protocol


class Rates(Protocol):
    """Counts of what happened in the last minute, by names that callers choose."""

    async def hit(self, name: str, most: int, /, *, count: int = 1) -> bool:
        """Count something, unless that would be more than ``most`` in a minute."""
        ...

    async def left(self, name: str, most: int, /) -> tuple[int, float]:
        """How many more fit now, and the seconds until there is room for more."""
        ...
