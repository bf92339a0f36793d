"""Seasons of a tariff that begin a day after their date."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.codecs.cosem_date_time import CosemDateTime
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.gbcs.use_case import obis_octets

_SEASONS: Final = (20, obis_octets("0-0:13.0.0.255"), 7, False)
_DATE_LENGTH: Final = 12


def _a_day_late(data: Data) -> Data:
    value = data.value
    if isinstance(value, tuple):
        return replace(data, value=tuple(map(_a_day_late, value)))
    if not isinstance(value, bytes) or len(value) != _DATE_LENGTH:
        return data
    try:
        start = CosemDateTime.from_octets(value).to_datetime()
    except ValueError:
        return data  # leaves parts of the date open
    return replace(data, value=CosemDateTime.from_datetime(start + timedelta(days=1)).to_octets())


def _shift(_exchange: Exchange, operation: Operation) -> Operation:
    if operation.key != _SEASONS or not isinstance(operation.argument, Data):
        return operation
    return replace(operation, argument=_a_day_late(operation.argument))


DEFECT: Final = Defect(
    id="seasons-begin-late",
    title="Begins the seasons of its tariff a day after the date that it was given",
    clause="SMETS2 5.7.4.48",
    applies_to=frozenset({DeviceKind.ESME}),
    on_execute=_shift,
)
