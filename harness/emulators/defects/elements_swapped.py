"""The night storage heaters on the bill for the kitchen: two elements in each other's place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.gbcs.use_case import obis_octets

_IMPORT: Final = (1, obis_octets("0-0:94.44.34.10"), 2, False)
_TWO_ELEMENTS: Final = 5
"""Members of the collection where there is a second element, which is the last of them."""


def _swap(_exchange: Exchange, reading: Reading) -> Reading:
    value: Any = reading.value
    if reading.key != _IMPORT or len(value.value) != _TWO_ELEMENTS:
        return reading
    primary, *between, secondary = value.value
    return replace(reading, value=Data(value.tag, (secondary, *between, primary)))


DEFECT: Final = Defect(
    id="elements-swapped",
    title="A twin element meter reports the secondary element's import in the primary's place",
    clause="SMETS2 5.7.5.3, GBCS ECS17b",
    field_defect=44,
    applies_to=frozenset({DeviceKind.ESME}),
    on_read=_swap,
)
