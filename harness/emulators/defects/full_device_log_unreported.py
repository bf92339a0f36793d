"""A list with no room left, and an answer that does not say so."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.joining import JoinCode, JoinResponse
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange


def _call_it_done(exchange: Exchange) -> None:
    response = exchange.response
    if isinstance(response, JoinResponse) and response.code is JoinCode.DEVICE_LOG_FULL:
        exchange.response = JoinResponse(JoinCode.SUCCESS)


DEFECT: Final = Defect(
    id="full-device-log-unreported",
    title="Reports success for a device that its full device log has no room for",
    clause="GBCS 13.7, CS03",
    field_defect=56,
    applies_to=frozenset({DeviceKind.GSME, DeviceKind.HCALCS, DeviceKind.PPMID}),
    before_encode=_call_it_done,
)
