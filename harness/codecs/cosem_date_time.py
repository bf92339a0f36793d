"""COSEM date-time: twelve octets, most significant first (DLMS Blue Book 4.1.6.1, GBCS 7.2.7 and 18.2).

A pure value; ``now`` and ``never`` are the two markers that GBCS commands use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from harness.codecs.errors import DecodeError

LENGTH: Final = 12
DEVIATION_UNSPECIFIED: Final = -0x8000


@dataclass(frozen=True, slots=True)
class CosemDateTime:
    """Fields as they stand on the wire; FF (FFFF for the year) leaves a field unspecified.

    ``deviation`` is in minutes of local time to UTC, signed, -0x8000 when unspecified.
    """

    year: int
    month: int
    day: int
    weekday: int
    hour: int
    minute: int
    second: int
    hundredths: int
    deviation: int = DEVIATION_UNSPECIFIED
    status: int = 0xFF

    @classmethod
    def from_octets(cls, octets: bytes) -> Self:
        """Take twelve octets apart. Raises DecodeError for any other length."""
        if len(octets) != LENGTH:
            raise DecodeError("date-time", f"expected {LENGTH} octets, got {len(octets)}", offset=0)
        deviation = int.from_bytes(octets[9:11], "big", signed=True)
        month, day, weekday, hour, minute, second, hundredths = octets[2:9]
        year = octets[0] << 8 | octets[1]
        return cls(year, month, day, weekday, hour, minute, second, hundredths, deviation, octets[11])

    @classmethod
    def from_datetime(
        cls, moment: datetime, *, weekday: int = 0xFF, hundredths: int = 0, status: int = 0xFF
    ) -> Self:
        """An instant in UTC, deviation unspecified, as GBCS devices write it."""
        utc = moment.astimezone(UTC)
        return cls(
            utc.year, utc.month, utc.day, weekday, utc.hour, utc.minute, utc.second, hundredths, status=status
        )

    def to_octets(self) -> bytes:
        """Twelve octets."""
        return (
            self.year.to_bytes(2, "big")
            + bytes(
                (self.month, self.day, self.weekday, self.hour, self.minute, self.second, self.hundredths)
            )
            + self.deviation.to_bytes(2, "big", signed=True)
            + bytes((self.status,))
        )

    def to_datetime(self) -> datetime:
        """The instant in UTC. Raises ValueError where a field that it needs is unspecified."""
        offset = 0 if self.deviation == DEVIATION_UNSPECIFIED else self.deviation
        moment = datetime(self.year, self.month, self.day, self.hour, self.minute, self.second, tzinfo=UTC)
        return moment + timedelta(minutes=offset)


NOW: Final = CosemDateTime(0, 0, 0, 0, 0, 0, 0, 0)
NEVER: Final = CosemDateTime(0xFFFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
