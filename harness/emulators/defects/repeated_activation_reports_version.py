"""A retried CS06 that answers with the version alone, where the outcome should stand."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.asn1.firmware import ActivateFirmwareResponse
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.firmware import Firmware

_OCTET_STRING: Final = b"\x04"


def _report_version(exchange: Exchange, octets: bytes) -> bytes:
    response = exchange.response
    if isinstance(response, ActivateFirmwareResponse) and exchange.device.part(Firmware).repeated:
        version = exchange.device.part(Firmware).version
        return _OCTET_STRING + bytes((len(version),)) + version
    return octets


DEFECT: Final = Defect(
    id="repeated-activation-reports-version",
    title="Answers a repeated firmware activation with the new version in place of the outcome",
    clause="GBCS 11.2, CS06",
    field_defect=3,
    applies_to=frozenset({DeviceKind.ESME, DeviceKind.GSME, DeviceKind.SAPC}),
    after_encode=_report_version,
)
