"""Firmware for the next board revision, written over what made this one work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.codecs.ota import decode_ota_image, encode_ota_image
from harness.emulators.defect import Defect

if TYPE_CHECKING:
    from harness.emulators.device import Arriving, EmulatedDevice


def _overlook(device: EmulatedDevice, arriving: Arriving) -> bytes:
    """The image without the hardware that its header names."""
    if arriving.target is not device.template.kind.role:
        return arriving.image
    return encode_ota_image(replace(decode_ota_image(arriving.image), hardware=None))


DEFECT: Final = Defect(
    id="other-hardware-accepted",
    title="Takes firmware that is for another hardware version than its own",
    clause="GBCS 11.2, ZigBee OTA 11.4.2",
    field_defect=None,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    on_image=_overlook,
)
