"""A limit for uncontrolled flow, rounded down to what an old valve knew."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.zcl_types import ZclField
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.zcl.templates import Asked

_SET_THRESHOLD: Final = (0x0702, 0x0E, True)
_THRESHOLD: Final = "uncontrolled_flow_threshold"
_CUBIC_METRE: Final = 10_000
"""An hour's cubic metre in the units of the command, whose divisor is fixed (GCS24)."""


def _round_down(_exchange: Exchange, operation: Operation) -> Operation:
    asked = operation.argument
    if operation.key != _SET_THRESHOLD or not isinstance(asked, Asked):
        return operation
    command = replace(asked.command, fields=tuple(map(_whole, asked.command.fields)))
    return replace(operation, argument=replace(asked, command=command))


def _whole(field: ZclField) -> ZclField:
    if field.name != _THRESHOLD or not isinstance(field.value, int):
        return field
    return replace(field, value=field.value // _CUBIC_METRE * _CUBIC_METRE)


DEFECT: Final = Defect(
    id="flow-limit-in-whole-units",
    title="Takes the limit for uncontrolled gas flow in whole cubic metres an hour",
    clause="SMETS2 4.6.4.33, GBCS GCS24",
    field_defect=10,
    applies_to=frozenset({DeviceKind.GSME}),
    on_execute=_round_down,
)
