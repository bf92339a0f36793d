"""New firmware that starts to count from nought."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.kinds.gas_attributes import CONSUMPTION_KEY
from harness.emulators.subjects.firmware import Firmware
from harness.gbcs.use_case import obis_octets

_IMPORT: Final = (1, obis_octets("0-0:94.44.34.10"), 2, False)


def _start_over(exchange: Exchange, reading: Reading) -> Reading:
    device = exchange.device
    if device.part(Firmware).version == device.template.running_image.firmware_version:
        return reading
    if reading.key == CONSUMPTION_KEY:
        return replace(reading, value=0)
    if reading.key == _IMPORT:
        value: Any = reading.value
        first, *others = value.value
        return replace(reading, value=Data(value.tag, (Data(first.tag, 0), *others)))
    return reading


DEFECT: Final = Defect(
    id="register-lost-on-update",
    title="Its import register starts at nought after new firmware is activated",
    clause="SMETS2 5.5.14, 4.5.12",
    field_defect=27,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME}),
    on_read=_start_over,
)
