"""A schedule that is delivered in a form which no command could have given it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Reading
from harness.emulators.subjects.demand import MaximumDemand
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY

_TIMES: Final = (10, obis_octets("0-0:12.0.0.255"), 2, False)
_FIRST: Final = (0, int(DAY))
_BEGIN_DATE: Final = 8
_ANY_DATE: Final = b"\xff" * 5


def _leave_open(exchange: Exchange, reading: Reading) -> Reading:
    if reading.key != _TIMES or exchange.device.part(MaximumDemand).times != _FIRST:
        return reading
    value: Any = reading.value
    return replace(reading, value=Data(value.tag, tuple(map(_from_any_day, value.value))))


def _from_any_day(entry: Data) -> Data:
    members: Any = entry.value
    begin = Data(members[_BEGIN_DATE].tag, _ANY_DATE)
    return Data(entry.tag, (*members[:_BEGIN_DATE], begin, *members[_BEGIN_DATE + 1 :]))


DEFECT: Final = Defect(
    id="demand-times-outside-template",
    title="Is delivered with times for maximum demand that begin on another date than their template has",
    clause="SMETS2 5.7.4.26, GBCS ECS37",
    field_defect=11,
    applies_to=frozenset({DeviceKind.ESME}),
    on_read=_leave_open,
)
