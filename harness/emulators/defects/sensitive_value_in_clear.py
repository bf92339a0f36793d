"""Personal data sent without encryption."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading


def _disclose(_exchange: Exchange, reading: Reading) -> Reading:
    return replace(reading, sensitive=False)


DEFECT: Final = Defect(
    id="sensitive-value-in-clear",
    title="Answers with sensitive values in the clear",
    clause="GBCS 6.3.4, 7.3.9",
    field_defect=42,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME}),
    on_read=_disclose,
)
