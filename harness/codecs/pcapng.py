"""Captures of frames as pcapng, which every protocol analyser opens (IETF draft opsawg-pcapng).

A file is blocks: type (4) · total length (4) · body · total length (4), bodies padded to four octets.

==========  ==================================================================================
0A0D0D0A    section header: byte order magic 1A2B3C4D (4) · version 1.0 · section length unknown
00000001    interface: link type (2) · reserved (2) · snap length (4) · options
00000006    packet: interface (4) · time (4 high, 4 low) · captured (4) · original (4) · octets · options
==========  ==================================================================================

Options are code (2) · length (2) · value, padded. Everything is written least significant octet first,
times as microseconds; what others write in another order or with other blocks is refused.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from construct import Construct, Struct

from harness.codecs.declaration import (
    Field,
    Fixed,
    Layout,
    Little,
    Octets,
    bounded,
    build,
    build_part,
    dotted,
    parse_part,
    parse_whole,
    session_of,
    take,
)
from harness.codecs.errors import DecodeError, EncodeError

_WORD: Final = 4
_END_OF_OPTIONS, _COMMENT, _INTERFACE_NAME, _TIME_RESOLUTION = 0, 1, 2, 9
_MICROSECONDS: Final = b"\x06"
_TEXT_OPTIONS: Final = {_COMMENT: "comment", _INTERFACE_NAME: "name"}


class LinkType(IntEnum):
    """What the octets of a packet are."""

    IPV4 = 101
    """A datagram without anything before it (LINKTYPE_RAW)."""
    IEEE_802_15_4 = 195
    """A MAC frame with its check sequence."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets were captured."""

    name: str
    link_type: LinkType


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: index of its interface, microseconds since 1970 (UTC), octets, and what to say of it."""

    interface: int
    at: int
    octets: bytes
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """Interfaces, and packets in the order in which they were captured."""

    interfaces: tuple[Interface, ...]
    packets: tuple[Packet, ...]


class _Block(IntEnum):
    INTERFACE = 0x00000001
    ENHANCED_PACKET = 0x00000006
    SECTION_HEADER = 0x0A0D0D0A


def _padding(length: int) -> int:
    return -length % _WORD


class _Options(Layout):
    """Options by their code, up to the end of the block; nothing where there are none."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        while stream.tell() < session_of(context).end:
            code = parse_part(_SHORT, stream, context, path)
            length = parse_part(_SHORT, stream, context, path)
            if code == _END_OF_OPTIONS:
                break
            found[code] = take(stream, length, context, path)
            take(stream, _padding(length), context, path)
        return found

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        for code, value in obj.items():
            build_part(_SHORT, code, stream, context, path)
            build_part(_SHORT, len(value), stream, context, path)
            stream.write(value + bytes(_padding(len(value))))
        if obj:
            stream.write(bytes(_WORD))
        return obj


class _Captured(Layout):
    """Length as captured, length on the air, which is the same, and the octets with their padding."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes:
        length = parse_part(_NUMBER, stream, context, path)
        parse_part(_NUMBER, stream, context, path)
        octets = take(stream, length, context, path)
        take(stream, _padding(length), context, path)
        return octets

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        build_part(_NUMBER, len(obj), stream, context, path)
        build_part(_NUMBER, len(obj), stream, context, path)
        stream.write(obj + bytes(_padding(len(obj))))
        return obj


_SHORT: Final = Little(2)
_NUMBER: Final = Little(4)
_BODIES: Final[dict[int, Construct]] = {
    _Block.SECTION_HEADER: Struct(
        Field("byte_order", Fixed(bytes.fromhex("4D3C2B1A"))),
        Field("version", Fixed(bytes.fromhex("01000000"))),
        Field("section_length", Octets(8)),
        Field("options", _Options()),
    ),
    _Block.INTERFACE: Struct(
        Field("link_type", _SHORT),
        Field("reserved", Fixed(b"\0\0")),
        Field("snap_length", _NUMBER),
        Field("options", _Options()),
    ),
    _Block.ENHANCED_PACKET: Struct(
        Field("interface", _NUMBER),
        Field("at_high", _NUMBER),
        Field("at_low", _NUMBER),
        Field("octets", _Captured()),
        Field("options", _Options()),
    ),
}


class _Blocks(Layout):
    """Blocks up to the end, each as its type and the fields of its body."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> list[tuple[int, Any]]:
        session = session_of(context)
        end = session.end
        blocks: list[tuple[int, Any]] = []
        while stream.tell() < end:
            blocks.append(self._block(f"{path}[{len(blocks)}]", stream, context))
            session.end = end
        return blocks

    @staticmethod
    def _block(path: str, stream: io.BytesIO, context: Any) -> tuple[int, Any]:
        start = stream.tell()
        kind = parse_part(_NUMBER, stream, context, path + " -> type")
        if kind not in _BODIES:
            raise DecodeError(dotted(path + " -> type"), f"{kind:08X} is no block that is used", offset=start)
        length = parse_part(_NUMBER, stream, context, path + " -> length")
        if length < 3 * _WORD or length % _WORD:
            raise DecodeError(dotted(path + " -> length"), f"{length} is no length of a block", offset=start)
        session = session_of(context)
        session.end = bounded(stream, length - 2 * _WORD, context, path) - _WORD
        body = parse_part(_BODIES[kind], stream, context, path)
        if stream.tell() != session.end:
            raise DecodeError(dotted(path), "octets left over", offset=stream.tell())
        session.end += _WORD
        if parse_part(_NUMBER, stream, context, path + " -> length") != length:
            raise DecodeError(dotted(path + " -> length"), "differs at the end", offset=stream.tell())
        return kind, body

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        for index, (kind, values) in enumerate(obj):
            body = io.BytesIO()
            build_part(_BODIES[kind], values, body, context, f"{path}[{index}]")
            length = body.tell() + 3 * _WORD
            build_part(_NUMBER, int(kind), stream, context, path)
            build_part(_NUMBER, length, stream, context, path)
            stream.write(body.getvalue())
            build_part(_NUMBER, length, stream, context, path)
        return obj


_BLOCKS: Final = _Blocks()
_SECTION: Final = (_Block.SECTION_HEADER, {"section_length": b"\xff" * 8, "options": {}})


def encode_capture(capture: Capture) -> bytes:
    """The octets of a file. Raises EncodeError."""
    blocks: list[tuple[int, Any]] = [_SECTION]
    blocks += [(_Block.INTERFACE, _interface_values(interface)) for interface in capture.interfaces]
    for packet in capture.packets:
        if not 0 <= packet.interface < len(capture.interfaces):
            raise EncodeError("interface", f"there is no interface {packet.interface}")
        blocks.append((_Block.ENHANCED_PACKET, _packet_values(packet)))
    return build(_BLOCKS, blocks)


def _interface_values(interface: Interface) -> dict[str, Any]:
    options = {_INTERFACE_NAME: _octets_of("name", interface.name), _TIME_RESOLUTION: _MICROSECONDS}
    return {"link_type": int(interface.link_type), "snap_length": 0, "options": options}


def _octets_of(field: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise EncodeError(field, f"{text!r} is no text") from None


def _packet_values(packet: Packet) -> dict[str, Any]:
    if packet.at < 0:
        raise EncodeError("at", f"{packet.at} is before 1970")
    options = {_COMMENT: _octets_of("comment", packet.comment)} if packet.comment else {}
    return {
        "interface": packet.interface,
        "at_high": packet.at >> 32,
        "at_low": packet.at & 0xFFFFFFFF,
        "octets": packet.octets,
        "options": options,
    }


def decode_capture(octets: bytes) -> Capture:
    """The interfaces and packets of a file of one section. Raises DecodeError."""
    blocks = parse_whole(_BLOCKS, octets)
    if not blocks or blocks[0][0] != _Block.SECTION_HEADER:
        raise DecodeError("section_header", "expected at the start", offset=0)
    interfaces: list[Interface] = []
    packets: list[Packet] = []
    for kind, body in blocks[1:]:
        if kind == _Block.SECTION_HEADER:
            raise DecodeError("section_header", "a second section", offset=0)
        if kind == _Block.INTERFACE:
            interfaces.append(_interface(body))
        else:
            packets.append(_packet(body, len(interfaces)))
    return Capture(tuple(interfaces), tuple(packets))


def _interface(body: Any) -> Interface:
    if body.options.get(_TIME_RESOLUTION, _MICROSECONDS) != _MICROSECONDS:
        raise DecodeError("time_resolution", "expected microseconds")
    try:
        link_type = LinkType(body.link_type)
    except ValueError as error:
        raise DecodeError("link_type", str(error)) from None
    return Interface(_text(body, _INTERFACE_NAME), link_type)


def _packet(body: Any, interfaces: int) -> Packet:
    if body.interface >= interfaces:
        raise DecodeError("interface", f"there is no interface {body.interface}")
    return Packet(body.interface, body.at_high << 32 | body.at_low, body.octets, _text(body, _COMMENT))


def _text(body: Any, code: int) -> str:
    octets: bytes = body.options.get(code, b"")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise DecodeError(_TEXT_OPTIONS[code], "is not UTF-8") from None
