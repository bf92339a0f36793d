"""A signature over firmware that is fetched, stored, and never looked at."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.ota import decode_ota_image
from harness.emulators.defect import Defect
from harness.emulators.subjects.distribution import ACTIVATION_CODE
from harness.emulators.subjects.firmware import Firmware
from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from harness.emulators.device import Arriving, EmulatedDevice


def _keep(device: EmulatedDevice, arriving: Arriving) -> bytes:
    """Keep the image whoever signed it; a device that nobody tells to activate it does so."""
    image, firmware = decode_ota_image(arriving.image), device.part(Firmware)
    image_hash = sha256(image.image).digest()
    firmware.waiting = DistributedImage(image_hash, image.file_version.to_bytes(4, "big"))
    if ACTIVATION_CODE not in device.template.abilities:
        firmware.activate(image_hash, arriving.at)
    return arriving.image


DEFECT: Final = Defect(
    id="image-unverified",
    title="Keeps and runs firmware whose signature does not verify",
    clause="GBCS 11.2, 11.3",
    field_defect=None,
    applies_to=frozenset(
        {DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC, DeviceKind.PPMID, DeviceKind.HCALCS}
    ),
    on_image=_keep,
)
