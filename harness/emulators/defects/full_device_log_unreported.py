"""A list with no room left, and an answer that does not say so."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.joining import JoinCode, JoinResponse
from harness.codecs.dlms_types import AccessResponse, DataAccessResult
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.gbcs.catalogue import use_case

_ADDING: Final = frozenset(use_case("CCS01").message_codes)


def _call_it_done(exchange: Exchange) -> None:
    response = exchange.response
    if isinstance(response, JoinResponse) and response.code is JoinCode.DEVICE_LOG_FULL:
        exchange.response = JoinResponse(JoinCode.SUCCESS)
    if isinstance(response, AccessResponse) and exchange.message.message_code in _ADDING:
        done = tuple(replace(one, result=DataAccessResult.SUCCESS) for one in response.results)
        exchange.response = replace(response, results=done)


DEFECT: Final = Defect(
    id="full-device-log-unreported",
    title="Reports success for a device that its full device log has no room for",
    clause="GBCS 13.7, CS03, CCS01",
    field_defect=56,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.GSME, DeviceKind.HCALCS, DeviceKind.PPMID}),
    before_encode=_call_it_done,
)
