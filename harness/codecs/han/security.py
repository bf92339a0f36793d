"""The auxiliary header of secured NWK and APS frames (ZigBee r21, clause 4.5.1).

Layout, fields least significant octet first:

    security control (1) | frame counter (4) | [source EUI-64 (8)] | [key sequence (1)] | ciphertext | MIC (4)

The security level goes over the air as zero; both ends know that it is 5: encryption and a 32 bit
message integrity code. A key sequence number is there exactly for the network key.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from construct import Struct

from harness.codecs.declaration import Field, Little, Rest, build, parse_whole
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han.layout import Bits, when

ENC_MIC_32: Final = 5
MIC_LENGTH: Final = 4


class KeyIdentifier(IntEnum):
    """Which key protects the frame (4.5.1.1.2)."""

    DATA = 0
    NETWORK = 1
    KEY_TRANSPORT = 2
    KEY_LOAD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityHeader:
    """Auxiliary header. ``level`` is what stands in the octet: 0 on the air, 5 in what is authenticated."""

    key: KeyIdentifier
    frame_counter: int
    source_eui64: int | None = None
    key_sequence: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Secured:
    """A secured payload taken apart: header, ciphertext, integrity code (4 octets)."""

    header: SecurityHeader
    ciphertext: bytes
    mic: bytes


def _extended_nonce(context: Any) -> bool:
    return bool(context.control["extended_nonce"])


def _network_key(context: Any) -> bool:
    return bool(context.control["key"] == KeyIdentifier.NETWORK)


_LAYOUT: Final = Struct(
    Field("control", Bits(1, level=3, key=2, extended_nonce=1, reserved=2)),
    Field("frame_counter", Little(4)),
    when(_extended_nonce, "source_eui64", Little(8)),
    when(_network_key, "key_sequence", Little(1)),
    Field("rest", Rest()),
)
_FIXED: Final = struct.Struct("<BI")
_KEYS: Final = tuple(KeyIdentifier)
_LEVEL: Final = 0x07
_EXTENDED_NONCE: Final = 0x20
_RESERVED: Final = 0xC0


def decode_secured(octets: bytes) -> Secured:
    """Take a secured payload apart. Raises DecodeError."""
    control = octets[0] if octets else _RESERVED
    key, start = _KEYS[control >> 3 & 3], _FIXED.size
    named, numbered = control & _EXTENDED_NONCE, key is KeyIdentifier.NETWORK
    end = start + 8 * bool(named) + numbered
    if control & _RESERVED or len(octets) < end + MIC_LENGTH:
        return _decode_declared(octets)
    source = int.from_bytes(octets[start : start + 8], "little") if named else None
    header = SecurityHeader(
        key=key,
        frame_counter=_FIXED.unpack_from(octets)[1],
        source_eui64=source,
        key_sequence=octets[end - 1] if numbered else None,
        level=control & _LEVEL,
    )
    return Secured(header, octets[end:-MIC_LENGTH], octets[-MIC_LENGTH:])


def _decode_declared(octets: bytes) -> Secured:
    parsed = parse_whole(_LAYOUT, octets)
    if len(parsed.rest) < MIC_LENGTH:
        raise DecodeError("MIC", f"needs {MIC_LENGTH} octets, {len(parsed.rest)} left", offset=len(octets))
    header = SecurityHeader(
        key=KeyIdentifier(parsed.control["key"]),
        frame_counter=parsed.frame_counter,
        source_eui64=parsed.source_eui64,
        key_sequence=parsed.key_sequence,
        level=parsed.control["level"],
    )
    return Secured(header, parsed.rest[:-MIC_LENGTH], parsed.rest[-MIC_LENGTH:])


def encode_secured(secured: Secured) -> bytes:
    """Octets of a secured payload. Raises EncodeError."""
    return encode_security_header(secured.header) + secured.ciphertext + secured.mic


def encode_security_header(header: SecurityHeader) -> bytes:
    """Octets of the auxiliary header alone. Raises EncodeError."""
    if (header.key_sequence is not None) != (header.key == KeyIdentifier.NETWORK):
        raise EncodeError("key_sequence", "is there exactly for the network key")
    source, sequence = header.source_eui64, header.key_sequence
    if not 0 <= header.level <= _LEVEL:
        return _encode_declared(header)
    control = header.level | header.key << 3 | (0 if source is None else _EXTENDED_NONCE)
    try:
        octets = _FIXED.pack(control, header.frame_counter)
        octets += b"" if source is None else source.to_bytes(8, "little")
        return octets if sequence is None else octets + bytes((sequence,))
    except (struct.error, OverflowError, ValueError, TypeError, AttributeError):
        return _encode_declared(header)


def _encode_declared(header: SecurityHeader) -> bytes:
    values = {
        "control": {
            "level": header.level,
            "key": header.key,
            "extended_nonce": header.source_eui64 is not None,
        },
        "frame_counter": header.frame_counter,
        "source_eui64": header.source_eui64,
        "key_sequence": header.key_sequence,
        "rest": b"",
    }
    return build(_LAYOUT, values)


def authenticated_header(header: SecurityHeader) -> bytes:
    """The auxiliary header as it goes into the integrity code: with the true security level."""
    octets = encode_security_header(header)
    return bytes((octets[0] & ~_LEVEL | ENC_MIC_32,)) + octets[1:]
