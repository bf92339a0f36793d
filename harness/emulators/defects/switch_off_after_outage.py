"""A switch that wakes up open, and asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.subjects.remote_switch import RemoteSwitch
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice, Shown


def _stay_open(device: EmulatedDevice, shown: Shown) -> str | None:
    if shown.what is not Display.SWITCH or not device.boots or shown.text is None:
        return shown.text
    device.part(RemoteSwitch).closed = False
    return "off"


DEFECT: Final = Defect(
    id="switch-off-after-outage",
    title="Leaves its load off after an outage, whatever the meter has ordered since before it",
    clause="SMETS2 7.4.3, GBCS HECS01",
    field_defect=59,
    applies_to=frozenset({DeviceKind.HCALCS}),
    on_display=_stay_open,
)
