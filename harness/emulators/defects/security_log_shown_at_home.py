"""What the network should know of a lock, told to everybody in the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.subjects.security_log import SecurityLog
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice, Shown


def _tell(device: EmulatedDevice, shown: Shown) -> str | None:
    if shown.what is not Display.SECURITY_LOG:
        return shown.text
    return ", ".join(f"{event.code:04X}" for event in device.part(SecurityLog).events)


DEFECT: Final = Defect(
    id="security-log-shown-at-home",
    title="Lets in-home devices read its security log",
    clause="SMETS2 5.5.13, 5.7.5.34, GBCS 10.4",
    field_defect=13,
    applies_to=frozenset({DeviceKind.ESME}),
    on_display=_tell,
)
