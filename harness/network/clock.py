"""Simulated time: whole microseconds since 2000-01-01T00:00:00Z, the epoch of ZigBee UTCTime.

Nothing here reads the machine's clock. Integers, so that sums never depend on rounding.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, NewType

Instant = NewType("Instant", int)
Duration = NewType("Duration", int)

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND: Final = Duration(1)
MILLISECOND: Final = Duration(1_000)
SECOND: Final = Duration(1_000_000)
MINUTE: Final = Duration(60 * SECOND)
HOUR: Final = Duration(60 * MINUTE)
DAY: Final = Duration(24 * HOUR)


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    return Instant((moment - EPOCH) // timedelta(microseconds=1))


def datetime_of(instant: Instant) -> datetime:
    """The instant as an aware datetime in UTC."""
    return EPOCH + timedelta(microseconds=instant)


def utc_time_of(instant: Instant) -> int:
    """ZigBee UTCTime: whole seconds since 2000-01-01."""
    return instant // SECOND


def after(instant: Instant, duration: Duration | int) -> Instant:
    """The instant ``duration`` microseconds later."""
    return Instant(instant + duration)
