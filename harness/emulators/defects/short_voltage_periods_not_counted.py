"""A period of measurement that is accepted and then ignored."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.subjects.voltage import Voltage
from harness.gbcs.use_case import obis_octets
from harness.network.clock import MINUTE

_COUNTERS: Final = frozenset(
    (3, obis_octets(f"1-0:{32 + 20 * phase}.{side}.0.4"), 2, False) for phase in range(3) for side in (32, 36)
)
_SHORTEST: Final = 30 * MINUTE


def _count_nothing(exchange: Exchange, reading: Reading) -> Reading:
    if reading.key not in _COUNTERS or exchange.device.part(Voltage).period >= _SHORTEST:
        return reading
    return replace(reading, value=Data(reading.value.tag, 0))


DEFECT: Final = Defect(
    id="short-voltage-periods-not-counted",
    title="Takes an averaging period below 1,800 s and then counts no voltage beyond a threshold",
    clause="SMETS2 5.7.4.6, 5.7.5.7, 5.7.5.8",
    field_defect=17,
    applies_to=frozenset({DeviceKind.ESME}),
    on_read=_count_nothing,
)
