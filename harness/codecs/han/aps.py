"""ZigBee application support sublayer frames, fragments and acknowledgements (ZigBee r21, clause 2.2.5).

Layout, fields least significant octet first:

    frame control (1) | [destination endpoint (1) or group (2)] | [cluster (2) | profile (2)]
    | [source endpoint (1)] | counter (1) | [extended header] | payload

The extended header is a control octet; for a fragment the block number follows (of a first fragment:
the number of blocks), and in the acknowledgement of a fragment the bitfield of blocks received.
Command frames, and acknowledgements of them, carry no endpoints, cluster or profile.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from construct import Struct

from harness.codecs.declaration import Choice, Field, Little, Rest, build, parse_whole
from harness.codecs.errors import DecodeError
from harness.codecs.han.layout import Bits, when


class ApsFrameType(IntEnum):
    """Frame type (2.2.5.1.1.1)."""

    DATA = 0
    COMMAND = 1
    ACKNOWLEDGEMENT = 2


class Delivery(IntEnum):
    """Delivery mode (2.2.5.1.1.2)."""

    UNICAST = 0
    BROADCAST = 2
    GROUP = 3


class Fragmentation(IntEnum):
    """Which part of a fragmented transmission a frame is (2.2.5.1.8.1)."""

    NONE = 0
    FIRST = 1
    LATER = 2


class ApsCommand(IntEnum):
    """First octet of a command frame's payload (4.4.10)."""

    TRANSPORT_KEY = 0x05
    UPDATE_DEVICE = 0x06
    REMOVE_DEVICE = 0x07
    REQUEST_KEY = 0x08
    SWITCH_KEY = 0x09
    TUNNEL = 0x0E
    VERIFY_KEY = 0x0F
    CONFIRM_KEY = 0x10


@dataclass(frozen=True, slots=True)
class ExtendedHeader:
    """Fragmentation fields; ``block`` and ``received`` are None where they are left out."""

    fragmentation: Fragmentation
    block: int | None = None
    received: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApsFrame:
    """One application support frame. What the frame leaves out is None."""

    frame_type: ApsFrameType
    counter: int
    delivery: Delivery = Delivery.UNICAST
    security: bool = False
    acknowledgement_request: bool = False
    destination_endpoint: int | None = None
    group: int | None = None
    cluster: int | None = None
    profile: int | None = None
    source_endpoint: int | None = None
    extended: ExtendedHeader | None = None
    payload: bytes = b""


def with_payload(frame: ApsFrame, payload: bytes, *, security: bool) -> ApsFrame:
    """The frame with another payload, secured or not. Written out, for it is done to every frame."""
    return ApsFrame(
        frame_type=frame.frame_type,
        counter=frame.counter,
        delivery=frame.delivery,
        security=security,
        acknowledgement_request=frame.acknowledgement_request,
        destination_endpoint=frame.destination_endpoint,
        group=frame.group,
        cluster=frame.cluster,
        profile=frame.profile,
        source_endpoint=frame.source_endpoint,
        extended=frame.extended,
        payload=payload,
    )


def _addressed(context: Any) -> bool:
    control = context.control
    if control["frame_type"] == ApsFrameType.ACKNOWLEDGEMENT:
        return not control["acknowledges_command"]
    return bool(control["frame_type"] == ApsFrameType.DATA)


def _to_group(context: Any) -> bool:
    return _addressed(context) and context.control["delivery"] == Delivery.GROUP


def _to_endpoint(context: Any) -> bool:
    return _addressed(context) and context.control["delivery"] != Delivery.GROUP


def _fragment(context: Any) -> bool:
    return bool(context.fragmentation != Fragmentation.NONE)


def _acknowledges_fragment(context: Any) -> bool:
    return _fragment(context) and context._.control["frame_type"] == ApsFrameType.ACKNOWLEDGEMENT


_LAYOUT: Final = Struct(
    Field(
        "control",
        Bits(
            1,
            frame_type=2,
            delivery=2,
            acknowledges_command=1,
            security=1,
            acknowledgement_request=1,
            has_extended=1,
        ),
    ),
    when(_to_endpoint, "destination_endpoint", Little(1)),
    when(_to_group, "group", Little(2)),
    when(_addressed, "cluster", Little(2)),
    when(_addressed, "profile", Little(2)),
    when(_addressed, "source_endpoint", Little(1)),
    Field("counter", Little(1)),
    when(
        lambda context: bool(context.control["has_extended"]),
        "extended",
        Struct(
            Field("fragmentation", Choice(Fragmentation)),
            when(_fragment, "block", Little(1)),
            when(_acknowledges_fragment, "received", Little(1)),
        ),
    ),
    Field("payload", Rest()),
)
_PLAIN: Final = (
    "destination_endpoint",
    "group",
    "cluster",
    "profile",
    "source_endpoint",
    "counter",
    "payload",
)


_FIXED: Final = struct.Struct("<BBHHBB")
_TYPES: Final = tuple(ApsFrameType)
_PARTS: Final = tuple(Fragmentation)
_SECURITY, _ACKNOWLEDGEMENT_REQUEST, _EXTENDED = 0x20, 0x40, 0x80
# What the compiled twin leaves to the declaration: commands (01, and 03 is none), groups and broadcasts,
# acknowledgements of commands
_RARE: Final = 0x1D


def decode_aps(octets: bytes) -> ApsFrame:
    """Decode one frame; a secured payload stays as it is. Raises DecodeError."""
    if len(octets) < _FIXED.size or octets[0] & _RARE:
        return _decode_declared(octets)
    control, destination, cluster, profile, source, counter = _FIXED.unpack_from(octets)
    extended, start = None, _FIXED.size
    if control & _EXTENDED:
        length = (
            1 if octets[start : start + 1] == b"\0" else 2 + (control & 3 == ApsFrameType.ACKNOWLEDGEMENT)
        )
        fields = octets[start : start + length]
        if len(fields) < length or fields[0] >= len(_PARTS):
            return _decode_declared(octets)
        extended, start = ExtendedHeader(_PARTS[fields[0]], *fields[1:]), start + length
    return ApsFrame(
        frame_type=_TYPES[control & 3],
        counter=counter,
        security=bool(control & _SECURITY),
        acknowledgement_request=bool(control & _ACKNOWLEDGEMENT_REQUEST),
        destination_endpoint=destination,
        cluster=cluster,
        profile=profile,
        source_endpoint=source,
        extended=extended,
        payload=octets[start:],
    )


def _decode_declared(octets: bytes) -> ApsFrame:
    parsed = parse_whole(_LAYOUT, octets)
    control, extended = parsed.control, parsed.extended
    try:
        frame_type, delivery = ApsFrameType(control["frame_type"]), Delivery(control["delivery"])
    except ValueError as error:
        raise DecodeError("control", str(error), offset=0) from None
    if control["acknowledges_command"] and frame_type != ApsFrameType.ACKNOWLEDGEMENT:
        raise DecodeError(
            "control.acknowledges_command", "set in a frame that is no acknowledgement", offset=0
        )
    return ApsFrame(
        frame_type=frame_type,
        delivery=delivery,
        security=bool(control["security"]),
        acknowledgement_request=bool(control["acknowledgement_request"]),
        extended=extended and ExtendedHeader(extended.fragmentation, extended.block, extended.received),
        **{name: parsed[name] for name in _PLAIN},
    )


def encode_aps(frame: ApsFrame) -> bytes:
    """Encode one frame. Raises EncodeError."""
    if frame.frame_type is ApsFrameType.COMMAND or frame.delivery is not Delivery.UNICAST:
        return _encode_declared(frame)
    if frame.group is not None or frame.cluster is None:
        return _encode_declared(frame)
    control = (
        frame.frame_type
        | (_SECURITY if frame.security else 0)
        | (_ACKNOWLEDGEMENT_REQUEST if frame.acknowledgement_request else 0)
        | (_EXTENDED if frame.extended is not None else 0)
    )
    extended = b"" if frame.extended is None else _extended_octets(frame)
    if extended is None:
        return _encode_declared(frame)
    ends = (frame.destination_endpoint, frame.cluster, frame.profile, frame.source_endpoint)
    try:
        return _FIXED.pack(control, *ends, frame.counter) + extended + frame.payload
    except (struct.error, TypeError):
        return _encode_declared(frame)


def _extended_octets(frame: ApsFrame) -> bytes | None:
    """The extended header; None for what the declaration is to look at."""
    extended = frame.extended
    if extended is None or extended.fragmentation is Fragmentation.NONE:
        return None
    kind, block, received = extended.fragmentation, extended.block, extended.received
    if block is None or (received is None) == (frame.frame_type is ApsFrameType.ACKNOWLEDGEMENT):
        return None
    try:
        return bytes((kind, block) if received is None else (kind, block, received))
    except (TypeError, ValueError):
        return None


def _encode_declared(frame: ApsFrame) -> bytes:
    extended = frame.extended
    values: dict[str, Any] = {
        "control": {
            "frame_type": frame.frame_type,
            "delivery": frame.delivery,
            "acknowledges_command": frame.frame_type == ApsFrameType.ACKNOWLEDGEMENT
            and frame.cluster is None,
            "security": frame.security,
            "acknowledgement_request": frame.acknowledgement_request,
            "has_extended": extended is not None,
        },
        **{name: getattr(frame, name) for name in _PLAIN},
    }
    if extended is not None:
        values["extended"] = {
            "fragmentation": extended.fragmentation,
            "block": extended.block,
            "received": extended.received,
        }
    return build(_LAYOUT, values)
