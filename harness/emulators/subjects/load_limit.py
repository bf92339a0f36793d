"""Load limiting: too much power for too long takes the supply away for a while (SMETS2 5.5.8, ECS28a/b).

Power is that of the load, half hour by half hour, so a meter that was given a threshold knows when it
will next be above it for long enough, and wakes then. The event is counted and told; where the meter
is set to act on it and has a load switch, the supply is disabled and armed at once, and enabled after
the restoration period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.cosem.objects import Objects
from harness.emulators.equipment import equipment_in
from harness.emulators.load import HALF_HOUR
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.registers import Registers
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.equipment import Equipment
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, SECOND, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey

_LIMITER: Final = obis_octets("0-0:17.0.0.255")
_AHEAD: Final = DAY
_NO_THRESHOLD: Final = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class LimitSetting:
    """A value that is configured now or at a later time: where it is kept, and what it is at first."""

    key: CosemKey
    first: Data

    def value(self, device: EmulatedDevice) -> int:
        """What it is, as a number."""
        written = device.part(Objects).written(self.key)
        value = (self.first if written is None else written).value
        return value if isinstance(value, int) else 0


def _number(value: int) -> Data:
    return Data(DataTag.DOUBLE_LONG_UNSIGNED, value)


ACTS: Final = LimitSetting((9000, obis_octets("0-0:94.44.0.3"), 2, False), Data(DataTag.BOOLEAN, value=False))
THRESHOLD: Final = LimitSetting((71, _LIMITER, 4, False), _number(_NO_THRESHOLD))
PERIOD: Final = LimitSetting((71, _LIMITER, 6, False), _number(300))
RESTORATION: Final = LimitSetting((71, _LIMITER, 7, False), _number(300))
COUNTER: Final = LimitSetting((3, obis_octets("0-0:94.44.42.255"), 2, False), _number(0))
CONFIGURED: Final = (ACTS, THRESHOLD, PERIOD, RESTORATION)


class LoadLimit:
    """The watch over the load, and what is to be done next. ``restored_at`` is the end of the last limit."""

    __slots__ = ("_device", "_round", "restored_at")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._round = 0
        self.restored_at: Instant | None = None

    def review(self, now: Instant) -> None:
        """Something was configured: see anew when the load will be too much."""
        self._round += 1
        self._wait(now, self._round)

    def _wait(self, now: Instant, of_round: int) -> None:
        if THRESHOLD.value(self._device) == _NO_THRESHOLD:
            return
        due = self.next_event(now)
        if due is None:
            later = Instant(now + _AHEAD)
            self._device.schedule(later, lambda woken: self._again(woken, of_round))
        else:
            self._device.schedule(due, lambda woken: self._exceeded(woken, due, of_round))

    def next_event(self, now: Instant) -> Instant | None:
        """When power will have been above the threshold for the period; None where not within a day."""
        threshold, length = THRESHOLD.value(self._device), PERIOD.value(self._device) * SECOND
        registers = self._device.part(Registers)
        begun: Instant | None = None
        moment = now
        while moment <= now + _AHEAD:
            change = Instant((moment // HALF_HOUR + 1) * HALF_HOUR)
            if registers.wanted_power(moment) <= threshold:
                begun = None
            else:
                begun = moment if begun is None else begun
                if begun + length <= change:
                    return Instant(begun + length)
            moment = change
        return None

    def _again(self, now: Instant, of_round: int) -> None:
        if of_round == self._round:
            self._wait(now, of_round)

    def _exceeded(self, now: Instant, due: Instant, of_round: int) -> None:
        device, supply = self._device, self._device.part(Supply)
        if of_round != self._round:
            return
        if now == due and supply.state is SupplyState.ENABLED:
            device.part(Objects).put(COUNTER.key, _number(COUNTER.value(device) + 1))
            if ACTS.value(device) and Equipment.LOAD_SWITCH in equipment_in(device.template.profile):
                supply.change(SupplyState.DISABLED, now)
                supply.change(SupplyState.ARMED, now)
                self.restored_at = Instant(now + RESTORATION.value(device) * SECOND)
                device.schedule(self.restored_at, self.restore)
                self._tell(AlertCode.SUPPLY_ARMED_BY_LOAD_LIMIT, now)
        self._wait(Instant((now // HALF_HOUR + 1) * HALF_HOUR), of_round)

    def restore(self, now: Instant) -> None:
        """End a limit: enable the supply if it is still armed."""
        supply = self._device.part(Supply)
        if supply.state is SupplyState.ARMED:
            supply.change(SupplyState.ENABLED, now)
            self._tell(AlertCode.SUPPLY_ENABLED_AFTER_LOAD_LIMIT, now)

    def _tell(self, code: AlertCode, now: Instant) -> None:
        self._device.part(Alerts).event(code, now)


def configured(device: EmulatedDevice) -> None:
    """A setting took another value: look at it as soon as the device does something by itself."""
    device.schedule(device.template.start, device.part(LoadLimit).review)
