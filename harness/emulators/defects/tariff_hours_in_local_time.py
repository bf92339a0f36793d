"""Hours of a tariff that are UTC, and a meter that goes by the clocks in the house."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.gbcs.use_case import obis_octets

_DAYS: Final = (20, obis_octets("0-0:13.0.0.255"), 9, False)
_TIME_LENGTH: Final = 4


def _an_hour_early(data: Data) -> Data:
    """The same with every time of day an hour earlier, as it is in summer, but for the day's first."""
    value = data.value
    if isinstance(value, tuple):
        return replace(data, value=tuple(map(_an_hour_early, value)))
    if data.tag is DataTag.OCTET_STRING and isinstance(value, bytes) and len(value) == _TIME_LENGTH:
        return replace(data, value=bytes((max(value[0], 1) - 1, *value[1:])))
    return data


def _shift(_exchange: Exchange, operation: Operation) -> Operation:
    if operation.key != _DAYS or not isinstance(operation.argument, Data):
        return operation
    return replace(operation, argument=_an_hour_early(operation.argument))


DEFECT: Final = Defect(
    id="tariff-hours-in-local-time",
    title="Changes registers an hour early, taking the hours of its tariff as those of summer time",
    clause="SMETS2 5.5.4, 5.7.4.48",
    applies_to=frozenset({DeviceKind.ESME}),
    on_execute=_shift,
)
