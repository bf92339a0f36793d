"""What is done to a device's body, or happens to it: events (SMETS2 4.4.6, 5.5.9; GBCS 16.2).

A condition begins once and ends once: opening what is open tells nothing new. What a self-test finds is
told each time that it is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.gbz_types import IntegrityIssue
from harness.emulators.subjects.alerts import Alerts
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.network.clock import Instant


@dataclass(frozen=True, slots=True)
class _Turn:
    """One end of a condition: its event, and the condition with whether it holds from now on.

    Without a condition it is something that can happen again and again.
    """

    code: AlertCode | None
    condition: str = ""
    begins: bool = True


ISSUE: Final = bytes((0, 1))
"""What a warning of a meter's integrity is about: the number of the self-test, which its maker gives."""
_FINDINGS: Final = {
    Stimulus.INTEGRITY_DOUBTED: _Turn(AlertCode.METER_INTEGRITY_WARNING),
    Stimulus.MEASUREMENT_FAILED: _Turn(AlertCode.MEASUREMENT_FAULT),
    Stimulus.METROLOGY_UNVERIFIED: _Turn(AlertCode.METROLOGY_FIRMWARE_UNVERIFIED),
    Stimulus.MEMORY_FAILED: _Turn(AlertCode.NON_VOLATILE_MEMORY_ERROR),
    Stimulus.PROGRAM_FAILED: _Turn(AlertCode.PROGRAM_EXECUTION_ERROR),
    Stimulus.STORAGE_FAILED: _Turn(AlertCode.PROGRAM_STORAGE_ERROR),
    Stimulus.RAM_FAILED: _Turn(AlertCode.RAM_ERROR),
    Stimulus.HARDWARE_RESET: _Turn(AlertCode.UNEXPECTED_HARDWARE_RESET),
    Stimulus.WATCHDOG_BARKED: _Turn(AlertCode.WATCHDOG_ERROR),
}


_METER: Final = {
    **_FINDINGS,
    Stimulus.COVER_OPENED: _Turn(AlertCode.METER_COVER_REMOVED, "cover"),
    Stimulus.COVER_CLOSED: _Turn(AlertCode.METER_COVER_CLOSED, "cover", begins=False),
    Stimulus.MAGNET_APPLIED: _Turn(AlertCode.STRONG_MAGNETIC_FIELD, "magnet"),
    Stimulus.MAGNET_REMOVED: _Turn(AlertCode.STRONG_MAGNETIC_FIELD_ENDED, "magnet", begins=False),
}
_CASE: Final = {
    Stimulus.COVER_OPENED: _Turn(AlertCode.OTHER_UNAUTHORISED_PHYSICAL_ACCESS, "cover"),
    Stimulus.COVER_CLOSED: _Turn(None, "cover", begins=False),
}
TURNS: Final = {
    DeviceRole.ESME: {
        **_METER,
        Stimulus.TERMINAL_COVER_OPENED: _Turn(AlertCode.TERMINAL_COVER_REMOVED, "terminals"),
        Stimulus.TERMINAL_COVER_CLOSED: _Turn(AlertCode.TERMINAL_COVER_CLOSED, "terminals", begins=False),
        Stimulus.HUB_UNPLUGGED: _Turn(AlertCode.COMMS_HUB_DISCONNECTED, "no hub"),
        Stimulus.HUB_PLUGGED: _Turn(AlertCode.COMMS_HUB_CONNECTED, "no hub", begins=False),
        Stimulus.PHASES_SWAPPED: _Turn(AlertCode.WRONG_PHASE_SEQUENCE),
        Stimulus.POLARITY_REVERSED: _Turn(AlertCode.WRONG_POLARITY),
        Stimulus.CURRENT_REVERSED: _Turn(AlertCode.REVERSE_CURRENT),
    },
    DeviceRole.GSME: {
        **_METER,
        Stimulus.BATTERY_COVER_OPENED: _Turn(AlertCode.BATTERY_COVER_REMOVED, "battery cover"),
        Stimulus.BATTERY_COVER_CLOSED: _Turn(AlertCode.BATTERY_COVER_CLOSED, "battery cover", begins=False),
        Stimulus.BATTERY_LOW: _Turn(AlertCode.BATTERY_LOW, "battery"),
        Stimulus.TILTED: _Turn(AlertCode.TILT_TAMPER, "tilt"),
        Stimulus.UPRIGHT: _Turn(AlertCode.TILT_TAMPER_ENDED, "tilt", begins=False),
        Stimulus.GAS_WITH_AIR: _Turn(AlertCode.AIR_IN_GAS_FLOW),
        Stimulus.GAS_REVERSED: _Turn(AlertCode.REVERSE_GAS_FLOW),
        Stimulus.GAS_BEYOND_CAPACITY: _Turn(AlertCode.GAS_FLOW_BEYOND_CAPACITY),
    },
    **dict.fromkeys(
        (DeviceRole.CHF, DeviceRole.GPF, DeviceRole.PPMID, DeviceRole.HCALCS, DeviceRole.SAPC), _CASE
    ),
}
PHYSICAL: Final = frozenset(stimulus for turns in TURNS.values() for stimulus in turns)
"""Stimuli that are about a body; a device has those of its kind."""


class Body:
    """Conditions that hold at the device's body."""

    __slots__ = ("_device", "_holding")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._holding: set[str] = set()

    def undergo(self, stimulus: Stimulus, now: Instant) -> None:
        """Take note of what is done, and tell of it where it is news.

        Raises ValueError for what cannot be done to a device of this kind.
        """
        role = self._device.template.kind.role
        turn = TURNS.get(role, {}).get(stimulus)
        if turn is None:
            raise ValueError(f"{role.name}: {stimulus} cannot be done to it")
        if turn.condition:
            if turn.begins is (turn.condition in self._holding):
                return
            self._holding ^= {turn.condition}
        alerts = self._device.part(Alerts)
        if turn.code is AlertCode.METER_INTEGRITY_WARNING:
            further = (Data(DataTag.OCTET_STRING, ISSUE),)
            alerts.event(turn.code, now, further=further, body=IntegrityIssue(ISSUE))
        elif turn.code is not None:
            alerts.event(turn.code, now)
