"""Answers that all have one number, so that nobody knows which request they belong to."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.dlms_types import AccessResponse
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange

_FIRST: Final = 0x2000_0001


def _number(exchange: Exchange) -> None:
    if isinstance(exchange.response, AccessResponse):
        exchange.response = replace(exchange.response, invoke_id=_FIRST)


DEFECT: Final = Defect(
    id="invoke-id-not-echoed",
    title="Gives every access response the same invoke id, whatever its request has",
    clause="GBCS 7.2.10, DLMS Green Book 9.3",
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.SAPC}),
    before_encode=_number,
)
