"""Consumption of one half hour under the time of the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import CompactArray, Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.gbcs.use_case import obis_octets

_LOG: Final = (7, obis_octets("0-0:99.1.0.255"), 2, False)
_PERIOD: Final = 30 * 60


def _one_late(_exchange: Exchange, reading: Reading) -> Reading:
    value: Any = reading.value
    if reading.key != _LOG or not isinstance(value.value, CompactArray):
        return reading
    array = value.value
    elements = tuple(_later(entry) for entry in array.elements)
    return replace(reading, value=replace(value, value=replace(array, elements=elements)))


def _later(entry: Data) -> Data:
    members: Any = entry.value
    stamp, *numbers = members
    return Data(entry.tag, (Data(stamp.tag, stamp.value + _PERIOD), *numbers))


DEFECT: Final = Defect(
    id="half-hour-log-late",
    title="Stamps each entry of the half-hour log one period late",
    clause="SMETS2 5.7.5.27, GBCS ECS22b",
    field_defect=46,
    applies_to=frozenset({DeviceKind.ESME}),
    on_read=_one_late,
)
