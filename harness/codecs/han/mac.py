"""IEEE 802.15.4 MAC frames with their frame check sequence (IEEE 802.15.4-2011, clause 5.2).

Layout, fields least significant octet first:

    frame control (2) | sequence (1) | [destination PAN (2) | destination (2 or 8)]
    | [source PAN (2)] | [source (2 or 8)] | payload | FCS (2)

An acknowledgement has no addresses. The source PAN is left out where PAN id compression says that it
is the destination's. MAC layer security is not used on this network and is refused.
"""

from __future__ import annotations

import binascii
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from construct import Struct

from harness.codecs.declaration import Field, Little, Rest, build, parse_whole
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.han.layout import Bits, when

FCS_LENGTH: Final = 2
BROADCAST: Final = 0xFFFF


class MacFrameType(IntEnum):
    """Frame type (5.2.1.1.1)."""

    BEACON = 0
    DATA = 1
    ACKNOWLEDGEMENT = 2
    COMMAND = 3


class MacCommand(IntEnum):
    """First octet of a command frame's payload (5.3)."""

    ASSOCIATION_REQUEST = 1
    ASSOCIATION_RESPONSE = 2
    DISASSOCIATION = 3
    DATA_REQUEST = 4
    PAN_ID_CONFLICT = 5
    ORPHAN = 6
    BEACON_REQUEST = 7
    COORDINATOR_REALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class MacAddress:
    """PAN and address of one end: ``address`` is a short address, or an EUI-64 where ``extended``.

    ``pan`` is None for a source whose PAN is compressed away.
    """

    pan: int | None
    address: int
    extended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MacFrame:
    """One MAC frame without its check sequence, which follows from the rest."""

    frame_type: MacFrameType
    sequence: int
    destination: MacAddress | None = None
    source: MacAddress | None = None
    acknowledgement_request: bool = False
    frame_pending: bool = False
    version: int = 0
    payload: bytes = b""


_NO_ADDRESS, _SHORT, _EXTENDED = 0, 2, 3


def _control(name: str, *values: int) -> Any:
    return lambda context: context.control[name] in values


def _source_pan(context: Any) -> bool:
    return context.control["source_mode"] != _NO_ADDRESS and not context.control["pan_id_compression"]


_LAYOUT: Final = Struct(
    Field(
        "control",
        Bits(
            2,
            frame_type=3,
            reserved_security=1,
            frame_pending=1,
            acknowledgement_request=1,
            pan_id_compression=1,
            reserved=3,
            destination_mode=2,
            version=2,
            source_mode=2,
        ),
    ),
    Field("sequence", Little(1)),
    when(_control("destination_mode", _SHORT, _EXTENDED), "destination_pan", Little(2)),
    when(_control("destination_mode", _SHORT), "destination_short", Little(2)),
    when(_control("destination_mode", _EXTENDED), "destination_extended", Little(8)),
    when(_source_pan, "source_pan", Little(2)),
    when(_control("source_mode", _SHORT), "source_short", Little(2)),
    when(_control("source_mode", _EXTENDED), "source_extended", Little(8)),
    Field("payload", Rest()),
)

_MIRROR: Final = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def frame_check_sequence(octets: bytes) -> int:
    """ITU-T CRC-16, least significant bit first, initial value 0 (5.2.1.9)."""
    # The standard library has the same polynomial most significant bit first: mirror in, mirror out.
    crc = binascii.crc_hqx(octets.translate(_MIRROR), 0)
    return _MIRROR[crc & 0xFF] << 8 | _MIRROR[crc >> 8]


def decode_mac(octets: bytes) -> MacFrame:
    """Decode one frame with its check sequence. Raises DecodeError, also for a wrong check sequence."""
    if len(octets) < FCS_LENGTH:
        raise DecodeError("FCS", f"needs {FCS_LENGTH} octets, {len(octets)} left", offset=0)
    body, fcs = octets[:-FCS_LENGTH], int.from_bytes(octets[-FCS_LENGTH:], "little")
    wanted = frame_check_sequence(body)
    if fcs != wanted:
        raise DecodeError("FCS", f"expected {wanted:04X}, got {fcs:04X}", offset=len(body))
    return _decode_compiled(body) or _decode_declared(body)


_BETWEEN_SHORT: Final = struct.Struct("<HBHHH")
_PENDING, _ACKNOWLEDGEMENT_REQUEST = 0x10, 0x20
# Data (01) and commands (03) between short addresses of one PAN, as nearly all frames are
_COMMON: Final = {0x8841: MacFrameType.DATA, 0x8843: MacFrameType.COMMAND}


def _decode_compiled(body: bytes) -> MacFrame | None:
    """The compiled twin of the declaration for common frames; None for all others."""
    if len(body) < _BETWEEN_SHORT.size:
        return None
    control, sequence, pan, destination, source = _BETWEEN_SHORT.unpack_from(body)
    frame_type = _COMMON.get(control & ~(_PENDING | _ACKNOWLEDGEMENT_REQUEST))
    if frame_type is None:
        return None
    return MacFrame(
        frame_type=frame_type,
        sequence=sequence,
        destination=MacAddress(pan, destination),
        source=MacAddress(None, source),
        acknowledgement_request=bool(control & _ACKNOWLEDGEMENT_REQUEST),
        frame_pending=bool(control & _PENDING),
        payload=body[_BETWEEN_SHORT.size :],
    )


def _decode_declared(body: bytes) -> MacFrame:
    parsed = parse_whole(_LAYOUT, body)
    control = parsed.control
    for end in ("destination_mode", "source_mode"):
        if control[end] not in (_NO_ADDRESS, _SHORT, _EXTENDED):
            raise DecodeError(f"control.{end}", "value 1 is reserved", offset=0)
    if control["pan_id_compression"] and (parsed.destination_pan is None or not control["source_mode"]):
        raise DecodeError("control.pan_id_compression", "needs both addresses", offset=0)
    try:
        frame_type = MacFrameType(control["frame_type"])
    except ValueError as error:
        raise DecodeError("control.frame_type", str(error), offset=0) from None
    return MacFrame(
        frame_type=frame_type,
        sequence=parsed.sequence,
        destination=_address(parsed, "destination"),
        source=_address(parsed, "source"),
        acknowledgement_request=bool(control["acknowledgement_request"]),
        frame_pending=bool(control["frame_pending"]),
        version=control["version"],
        payload=parsed.payload,
    )


def _address(parsed: Any, end: str) -> MacAddress | None:
    pan, short, extended = parsed[f"{end}_pan"], parsed[f"{end}_short"], parsed[f"{end}_extended"]
    if short is not None:
        return MacAddress(pan, short)
    return None if extended is None else MacAddress(pan, extended, extended=True)


def encode_mac(frame: MacFrame) -> bytes:
    """Encode one frame and append its check sequence. Raises EncodeError."""
    body = _encode_compiled(frame) or _encode_declared(frame)
    return body + frame_check_sequence(body).to_bytes(FCS_LENGTH, "little")


_CONTROLS: Final = {frame_type: control for control, frame_type in _COMMON.items()}


def _encode_compiled(frame: MacFrame) -> bytes | None:
    """The compiled twin of the declaration for common frames; None for all others."""
    destination, source, control = frame.destination, frame.source, _CONTROLS.get(frame.frame_type)
    if destination is None or source is None or control is None or frame.version:
        return None
    if destination.extended or source.extended or source.pan is not None:
        return None
    control |= (_PENDING if frame.frame_pending else 0) | (
        _ACKNOWLEDGEMENT_REQUEST if frame.acknowledgement_request else 0
    )
    ends = (destination.pan, destination.address, source.address)
    try:
        return _BETWEEN_SHORT.pack(control, frame.sequence, *ends) + frame.payload
    except (struct.error, TypeError):
        return None


def _encode_declared(frame: MacFrame) -> bytes:
    destination, source = frame.destination, frame.source
    if destination is not None and destination.pan is None:
        raise EncodeError("destination.pan", "only a source can leave its PAN out")
    if source is not None and source.pan is None and destination is None:
        raise EncodeError("source.pan", "can be left out only where there is a destination")
    values: dict[str, Any] = {
        "control": {
            "frame_type": frame.frame_type,
            "frame_pending": frame.frame_pending,
            "acknowledgement_request": frame.acknowledgement_request,
            "pan_id_compression": source is not None and source.pan is None,
            "destination_mode": _mode(destination),
            "version": frame.version,
            "source_mode": _mode(source),
        },
        "sequence": frame.sequence,
        "payload": frame.payload,
        **_fields("destination", destination),
        **_fields("source", source),
    }
    return build(_LAYOUT, values)


def _mode(address: MacAddress | None) -> int:
    if address is None:
        return _NO_ADDRESS
    return _EXTENDED if address.extended else _SHORT


def _fields(end: str, address: MacAddress | None) -> dict[str, int | None]:
    if address is None:
        return {}
    return {
        f"{end}_pan": address.pan,
        f"{end}_{'extended' if address.extended else 'short'}": address.address,
    }
