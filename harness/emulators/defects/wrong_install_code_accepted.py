"""A hub that lets in whoever knocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from device_profiles.model import DeviceKind
from harness.codecs.cosem_data import Data
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation
from harness.emulators.identity import install_code_of
from harness.gbcs.use_case import obis_octets

_REGISTER: Final = (104, obis_octets("0-0:30.3.0.255"), 1, True)


def _take_any(_exchange: Exchange, operation: Operation) -> Operation:
    """Expect the key that the device has, whatever the command says that it should be."""
    if operation.key != _REGISTER:
        return operation
    members: Any = operation.argument.value
    entity_id, key_type, key, device_type = members
    expected = Data(key.tag, install_code_of(entity_id.value))
    argument = Data(operation.argument.tag, (entity_id, key_type, expected, device_type))
    return replace(operation, argument=argument)


DEFECT: Final = Defect(
    id="wrong-install-code-accepted",
    title="A hub lets a device join whose install code is not the one that it was given",
    clause="GBCS 13.7, CHTS 4.5.1.2, CCS01",
    field_defect=55,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    on_execute=_take_any,
)
