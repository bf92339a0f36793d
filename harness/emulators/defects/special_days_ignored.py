"""Special days of a tariff that a meter takes note of, and never looks at."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.gbcs.use_case import obis_octets

_SPECIAL_DAYS: Final = (11, obis_octets("0-1:11.0.0.255"), 2, False)


def _leave_out(_exchange: Exchange, operation: Operation) -> Operation | None:
    return None if operation.key == _SPECIAL_DAYS else operation


DEFECT: Final = Defect(
    id="special-days-ignored",
    title="Counts special days by the week, as if its tariff had none",
    clause="SMETS2 5.7.4.48",
    applies_to=frozenset({DeviceKind.ESME}),
    on_execute=_leave_out,
)
