"""A hub that is on the air, and does not hear a gas meter that wants to come in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.gbcs.roles import DeviceType
from harness.gbcs.use_case import obis_octets

_REGISTER: Final = (104, obis_octets("0-0:30.3.0.255"), 1, True)


def _mistake_the_key(_exchange: Exchange, operation: Operation) -> Operation:
    if operation.key != _REGISTER:
        return operation
    members: Any = operation.argument.value
    entity_id, key_type, key, device_type = members
    if device_type.value != DeviceType.GSME:
        return operation
    argument = Data(
        operation.argument.tag, (entity_id, key_type, Data(key.tag, key.value[::-1]), device_type)
    )
    return replace(operation, argument=argument)


DEFECT: Final = Defect(
    id="gas-meter-kept-out",
    title="A hub that answers remote parties lets no gas meter join, with the right install code either",
    clause="GBCS 13.7, CHTS 4.5.1.2, CCS01",
    field_defect=30,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_execute=_mistake_the_key,
)
