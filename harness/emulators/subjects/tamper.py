"""What is done to a device's body, or happens to it: events (SMETS2 4.4.6, 5.5.9; GBCS 16.2).

A condition begins once and ends once: opening what is open tells nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.alerts import Alerts
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.network.clock import Instant


@dataclass(frozen=True, slots=True)
class _Turn:
    """One end of a condition: its event, and the condition with whether it holds from now on."""

    code: AlertCode | None
    condition: str
    begins: bool = True


_METER_COVER: Final = {
    Stimulus.COVER_OPENED: _Turn(AlertCode.METER_COVER_REMOVED, "cover"),
    Stimulus.COVER_CLOSED: _Turn(AlertCode.METER_COVER_CLOSED, "cover", begins=False),
    Stimulus.MAGNET_APPLIED: _Turn(AlertCode.STRONG_MAGNETIC_FIELD, "magnet"),
    Stimulus.MAGNET_REMOVED: _Turn(AlertCode.STRONG_MAGNETIC_FIELD_ENDED, "magnet", begins=False),
}
_CASE: Final = {
    Stimulus.COVER_OPENED: _Turn(AlertCode.OTHER_UNAUTHORISED_PHYSICAL_ACCESS, "cover"),
    Stimulus.COVER_CLOSED: _Turn(None, "cover", begins=False),
}
_TURNS: Final = {
    DeviceRole.ESME: {
        **_METER_COVER,
        Stimulus.TERMINAL_COVER_OPENED: _Turn(AlertCode.TERMINAL_COVER_REMOVED, "terminals"),
        Stimulus.TERMINAL_COVER_CLOSED: _Turn(AlertCode.TERMINAL_COVER_CLOSED, "terminals", begins=False),
    },
    DeviceRole.GSME: {
        **_METER_COVER,
        Stimulus.BATTERY_COVER_OPENED: _Turn(AlertCode.BATTERY_COVER_REMOVED, "battery cover"),
        Stimulus.BATTERY_COVER_CLOSED: _Turn(AlertCode.BATTERY_COVER_CLOSED, "battery cover", begins=False),
        Stimulus.BATTERY_LOW: _Turn(AlertCode.BATTERY_LOW, "battery"),
        Stimulus.TILTED: _Turn(AlertCode.TILT_TAMPER, "tilt"),
        Stimulus.UPRIGHT: _Turn(AlertCode.TILT_TAMPER_ENDED, "tilt", begins=False),
    },
    **dict.fromkeys(
        (DeviceRole.CHF, DeviceRole.GPF, DeviceRole.PPMID, DeviceRole.HCALCS, DeviceRole.SAPC), _CASE
    ),
}
PHYSICAL: Final = frozenset(stimulus for turns in _TURNS.values() for stimulus in turns)
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
        turn = _TURNS.get(role, {}).get(stimulus)
        if turn is None:
            raise ValueError(f"{role.name}: {stimulus} cannot be done to it")
        if turn.begins is (turn.condition in self._holding):
            return
        self._holding ^= {turn.condition}
        if turn.code is not None:
            self._device.part(Alerts).event(turn.code, now)
