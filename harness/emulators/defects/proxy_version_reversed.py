"""One use case, understood by the gas proxy in another way than by the meter that it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.gbcs.roles import DeviceRole

_VERSION: Final = (0x0702, 0x0206, False)


def _reverse(exchange: Exchange, reading: Reading) -> Reading:
    if reading.key != _VERSION or exchange.device.template.kind.role is not DeviceRole.GPF:
        return reading
    return replace(reading, value=reading.value[::-1])


DEFECT: Final = Defect(
    id="proxy-version-reversed",
    title="The GPF gives the gas meter's firmware version with its octets in the other order",
    clause="GBCS GCS38, CHTS 4.4.3",
    field_defect=15,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_read=_reverse,
)
