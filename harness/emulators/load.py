"""How much a home uses, and when: half-hourly amounts that follow from a seed alone.

Registers and logs both ask this model, so what they say of the same time always agrees. Amounts are
whole thousandths of what a register counts (mWh, cm³), so that sums do not depend on rounding.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from harness.network.clock import MINUTE, Duration, Instant

HALF_HOUR: Final = Duration(30 * MINUTE)
_PERIODS_A_DAY: Final = 48


@dataclass(frozen=True, slots=True)
class LoadShape:
    """A day of half hours: least use in each, and in thousandths how much chance may add to each."""

    periods: tuple[int, ...]
    spreads: tuple[int, ...]


def _day(*hours: int) -> tuple[int, ...]:
    """Twenty-four hourly figures as forty-eight half-hourly ones."""
    return tuple(figure for hour in hours for figure in (hour, hour))


# Night, breakfast, day, evening: about 8 kWh and about 2 m³ (22 kWh) a day. Never nothing, so that a
# value which is half an hour old shows.
ELECTRICITY: Final = LoadShape(
    _day(
        60,
        50,
        45,
        45,
        45,
        55,
        110,
        210,
        190,
        140,
        120,
        125,
        150,
        140,
        120,
        130,
        180,
        300,
        360,
        330,
        270,
        220,
        160,
        90,
    ),
    (60_000,) * _PERIODS_A_DAY,
)
GAS: Final = LoadShape(
    _day(4, 4, 4, 4, 6, 30, 90, 110, 70, 30, 20, 20, 25, 20, 20, 35, 70, 100, 95, 80, 60, 35, 15, 6),
    (40_000,) * _PERIODS_A_DAY,
)
# Roof panels: nothing at night, and by day what the weather leaves and the home does not use itself.
EXPORT: Final = LoadShape(
    (0,) * _PERIODS_A_DAY,
    tuple(
        watt_hours * 1_000
        for watt_hours in _day(
            0, 0, 0, 0, 0, 0, 20, 90, 200, 330, 440, 500, 520, 490, 420, 310, 180, 70, 10, 0, 0, 0, 0, 0
        )
    ),
)


class LoadModel:
    """Use over time. Pure in its seed and shape; what it remembers only saves work."""

    __slots__ = ("_ahead", "_behind", "_days", "_origin", "_seed", "_shape")

    def __init__(self, shape: LoadShape, seed: bytes, origin: Instant) -> None:
        self._shape = shape
        self._seed = seed[:64]
        self._origin = origin // HALF_HOUR
        self._days: dict[int, bytes] = {}
        # Sums over the half hours after and before the origin, as far as anybody asked.
        self._ahead = array("q", [0])
        self._behind = array("q", [0])

    def amount(self, period: int) -> int:
        """Use in half hour number ``period`` since 2000-01-01, in thousandths."""
        day, index = divmod(period, _PERIODS_A_DAY)
        chances = self._days.get(day)
        if chances is None:
            chances = blake2b(day.to_bytes(8, "big", signed=True), key=self._seed, digest_size=48).digest()
            self._days[day] = chances
        shape = self._shape
        return shape.periods[index] * 1_000 + chances[index] * shape.spreads[index] // 255

    def until(self, moment: Instant) -> int:
        """Use from the origin to ``moment`` (less than nought before it), at an even rate in a half hour."""
        period, rest = divmod(moment, HALF_HOUR)
        count = period - self._origin
        sums = self._ahead if count >= 0 else self._behind
        if len(sums) <= abs(count):
            self._extend(count)
        total = sums[count] if count >= 0 else -sums[-count]
        return total + self.amount(period) * rest // HALF_HOUR if rest else total

    def _extend(self, count: int) -> None:
        ahead, behind, origin = self._ahead, self._behind, self._origin
        while len(ahead) <= count:
            ahead.append(ahead[-1] + self.amount(origin + len(ahead) - 1))
        while len(behind) <= -count:
            behind.append(behind[-1] + self.amount(origin - len(behind)))


@lru_cache(maxsize=1024)
def load_of(shape: LoadShape, seed: bytes, origin: Instant) -> LoadModel:
    """The one model of a shape, seed and origin: what homes of one device remember is theirs together."""
    return LoadModel(shape, seed, origin)


class Consumption:
    """What a meter has counted: a load, less the times at which nothing flowed.

    ``opening`` is the register at ``start``, in thousandths. Times before ``start`` are read off the
    load alone: the home had its supply until then.
    """

    __slots__ = ("_base", "_interrupted_at", "_interruptions", "_load")

    def __init__(self, load: LoadModel, opening: int, start: Instant) -> None:
        self._load = load
        self._base = opening - load.until(start)
        self._interruptions: list[tuple[Instant, Instant]] = []
        self._interrupted_at: Instant | None = None

    def interrupt(self, now: Instant) -> None:
        """Nothing flows from now on."""
        if self._interrupted_at is None:
            self._interrupted_at = now

    def resume(self, now: Instant) -> None:
        """Flow goes on."""
        if self._interrupted_at is not None:
            self._interruptions.append((self._interrupted_at, now))
            self._interrupted_at = None

    @property
    def flows(self) -> bool:
        """Whether something flows now."""
        return self._interrupted_at is None

    def rate(self, moment: Instant) -> int:
        """How much flows now in an hour, in whole units (W, dm³ an hour)."""
        return self.wanted_rate(moment) if self.flows else 0

    def wanted_rate(self, moment: Instant) -> int:
        """How much would flow in an hour if it could, in whole units."""
        return self._load.amount(moment // HALF_HOUR) * 2 // 1_000

    def at(self, moment: Instant) -> int:
        """The register at a moment up to now, in whole units (Wh, dm³)."""
        until = self._load.until
        total = self._base + until(moment)
        for begin, end in self._interruptions:
            if begin < moment:
                total -= until(min(end, moment)) - until(begin)
        if self._interrupted_at is not None and self._interrupted_at < moment:
            total -= until(moment) - until(self._interrupted_at)
        return total // 1_000
