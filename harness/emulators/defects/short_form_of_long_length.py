"""Lengths from 128 on in one octet, where DER has two."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.gbcs.use_case import PayloadFamily

_SEQUENCE: Final = 0x30
_LONG_FORMS: Final = (b"\x81", b"\x82\x00")


def _shorten(exchange: Exchange, octets: bytes) -> bytes:
    if exchange.ability.use_case.payload_family is not PayloadFamily.ASN1:
        return octets
    for form in _LONG_FORMS:
        if octets.startswith(bytes((_SEQUENCE,)) + form):
            return octets[:1] + octets[1 + len(form) :]
    return octets


DEFECT: Final = Defect(
    id="short-form-of-long-length",
    title="Writes lengths of 128 to 255 octets in the short form",
    clause="GBCS 4.2, ITU-T X.690 10.1",
    field_defect=50,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME}),
    after_encode=_shorten,
)
