"""A decimal point that moved with the new firmware."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.subjects.firmware import Firmware
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice, Shown


def _move_the_point(device: EmulatedDevice, shown: Shown) -> str | None:
    updated = device.part(Firmware).version != device.template.running_image.firmware_version
    if shown.what is not Display.PRICE or shown.text is None or not updated:
        return shown.text
    return str(int(shown.text) * 10)


DEFECT: Final = Defect(
    id="price-ten-times-after-update",
    title="Shows and publishes ten times the price in force once it runs new firmware",
    clause="SMETS2 5.4.6, 5.5.4, 5.7.5.2",
    field_defect=25,
    applies_to=frozenset({DeviceKind.ESME}),
    on_display=_move_the_point,
)
