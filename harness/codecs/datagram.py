"""UDP datagrams over IPv4, as captures of the wide area network hold them (RFC 791, RFC 768).

A DLMS message goes to and from port 4059 behind its wrapper header. IPv4 header of 20 octets without
options, never fragmented; both checksums are filled in and checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from construct import Struct

from harness.codecs.declaration import Field, Fixed, Number, Octets, Rest, build, parse_whole
from harness.codecs.errors import DecodeError, EncodeError

DLMS_PORT: Final = 4059
_IP_LENGTH: Final = 20
_UDP_LENGTH: Final = 8
_UDP: Final = 17
_MOST: Final = 0xFFFF - _IP_LENGTH - _UDP_LENGTH


@dataclass(frozen=True, slots=True)
class End:
    """One end of a datagram: address as 4 octets, and UDP port."""

    address: bytes
    port: int


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram. ``identification`` numbers those of a source."""

    source: End
    destination: End
    payload: bytes
    identification: int = 0


_IP_HEADER: Final = Struct(
    Field("version_and_length", Fixed(b"\x45")),
    Field("service", Fixed(b"\0")),
    Field("length", Number(2)),
    Field("identification", Number(2)),
    Field("fragment", Fixed(b"\x40\0")),
    Field("time_to_live", Fixed(b"\x40")),
    Field("protocol", Fixed(bytes((_UDP,)))),
    Field("header_checksum", Number(2)),
    Field("source", Octets(4)),
    Field("destination", Octets(4)),
)
_UDP_HEADER: Final = Struct(
    Field("source_port", Number(2)),
    Field("destination_port", Number(2)),
    Field("udp_length", Number(2)),
    Field("checksum", Number(2)),
)
_LAYOUT: Final = Struct(*_IP_HEADER.subcons, *_UDP_HEADER.subcons, Field("payload", Rest()))


def _checksum(octets: bytes) -> int:
    """Ones' complement of the ones' complement sum of the 16 bit words (RFC 1071)."""
    # A word of 65536 is worth 1, so the sum of the words is the whole number modulo 65535.
    padded = octets + bytes(len(octets) % 2)
    total = int.from_bytes(padded, "big")
    return -total % 0xFFFF if total else 0xFFFF


def _pseudo_header(source: bytes, destination: bytes, length: int) -> bytes:
    return source + destination + bytes((0, _UDP)) + length.to_bytes(2, "big")


def encode_datagram(datagram: Datagram) -> bytes:
    """The octets of a datagram. Raises EncodeError, also for a payload that one datagram cannot hold."""
    if len(datagram.payload) > _MOST:
        raise EncodeError("payload", f"{len(datagram.payload)} octets are more than {_MOST}")
    length = _UDP_LENGTH + len(datagram.payload)
    values: dict[str, Any] = {
        "length": _IP_LENGTH + length,
        "identification": datagram.identification,
        "header_checksum": 0,
        "source": datagram.source.address,
        "destination": datagram.destination.address,
        "source_port": datagram.source.port,
        "destination_port": datagram.destination.port,
        "udp_length": length,
        "checksum": 0,
        "payload": datagram.payload,
    }
    blank = build(_LAYOUT, values)
    pseudo = _pseudo_header(datagram.source.address, datagram.destination.address, length)
    values["header_checksum"] = _checksum(blank[:_IP_LENGTH])
    values["checksum"] = _checksum(pseudo + blank[_IP_LENGTH:]) or 0xFFFF  # zero would say that there is none
    return build(_LAYOUT, values)


def decode_datagram(octets: bytes) -> Datagram:
    """Take a datagram apart. Raises DecodeError, also for a wrong length or checksum."""
    parsed = parse_whole(_LAYOUT, octets)
    datagram = Datagram(
        End(parsed.source, parsed.source_port),
        End(parsed.destination, parsed.destination_port),
        parsed.payload,
        parsed.identification,
    )
    if len(octets) > 0xFFFF or encode_datagram(datagram) != octets:
        raise DecodeError("length", "a length or a checksum does not hold", offset=0)
    return datagram
