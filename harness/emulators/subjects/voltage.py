"""Average RMS voltage: measured over periods, logged, counted beyond thresholds (SMETS2 5.5.14, 5.7.5).

A period counts once it is over; one that saw the mains, or the phase, fail is not measured. Averages follow
from the voltage at the home, so log and counters agree whatever was read before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from device_profiles.model import EsmeVariant
from harness.emulators.subjects.outage import Outage
from harness.emulators.voltage_model import VoltageModel
from harness.network.clock import MINUTE, SECOND, Duration, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

LOG_DEPTH: Final = 4_320
NO_UPPER_THRESHOLD: Final = 0xFFFF_FFFF
PHASES: Final = 3


class Side(Enum):
    """On which side of a threshold an average is not as it should be."""

    OVER = "over"
    UNDER = "under"


@dataclass(slots=True)
class _Counter:
    """Periods beyond a threshold so far, the end of the last one looked at, and since when it is there."""

    threshold: int
    seen: Instant
    since: Instant
    count: int = 0


class Voltage:
    """Averages of each phase, from 0. ``period`` is that of measurement, one for all phases."""

    __slots__ = ("_device", "_phases", "model", "period")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.model = VoltageModel(device.template.entity_id)
        self.period = Duration(30 * MINUTE)
        start = device.template.start
        count = PHASES if device.template.variant is EsmeVariant.POLYPHASE else 1
        self._phases = tuple(
            {Side.OVER: _Counter(NO_UPPER_THRESHOLD, start, start), Side.UNDER: _Counter(0, start, start)}
            for _ in range(count)
        )

    @property
    def phases(self) -> range:
        """Phases that the meter measures."""
        return range(len(self._phases))

    def measure_every(self, seconds: int, now: Instant) -> None:
        """Measure over periods of another length from now on, at least a second."""
        for phase in self.phases:
            for side in Side:
                self.count(phase, side, now)
        self.period = Duration(max(seconds, 1) * SECOND)
        for counters in self._phases:
            for counter in counters.values():
                counter.seen = now

    def threshold(self, phase: int, side: Side) -> int:
        """Threshold in volts."""
        return self._phases[phase][side].threshold

    def watched_since(self, phase: int, side: Side) -> Instant:
        """Since when averages are held against the threshold."""
        return self._phases[phase][side].since

    def set_threshold(self, phase: int, side: Side, volts: int, now: Instant) -> None:
        """Count by another threshold from now on."""
        self.count(phase, side, now)
        counter = self._phases[phase][side]
        if volts != counter.threshold:
            counter.threshold, counter.since = volts, now

    def count(self, phase: int, side: Side, now: Instant) -> int:
        """How many periods were beyond a threshold since the counter was reset."""
        counter = self._phases[phase][side]
        first = Instant(counter.seen + 1)
        for _, volts in self.averages(phase, first, now, now):
            counter.count += is_beyond(volts, counter.threshold, side)
        counter.seen = now
        return counter.count

    def reset(self, phase: int, side: Side, now: Instant) -> None:
        """Put a counter to nought."""
        counter = self._phases[phase][side]
        counter.count, counter.seen = 0, now

    def averages(
        self, phase: int, start: Instant, end: Instant, now: Instant
    ) -> Iterable[tuple[Instant, int]]:
        """Averages of periods that ended in a range, with their ends, of those that the log holds."""
        period = self.period
        last = min(now, end) // period
        first = max(-(-start // period), now // period - LOG_DEPTH + 1)
        outage = self._device.part(Outage)
        for number in range(first, last + 1):
            ended = Instant(number * period)
            begun = Instant(ended - period)
            if not outage.touches(begun, ended, phase):
                yield ended, self.model.average(begun, ended, phase)


def is_beyond(volts: int, threshold: int, side: Side) -> bool:
    """Whether a voltage is not as it should be."""
    return volts > threshold if side is Side.OVER else volts < threshold
