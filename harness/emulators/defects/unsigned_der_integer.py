"""Large counters that read as negative numbers."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.gbcs.use_case import PayloadFamily

_INTEGER: Final = 0x02
_SIGN: Final = 0x80


def _drop_leading_zero(exchange: Exchange, octets: bytes) -> bytes:
    if exchange.ability.use_case.payload_family is not PayloadFamily.ASN1:
        return octets
    return _rewritten(octets)


def _rewritten(octets: bytes) -> bytes:
    """Elements in their order, those inside others too, without the octet that keeps integers positive."""
    made = bytearray()
    place = 0
    while place < len(octets):
        tag, start, end = _element(octets, place)
        inside = octets[start:end]
        if tag & 0x20:
            inside = _rewritten(inside)
        elif tag == _INTEGER and len(inside) > 1 and inside[0] == 0 and inside[1] & _SIGN:
            inside = inside[1:]
        made += bytes((tag,)) + _length(len(inside)) + inside
        place = end
    return bytes(made)


def _element(octets: bytes, place: int) -> tuple[int, int, int]:
    tag, length, start = octets[place], octets[place + 1], place + 2
    if length & _SIGN:
        following = length & 0x7F
        length = int.from_bytes(octets[start : start + following], "big")
        start += following
    return tag, start, start + length


def _length(length: int) -> bytes:
    if length < _SIGN:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((_SIGN | len(octets),)) + octets


DEFECT: Final = Defect(
    id="unsigned-der-integer",
    title="Leaves out the zero octet before DER integers whose first bit is set",
    clause="GBCS 4.2, ITU-T X.690 8.3",
    field_defect=49,
    applies_to=frozenset({DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME}),
    after_encode=_drop_leading_zero,
)
