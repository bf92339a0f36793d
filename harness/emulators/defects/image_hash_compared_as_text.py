"""An image hash compared as text, with capitals on one side and none on the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.firmware import ActivateFirmware
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange, Operation


def _compare_text(_exchange: Exchange, operation: Operation) -> Operation:
    command = operation.argument
    if not isinstance(command, ActivateFirmware) or command.image_hash.hex().isdecimal():
        return operation
    # Any letter makes the two texts differ, so that the hash is taken for another one.
    return replace(operation, argument=replace(command, image_hash=bytes(len(command.image_hash))))


DEFECT: Final = Defect(
    id="image-hash-compared-as-text",
    title="Takes an image hash for another one unless its hexadecimal text has no letters",
    clause="GBCS 11.3, CS06",
    field_defect=22,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC}),
    on_execute=_compare_text,
)
