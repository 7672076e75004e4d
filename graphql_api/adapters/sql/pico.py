"""Money and instants as whole numbers, which both databases add and compare exactly."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from typing import Final

# A price of six decimals per million tokens times any number of tokens is whole.
_PLACES: Final = 12
_EXACT: Final = Context(prec=120)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def spent_pusd(usd: Decimal) -> int:
    """Pico-USD of what was spent; what is finer is rounded half to even."""
    return int(_EXACT.scaleb(usd, _PLACES).to_integral_value(ROUND_HALF_EVEN, _EXACT))


def reserved_pusd(usd: Decimal) -> int:
    """Pico-USD that hold an amount: what is finer is rounded up."""
    return int(_EXACT.scaleb(usd, _PLACES).to_integral_value(ROUND_CEILING, _EXACT))


def usd(pusd: int | Decimal) -> Decimal:
    """USD of a sum of pico-USD, exact."""
    return _EXACT.scaleb(Decimal(pusd), -_PLACES)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant."""
    return (at - _EPOCH) // _MICROSECOND


def instant(microseconds_since_1970: int) -> datetime:
    """The instant, aware and in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds_since_1970)


def maybe_instant(microseconds_since_1970: int | None) -> datetime | None:
    """The instant; None stays None."""
    if microseconds_since_1970 is None:
        return None
    return instant(microseconds_since_1970)
