"""Voltage that stays beyond a threshold: extreme, swell and sag, averages over and under (SMETS2 5.5.14).

What is to happen follows from the voltage at the home, so a meter that was told a threshold looks
ahead a day and wakes when there is something to tell. One that never was told any sleeps on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.voltage import NO_UPPER_THRESHOLD, Side, Voltage, is_beyond
from harness.emulators.voltage_model import STEP
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import DAY, SECOND, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


class Excursion(IntEnum):
    """What is watched, by the last but one group of the OBIS code of its monitor."""

    EXTREME_OVER = 1
    EXTREME_UNDER = 2
    SAG = 3
    SWELL = 4


_SIDES: Final = {
    Excursion.EXTREME_OVER: Side.OVER,
    Excursion.EXTREME_UNDER: Side.UNDER,
    Excursion.SAG: Side.UNDER,
    Excursion.SWELL: Side.OVER,
}
_CODES: Final = {
    Excursion.EXTREME_OVER: (AlertCode.EXTREME_OVER_VOLTAGE, AlertCode.EXTREME_OVER_VOLTAGE_ENDED),
    Excursion.EXTREME_UNDER: (AlertCode.EXTREME_UNDER_VOLTAGE, AlertCode.EXTREME_UNDER_VOLTAGE_ENDED),
    Excursion.SAG: (AlertCode.VOLTAGE_SAG, AlertCode.VOLTAGE_SAG_ENDED),
    Excursion.SWELL: (AlertCode.VOLTAGE_SWELL, AlertCode.VOLTAGE_SWELL_ENDED),
}
_AVERAGE_CODES: Final = {
    Side.OVER: (AlertCode.AVERAGE_OVER_VOLTAGE, AlertCode.AVERAGE_OVER_VOLTAGE_ENDED),
    Side.UNDER: (AlertCode.AVERAGE_UNDER_VOLTAGE, AlertCode.AVERAGE_UNDER_VOLTAGE_ENDED),
}
_AHEAD: Final = DAY
_PERIODS_AHEAD: Final = 480


@dataclass(slots=True)
class Monitor:
    """A threshold in volts, and for how many seconds voltage must stay beyond it, or return, to count."""

    threshold: int
    seconds: int = 1_800


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something to tell: when, what, of which phase."""

    at: Instant
    code: AlertCode
    phase: int


class VoltageAlerts:
    """Monitors of RMS voltage, and the wake-up for the next thing to tell."""

    __slots__ = ("_device", "_round", "monitors")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._round = 0
        self.monitors = {
            excursion: Monitor(NO_UPPER_THRESHOLD if side is Side.OVER else 0)
            for excursion, side in _SIDES.items()
        }

    def review(self, now: Instant) -> None:
        """Something was configured: see anew what is to come, once nothing more is configured with it."""
        self._round += 1
        latest = self._round
        self._device.schedule(now, lambda woken: self._tell(woken, woken, [], latest))

    def _wait(self, now: Instant, of_round: int) -> None:
        period = self._device.part(Voltage).period
        until = Instant(now + min(_AHEAD, _PERIODS_AHEAD * period))
        coming = list(self.events(now, until))
        due = min((event.at for event in coming), default=until)
        told = [event for event in coming if event.at == due]
        self._device.schedule(due, lambda woken: self._tell(woken, due, told, of_round))

    def _tell(self, now: Instant, due: Instant, events: list[Event], of_round: int) -> None:
        if of_round != self._round:
            return
        alerts = self._device.part(Alerts)
        many = len(self._device.part(Voltage).phases) > 1
        # What was due while the mains were gone did not happen.
        for event in events if now == due else ():
            code = AlertCode(event.code + event.phase + 1) if many else event.code
            alerts.event(code, now)
        self._wait(now, of_round)

    def events(self, start: Instant, end: Instant) -> Iterator[Event]:
        """Everything to tell after ``start``, up to ``end``, were the mains to stay."""
        for phase in self._device.part(Voltage).phases:
            for excursion in Excursion:
                yield from self._excursions(excursion, phase, start, end)
            for side in Side:
                yield from self._averages(side, phase, start, end)

    def _excursions(self, excursion: Excursion, phase: int, start: Instant, end: Instant) -> Iterator[Event]:
        monitor, side = self.monitors[excursion], _SIDES[excursion]
        if not _watches(monitor.threshold, side):
            return
        model = self._device.part(Voltage).model
        length = monitor.seconds * SECOND
        moment = Instant((start - length) // STEP * STEP - STEP)
        changed, state, told = moment, False, False
        while moment <= end:
            beyond = is_beyond(model.at(moment, phase), monitor.threshold, side)
            if beyond is not state:
                changed, state = moment, beyond
            due = Instant(changed + length)
            if state is not told and due < moment + STEP:
                told = state
                if start < due <= end:
                    yield Event(due, _CODES[excursion][not state], phase)
            moment = Instant(moment + STEP)

    def _averages(self, side: Side, phase: int, start: Instant, end: Instant) -> Iterator[Event]:
        voltage = self._device.part(Voltage)
        threshold = voltage.threshold(phase, side)
        if not _watches(threshold, side):
            return
        earlier, since = Instant(start - 2 * voltage.period), voltage.watched_since(phase, side)
        state = False
        for at, volts in voltage.averages(phase, earlier, end, end):
            # What was beyond a threshold before there was one has not been told.
            beyond = at > since and is_beyond(volts, threshold, side)
            if at > start and beyond is not state:
                yield Event(at, _AVERAGE_CODES[side][not beyond], phase)
            state = beyond


def _watches(threshold: int, side: Side) -> bool:
    return threshold < NO_UPPER_THRESHOLD if side is Side.OVER else threshold > 0
