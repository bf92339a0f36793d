"""A switch elsewhere in the home: it does what its electricity meter says (SMETS2 part 7, GBCS HECS01).

It asks the meter, which answers with the event that holds: the share of the time that the load is to be
on, 100 or 0 per cent for a switch. Without an answer it stays as it was told last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.zcl_types import ZclCommand, ZclField
from harness.emulators.subjects.asking import Asking
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

LOAD_CONTROL: Final = 0x0701
GET_SCHEDULED_EVENTS: Final = 0x01
LOAD_CONTROL_EVENT: Final = 0x00
_NOW: Final = 0


class RemoteSwitch:
    """The switch. ``closed`` is whether the load is on, as the meter said last."""

    __slots__ = ("_device", "closed")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self.closed = False

    def follow(self) -> bool:
        """Do what the meter says now; say whether the load is on."""
        wanted = (ZclField("start_time", _NOW), ZclField("number_of_events", 1))
        asked = ZclCommand("Get Scheduled Events", wanted)
        answered = self._device.part(Asking).ask(LOAD_CONTROL, GET_SCHEDULED_EVENTS, asked)
        if answered is not None and answered[0] == LOAD_CONTROL_EVENT:
            self.closed = answered[1]["duty_cycle"] != 0
        return self.closed


def shown_of_switch(device: EmulatedDevice, _now: Instant) -> str:
    """Whether the load is on, as the device shows it."""
    return "on" if device.part(RemoteSwitch).follow() else "off"
