"""A version number whose hexadecimal digits are taken for decimal ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.kinds.dlms_rows import FIRMWARE_ROWS

_VERSION: Final = FIRMWARE_ROWS[0].key


def _as_decimal(_exchange: Exchange, reading: Reading) -> Reading:
    if reading.key != _VERSION:
        return reading
    octets = bytes((octet >> 4) * 10 + (octet & 0x0F) for octet in reading.value.value)
    return replace(reading, value=replace(reading.value, value=octets))


DEFECT: Final = Defect(
    id="firmware-version-as-decimal",
    title="Reports its firmware version with each octet's two digits read as a decimal number",
    clause="SMETS2 5.7.5.17, CHTS 4.6.3.4, GBCS ECS52",
    field_defect=23,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.SAPC}),
    on_read=_as_decimal,
)
