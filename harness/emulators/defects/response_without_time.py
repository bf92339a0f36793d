"""A register value, and no word of when it was true."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange


def _leave_out(exchange: Exchange) -> None:
    exchange.response_date_time = None


DEFECT: Final = Defect(
    id="response-without-time",
    title="Leaves the date-time out of responses that need one",
    clause="GBCS 7.2.7",
    field_defect=40,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC}),
    before_encode=_leave_out,
)
