"""ZCL frames as they travel in APS data frames (ZCL revision 6, clause 2.4.1).

Layout, fields least significant octet first:

    frame control (1) | [manufacturer code (2)] | sequence (1) | command (1) | payload

The payload of a command of a known cluster is a typed value by the same tables as those of messages;
one of a manufacturer's own is octets under the name "unknown".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final

from construct import Struct

from harness.codecs.declaration import Field, Little, Rest, build, parse_whole
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han.layout import Bits, when
from harness.codecs.zcl import decode_command, encode_command
from harness.codecs.zcl_types import FROM_SERVER, ZclCommand, ZclField


class ZclFrameType(IntEnum):
    """Frame type (2.4.1.1.1)."""

    GENERAL = 0
    CLUSTER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ZclFrame:
    """One ZCL frame. ``manufacturer`` is None for what the standards define."""

    frame_type: ZclFrameType
    sequence: int
    command: int
    from_server: bool = False
    disable_default_response: bool = False
    manufacturer: int | None = None
    payload: bytes = b""

    @property
    def frame_control(self) -> int:
        """Frame type and direction, as the tables of commands are asked for them."""
        return self.frame_type | (FROM_SERVER if self.from_server else 0)


def _manufacturer_specific(context: Any) -> bool:
    return bool(context.control["manufacturer_specific"])


_LAYOUT: Final = Struct(
    Field(
        "control",
        Bits(1, frame_type=2, manufacturer_specific=1, from_server=1, disable_default_response=1, reserved=3),
    ),
    when(_manufacturer_specific, "manufacturer", Little(2)),
    Field("sequence", Little(1)),
    Field("command", Little(1)),
    Field("payload", Rest()),
)
_TYPES: Final = tuple(ZclFrameType)
_DISABLE_DEFAULT_RESPONSE: Final = 0x10
_SHORTEST: Final = 3
# What the compiled twin leaves to the declaration: type 2 or 3, manufacturers' own, reserved bits
_RARE: Final = 0xE6
_PLAIN: Final = ("manufacturer", "sequence", "command", "payload")


def decode_zcl_frame(octets: bytes) -> ZclFrame:
    """Decode one frame; the payload stays octets. Raises DecodeError."""
    if len(octets) < _SHORTEST or octets[0] & _RARE:
        return _decode_declared(octets)
    control = octets[0]
    return ZclFrame(
        frame_type=_TYPES[control & 1],
        sequence=octets[1],
        command=octets[2],
        from_server=bool(control & FROM_SERVER),
        disable_default_response=bool(control & _DISABLE_DEFAULT_RESPONSE),
        payload=octets[_SHORTEST:],
    )


def _decode_declared(octets: bytes) -> ZclFrame:
    parsed = parse_whole(_LAYOUT, octets)
    control = parsed.control
    try:
        frame_type = ZclFrameType(control["frame_type"])
    except ValueError as error:
        raise DecodeError("control.frame_type", str(error), offset=0) from None
    return ZclFrame(
        frame_type=frame_type,
        from_server=bool(control["from_server"]),
        disable_default_response=bool(control["disable_default_response"]),
        **{name: parsed[name] for name in _PLAIN},
    )


def encode_zcl_frame(frame: ZclFrame) -> bytes:
    """Encode one frame. Raises EncodeError."""
    if frame.manufacturer is None:
        control = frame.frame_control | (_DISABLE_DEFAULT_RESPONSE if frame.disable_default_response else 0)
        try:
            return bytes((control, frame.sequence, frame.command)) + frame.payload
        except (ValueError, TypeError):
            pass  # the declaration says which field it is
    return _encode_declared(frame)


def _encode_declared(frame: ZclFrame) -> bytes:
    control = {
        "frame_type": frame.frame_type,
        "manufacturer_specific": frame.manufacturer is not None,
        "from_server": frame.from_server,
        "disable_default_response": frame.disable_default_response,
    }
    return build(_LAYOUT, {"control": control, **{name: getattr(frame, name) for name in _PLAIN}})


def decode_zcl_command(cluster: int, frame: ZclFrame) -> ZclCommand:
    """The payload of a frame to or from a cluster, typed. Raises DecodeError with offsets in the payload."""
    if frame.manufacturer is not None:
        return ZclCommand("unknown", (ZclField("payload", frame.payload),))
    return decode_command(cluster, frame.frame_control, frame.command, frame.payload)


def with_zcl_command(cluster: int, frame: ZclFrame, command: ZclCommand) -> ZclFrame:
    """The frame with this payload instead of its own. Raises EncodeError.

    A manufacturer's own command has no table: its frame takes the octets as they are.
    """
    if frame.manufacturer is not None:
        raise EncodeError("manufacturer", "a manufacturer's own command has no table")
    payload = encode_command(cluster, frame.frame_control, frame.command, command)
    return replace(frame, payload=payload)
