"""The limit for uncontrolled gas flow as ZCL attributes (GCS21a): what GCS24 or GCS24a set it to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.emulators.subjects.publications import Publications
from harness.emulators.zcl_access import ZclAttribute

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange

_METERING: Final = 0x0702
_SET_THRESHOLD: Final = 0x0E
_UINT8: Final = 0x20
_UINT16: Final = 0x21
_ENUM8: Final = 0x30
_ATTRIBUTES: Final = (
    (0x0B10, _UINT16, "uncontrolled_flow_threshold", 60_000),
    (0x0B11, _ENUM8, "unit_of_measure", 1),
    (0x0B12, _UINT16, "multiplier", 1),
    (0x0B13, _UINT16, "divisor", 10_000),
    (0x0B14, _UINT8, "stabilisation_period", 20),
    (0x0B15, _UINT16, "measurement_period", 60),
)
"""Identifier, type, the field of the command, and what a meter is delivered with: 6 m³ an hour."""


def _read(field: str, first: int, exchange: Exchange) -> int:
    told = exchange.device.part(Publications).published(_METERING, _SET_THRESHOLD)
    value = told[-1][field] if told else first
    return value if isinstance(value, int) else first


ATTRIBUTES: Final = tuple(
    ZclAttribute(cluster=_METERING, attribute=attribute, type=data_type, read=partial(_read, field, first))
    for attribute, data_type, field, first in _ATTRIBUTES
)
