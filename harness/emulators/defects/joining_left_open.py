"""A hub whose network stays open for joining, whatever time it was given for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.gbcs.use_case import obis_octets

_PERIOD: Final = (104, obis_octets("0-0:30.3.0.255"), 3, False)
_LONGEST: Final = 0xFFFF


def _for_hours(_exchange: Exchange, operation: Operation) -> Operation:
    if operation.key != _PERIOD or not isinstance(operation.argument, Data):
        return operation
    return replace(operation, argument=replace(operation.argument, value=_LONGEST))


DEFECT: Final = Defect(
    id="joining-left-open",
    title="Lets devices of its list join for hours, whatever time it was given for it",
    clause="CHTS 4.5.1.2, GBCS CCS01",
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_execute=_for_hours,
)
