"""ZigBee network layer frames (ZigBee specification r21, clause 3.3).

Layout, fields least significant octet first:

    frame control (2) | destination (2) | source (2) | radius (1) | sequence (1)
    | [destination EUI-64 (8)] | [source EUI-64 (8)] | [source route] | payload

A secured frame carries its auxiliary header, encrypted payload and integrity code in ``payload``;
``security`` takes those apart. Multicast is not used on this network and is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from construct import Struct

from harness.codecs.declaration import Field, Little, Rest, build, parse_whole
from harness.codecs.errors import DecodeError
from harness.codecs.han.layout import Bits, when

PROTOCOL_VERSION: Final = 2


class NwkFrameType(IntEnum):
    """Frame type (3.3.1.1.1)."""

    DATA = 0
    COMMAND = 1


class NwkCommand(IntEnum):
    """First octet of a command frame's payload (3.4)."""

    ROUTE_REQUEST = 1
    ROUTE_REPLY = 2
    NETWORK_STATUS = 3
    LEAVE = 4
    ROUTE_RECORD = 5
    REJOIN_REQUEST = 6
    REJOIN_RESPONSE = 7
    LINK_STATUS = 8
    NETWORK_REPORT = 9
    NETWORK_UPDATE = 10
    END_DEVICE_TIMEOUT_REQUEST = 11
    END_DEVICE_TIMEOUT_RESPONSE = 12


@dataclass(frozen=True, slots=True)
class SourceRoute:
    """Relays between source and destination, nearest to the destination first, and which comes next."""

    relay_index: int
    relays: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NwkFrame:
    """One network layer frame. Addresses are ints; what the frame leaves out is None."""

    frame_type: NwkFrameType
    destination: int
    source: int
    radius: int
    sequence: int
    security: bool = False
    discover_route: int = 0
    destination_eui64: int | None = None
    source_eui64: int | None = None
    source_route: SourceRoute | None = None
    payload: bytes = b""


def with_payload(frame: NwkFrame, payload: bytes, *, security: bool) -> NwkFrame:
    """The frame with another payload, secured or not. Written out, for it is done to every frame."""
    return NwkFrame(
        frame_type=frame.frame_type,
        destination=frame.destination,
        source=frame.source,
        radius=frame.radius,
        sequence=frame.sequence,
        security=security,
        discover_route=frame.discover_route,
        destination_eui64=frame.destination_eui64,
        source_eui64=frame.source_eui64,
        source_route=frame.source_route,
        payload=payload,
    )


def _has(name: str) -> Any:
    return lambda context: bool(context.control[name])


_SOURCE_ROUTE: Final = Struct(
    Field("count", Little(1)),
    Field("relay_index", Little(1)),
    Field("relays", Little(2)[lambda context: context["count"]]),
)
_LAYOUT: Final = Struct(
    Field(
        "control",
        Bits(
            2,
            frame_type=2,
            version=4,
            discover_route=2,
            reserved_multicast=1,
            security=1,
            has_source_route=1,
            has_destination_eui64=1,
            has_source_eui64=1,
            reserved=3,
        ),
    ),
    Field("destination", Little(2)),
    Field("source", Little(2)),
    Field("radius", Little(1)),
    Field("sequence", Little(1)),
    when(_has("has_destination_eui64"), "destination_eui64", Little(8)),
    when(_has("has_source_eui64"), "source_eui64", Little(8)),
    when(_has("has_source_route"), "source_route", _SOURCE_ROUTE),
    Field("payload", Rest()),
)
_PLAIN: Final = (
    "destination",
    "source",
    "radius",
    "sequence",
    "destination_eui64",
    "source_eui64",
    "payload",
)


_FIXED: Final = struct.Struct("<HHHBB")
_TYPES: Final = tuple(NwkFrameType)
_SECURITY, _DESTINATION_EUI64, _SOURCE_EUI64 = 0x0200, 0x0800, 0x1000
# What the compiled twin leaves to the declaration: type 2 or 3, multicast, source route, reserved bits
_RARE: Final = 0xE502
_VERSION_MASK: Final = 0x3C
_VERSION: Final = PROTOCOL_VERSION << 2


def decode_nwk(octets: bytes) -> NwkFrame:
    """Decode one frame; a secured payload stays as it is. Raises DecodeError."""
    if len(octets) < _FIXED.size:
        return _decode_declared(octets)
    control, destination, source, radius, sequence = _FIXED.unpack_from(octets)
    start = _FIXED.size
    middle = start + 8 * bool(control & _DESTINATION_EUI64)
    end = middle + 8 * bool(control & _SOURCE_EUI64)
    if control & _RARE or control & _VERSION_MASK != _VERSION or len(octets) < end:
        return _decode_declared(octets)
    return NwkFrame(
        frame_type=_TYPES[control & 3],
        destination=destination,
        source=source,
        radius=radius,
        sequence=sequence,
        security=bool(control & _SECURITY),
        discover_route=control >> 6 & 3,
        destination_eui64=int.from_bytes(octets[start:middle], "little") if middle > start else None,
        source_eui64=int.from_bytes(octets[middle:end], "little") if end > middle else None,
        payload=octets[end:],
    )


def _decode_declared(octets: bytes) -> NwkFrame:
    parsed = parse_whole(_LAYOUT, octets)
    control, route = parsed.control, parsed.source_route
    if control["version"] != PROTOCOL_VERSION:
        raise DecodeError(
            "control.version", f"expected {PROTOCOL_VERSION}, got {control['version']}", offset=0
        )
    try:
        frame_type = NwkFrameType(control["frame_type"])
    except ValueError as error:
        raise DecodeError("control.frame_type", str(error), offset=0) from None
    return NwkFrame(
        frame_type=frame_type,
        security=bool(control["security"]),
        discover_route=control["discover_route"],
        source_route=None if route is None else SourceRoute(route.relay_index, tuple(route.relays)),
        **{name: parsed[name] for name in _PLAIN},
    )


def encode_nwk(frame: NwkFrame) -> bytes:
    """Encode one frame. Raises EncodeError."""
    if frame.source_route is not None or not 0 <= frame.discover_route <= 3:
        return _encode_declared(frame)
    control = frame.frame_type | _VERSION | frame.discover_route << 6 | (_SECURITY if frame.security else 0)
    addresses = b""
    try:
        if frame.destination_eui64 is not None:
            control |= _DESTINATION_EUI64
            addresses += frame.destination_eui64.to_bytes(8, "little")
        if frame.source_eui64 is not None:
            control |= _SOURCE_EUI64
            addresses += frame.source_eui64.to_bytes(8, "little")
        fixed = _FIXED.pack(control, frame.destination, frame.source, frame.radius, frame.sequence)
        return fixed + addresses + frame.payload
    except (struct.error, OverflowError, TypeError, AttributeError):
        return _encode_declared(frame)


def _encode_declared(frame: NwkFrame) -> bytes:
    route = frame.source_route
    values: dict[str, Any] = {
        "control": {
            "frame_type": frame.frame_type,
            "version": PROTOCOL_VERSION,
            "discover_route": frame.discover_route,
            "security": frame.security,
            "has_source_route": route is not None,
            "has_destination_eui64": frame.destination_eui64 is not None,
            "has_source_eui64": frame.source_eui64 is not None,
        },
        **{name: getattr(frame, name) for name in _PLAIN},
    }
    if route is not None:
        values["source_route"] = {
            "count": len(route.relays),
            "relay_index": route.relay_index,
            "relays": list(route.relays),
        }
    return build(_LAYOUT, values)
