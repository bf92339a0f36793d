"""A download that is given up for good because the lights flickered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.network.clock import DAY, HOUR

if TYPE_CHECKING:
    from harness.emulators.device import Arriving, EmulatedDevice


def _drop(device: EmulatedDevice, arriving: Arriving) -> bytes | None:
    """No image for whoever lost power since the transfer began, however often it is begun again."""
    went_dark = device.power_changed > device.template.start
    return None if went_dark and arriving.at - device.power_changed < DAY + HOUR else arriving.image


DEFECT: Final = Defect(
    id="interrupted-image-dropped",
    title="Never takes an image whose transfer a loss of power interrupted",
    clause="GBCS 11.2, ZigBee OTA 11.10",
    field_defect=None,
    applies_to=frozenset(
        {DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC, DeviceKind.PPMID, DeviceKind.HCALCS}
    ),
    on_image=_drop,
)
