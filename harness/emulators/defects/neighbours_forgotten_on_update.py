"""A display that has to be joined to its meter again after each update."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.joining import DeviceLogResponse
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.firmware import Firmware


def _forget(exchange: Exchange) -> None:
    device, response = exchange.device, exchange.response
    updated = device.part(Firmware).version != device.template.running_image.firmware_version
    if updated and isinstance(response, DeviceLogResponse) and response.entries:
        exchange.response = replace(response, entries=())


DEFECT: Final = Defect(
    id="neighbours-forgotten-on-update",
    title="Its device log is empty after new firmware",
    clause="GBCS 11.3, 13.7, CS07",
    field_defect=None,
    applies_to=frozenset({DeviceKind.PPMID, DeviceKind.HCALCS}),
    before_encode=_forget,
)
