"""Maximum demand: the highest half-hourly average since the register was last reset (SMETS2 5.7.5.17-19).

A half hour counts once it is over. Averages come from the energy registers, so none that was counted
can be above the maximum. The one with configurable times only counts half hours within them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects.registers import Registers
from harness.network.clock import DAY, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_PERIODS_AN_HOUR: Final = 2


class Demand(Enum):
    """What is watched."""

    IMPORT = "import"
    IMPORT_IN_CONFIGURED_TIMES = "import in configured times"
    EXPORT = "export"


@dataclass(slots=True)
class _Peak:
    """The highest average in W so far, the end of its half hour, and how far half hours were looked at."""

    reset_at: Instant
    seen: Instant
    power: int = 0
    at: Instant | None = None


class MaximumDemand:
    """The three registers. ``times`` is the daily span of the configurable one, microseconds of a day."""

    __slots__ = ("_device", "_peaks", "_times")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        begun = Instant(device.template.start // DAY * DAY)
        self._peaks = {demand: _Peak(begun, begun) for demand in Demand}
        self._times = (0, int(DAY))

    @property
    def times(self) -> tuple[int, int]:
        """From and to when of each day the configurable register counts; over midnight where it is later."""
        return self._times

    def configure(self, times: tuple[int, int], now: Instant) -> None:
        """Count within other times from now on."""
        self._look(Demand.IMPORT_IN_CONFIGURED_TIMES, now)
        self._times = times

    def reset(self, demand: Demand, now: Instant) -> None:
        """Begin anew: with the first half hour that starts after now."""
        self._peaks[demand] = _Peak(now, Instant(-(-now // HALF_HOUR) * HALF_HOUR))

    def power(self, demand: Demand, now: Instant) -> int:
        """The register in W."""
        return self._look(demand, now).power

    def at(self, demand: Demand, now: Instant) -> Instant:
        """When the half hour of the maximum ended; when the register was reset where there was none."""
        peak = self._look(demand, now)
        return peak.reset_at if peak.at is None else peak.at

    def reset_at(self, demand: Demand) -> Instant:
        """When the register was last reset."""
        return self._peaks[demand].reset_at

    def _look(self, demand: Demand, now: Instant) -> _Peak:
        peak = self._peaks[demand]
        register = _REGISTERS[demand]
        registers = self._device.part(Registers)
        end = Instant(peak.seen + HALF_HOUR)
        if end > now:
            return peak
        before = register(registers, peak.seen)
        while end <= now:
            reached = register(registers, end)
            power = (reached - before) * _PERIODS_AN_HOUR
            if power > peak.power and self._counts(demand, peak.seen):
                peak.power, peak.at = power, end
            before = reached
            peak.seen, end = end, Instant(end + HALF_HOUR)
        return peak

    def _counts(self, demand: Demand, begun: Instant) -> bool:
        if demand is not Demand.IMPORT_IN_CONFIGURED_TIMES:
            return True
        first, last = self._times
        in_day = begun % DAY
        return first <= in_day < last if first < last else in_day >= first or in_day < last


_REGISTERS: Final[dict[Demand, Callable[[Registers, Instant], int]]] = {
    Demand.IMPORT: Registers.whole_import,
    Demand.IMPORT_IN_CONFIGURED_TIMES: Registers.whole_import,
    Demand.EXPORT: Registers.active_export,
}
