"""Responses numbered with the device's own counter, so that nobody can tell what they answer."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange


def _number(exchange: Exchange) -> None:
    exchange.response_counter = exchange.device.next_counter()


DEFECT: Final = Defect(
    id="response-carries-device-counter",
    title="Puts its own counter into responses in place of the command's",
    clause="GBCS 7.2.7",
    field_defect=39,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_encode=_number,
)
