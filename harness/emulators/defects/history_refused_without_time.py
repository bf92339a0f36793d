"""A meter that lost its time and will not say what it counted before."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.gbcs.use_case import obis_octets

_LOG: Final = (7, obis_octets("0-0:99.1.0.255"), 2, False)


def _refuse(exchange: Exchange, reading: Reading) -> Reading:
    if reading.key == _LOG and exchange.device.part(Clock).status is not TimeStatus.RELIABLE:
        raise AccessRefused(DataAccessResult.TEMPORARY_FAILURE)
    return reading


DEFECT: Final = Defect(
    id="history-refused-without-time",
    title="Refuses to read out the half-hour log while its clock is not reliable",
    clause="SMETS2 5.5.1, 5.7.5.27",
    field_defect=14,
    applies_to=frozenset({DeviceKind.ESME}),
    on_read=_refuse,
)
