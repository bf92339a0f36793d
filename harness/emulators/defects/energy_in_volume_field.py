"""Kilowatt hours where cubic metres belong."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.kinds.gas_attributes import CONSUMPTION_KEY

_KILOWATT_HOURS: Final = (111, 10)
"""Energy of a cubic metre of gas at an ordinary calorific value, as a fraction."""


def _as_energy(_exchange: Exchange, reading: Reading) -> Reading:
    if reading.key != CONSUMPTION_KEY:
        return reading
    numerator, denominator = _KILOWATT_HOURS
    return replace(reading, value=reading.value * numerator // denominator)


DEFECT: Final = Defect(
    id="energy-in-volume-field",
    title="Puts the energy of the gas into the field for its volume",
    clause="SMETS2 4.6.5.4, GBCS GCS13a",
    field_defect=28,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.GSME}),
    on_read=_as_energy,
)
