"""Declaration of COSEM data in A-XDR: a tag octet, then what the tag says (DLMS Green Book 9.5, IEC 61334-6).

============================  ====  =======================================================
tag                                 contents
============================  ====  =======================================================
null-data, don't-care         00,FF nothing
array, structure              01,02 count, that many data
boolean                       03    00 false, FF true; other octets are kept as numbers
bit-string                    04    count of bits, bits from the top of the first octet, zero padding
double-long, -unsigned        05,06 4 octets
octet-string                  09    length, octets
visible-string, utf8-string   0A,0C length, characters
bcd, integer                  0D,0F 1 octet, signed
long, long-unsigned           10,12 2 octets
unsigned, enum                11,16 1 octet
compact-array                 13    type description, length, elements without their tags
long64, long64-unsigned       14,15 8 octets
date-time, date, time         19-1B 12, 5, 4 octets
============================  ====  =======================================================

Counts and lengths stand in their shortest form. Values nest at most ``MAX_DEPTH`` levels.
"""

from __future__ import annotations

import io
from typing import Any, Final

from construct import Construct

from harness.codecs.cosem_data import BitString, CompactArray, Data, DataTag, TypeDescription
from harness.codecs.declaration import (
    MAX_DEPTH,
    Choice,
    Converter,
    Layout,
    Length,
    Many,
    Number,
    Octets,
    Region,
    Rest,
    bounded,
    build_part,
    dotted,
    length_octets,
    located,
    parse_part,
    session_of,
    take,
)
from harness.codecs.errors import DecodeError, EncodeError

_TAG: Final = Choice(DataTag)
_LENGTH: Final = Length()
_EMPTY_PER_OCTET: Final = 16


class _Nothing(Layout):
    """No octets: null."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> None:  # noqa: ARG002 - construct's signature
        return None

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> None:  # noqa: ARG002 - construct's signature
        if obj is not None:
            raise EncodeError(dotted(path), f"null carries no value, got {obj!r}")


class _Boolean(Converter):
    """00 false, FF true. Any other octet also reads as true; it is kept as its number."""

    def __init__(self) -> None:
        super().__init__(Number(1))

    def _decode(self, obj: int, context: Any, path: str) -> bool | int:  # noqa: ARG002 - construct's signature
        return {0: False, 0xFF: True}.get(obj, obj)

    def _encode(self, obj: Any, context: Any, path: str) -> int:  # noqa: ARG002 - construct's signature
        octet = 0xFF if obj is True else obj
        if not isinstance(octet, int) or (octet == 0xFF and obj is not True):
            raise EncodeError(dotted(path), f"{obj!r} is no boolean")
        return octet


class _Text(Converter):
    """Characters in a length of octets."""

    def __init__(self, encoding: str) -> None:
        super().__init__(Region(Rest()))
        self.encoding = encoding

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> str:
        start = stream.tell()
        octets: bytes = parse_part(self.subcon, stream, context, path)
        try:
            return octets.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise DecodeError(dotted(path), f"no {self.encoding}: {error.reason}", offset=start) from None

    def _encode(self, obj: Any, context: Any, path: str) -> bytes:  # noqa: ARG002 - construct's signature
        try:
            encoded: bytes = obj.encode(self.encoding)
        except (AttributeError, UnicodeEncodeError):
            raise EncodeError(dotted(path), f"{obj!r} is no {self.encoding} text") from None
        return encoded


class _Bits(Layout):
    """A count of bits, then the bits, padded with zeroes to whole octets."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> BitString:
        start = stream.tell()
        count = parse_part(_LENGTH, stream, context, path)
        octets = take(stream, (count + 7) // 8, context, path)
        bits = f"{int.from_bytes(octets, 'big'):0{len(octets) * 8}b}" if octets else ""
        if "1" in bits[count:]:
            raise DecodeError(dotted(path), "padding of a bit string is not zero", offset=start)
        return BitString(bits[:count])

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, BitString) or obj.bits.strip("01"):
            raise EncodeError(dotted(path), f"{obj!r} is no bit string")
        stream.write(length_octets(len(obj.bits)))
        size = (len(obj.bits) + 7) // 8
        stream.write(int(obj.bits.ljust(size * 8, "0") or "0", 2).to_bytes(size, "big"))
        return obj


class CosemData(Layout):
    """A tag and the value that it announces."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Data:
        session = session_of(context)
        start = stream.tell()
        tag = parse_part(_TAG, stream, context, path)
        if session.depth >= MAX_DEPTH and tag in _NESTING:
            raise DecodeError(dotted(path), f"more than {MAX_DEPTH} levels of data", offset=start)
        session.depth += 1
        value = parse_part(VALUES[tag], stream, context, path)
        session.depth -= 1
        return Data(tag, value)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Data:
        session = session_of(context)
        if not isinstance(obj, Data):
            raise EncodeError(dotted(path), f"expected Data, got {obj!r}")
        if session.depth >= MAX_DEPTH and obj.tag in _NESTING:
            raise EncodeError(dotted(path), f"more than {MAX_DEPTH} levels of data")
        build_part(_TAG, obj.tag, stream, context, path)
        session.depth += 1
        build_part(VALUES[obj.tag], obj.value, stream, context, path)
        session.depth -= 1
        return obj


class _Description(Layout):
    """Type of a compact array's elements: a tag, members of a structure, or count and member of an array."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> TypeDescription:
        session = session_of(context)
        start = stream.tell()
        tag = parse_part(_TAG, stream, context, path)
        if tag not in _NESTING:
            return TypeDescription(tag)
        if session.depth >= MAX_DEPTH or tag is DataTag.COMPACT_ARRAY:
            raise DecodeError(dotted(path), f"no {tag.name} at level {session.depth} of a type", offset=start)
        session.depth += 1
        if tag is DataTag.ARRAY:
            count = parse_part(_ARRAY_COUNT, stream, context, path)
            made = TypeDescription(tag, (self._parse(stream, context, path),), count)
        else:
            made = TypeDescription(tag, parse_part(_MEMBERS, stream, context, path))
        session.depth -= 1
        return made

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> TypeDescription:
        session = session_of(context)
        if not isinstance(obj, TypeDescription):
            raise EncodeError(dotted(path), f"expected a type description, got {obj!r}")
        build_part(_TAG, obj.tag, stream, context, path)
        if obj.tag is DataTag.COMPACT_ARRAY or session.depth >= MAX_DEPTH:
            raise EncodeError(dotted(path), f"no {obj.tag.name} at level {session.depth} of a type")
        session.depth += 1
        if obj.tag is DataTag.ARRAY:
            build_part(_ARRAY_COUNT, obj.count, stream, context, path)
            (member,) = obj.members
            self._build(member, stream, context, path)
        elif obj.tag is DataTag.STRUCTURE:
            build_part(_MEMBERS, obj.members, stream, context, path)
        session.depth -= 1
        return obj


class _Compact(Layout):
    """Type description, length in octets, elements without tags until the length is used up.

    Types are limited by ``elements_fit``: otherwise a few octets could ask for millions of values.
    """

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> CompactArray:
        session = session_of(context)
        start = stream.tell()
        element: TypeDescription = located(DESCRIPTION, "type", stream, context, f"{path} -> type")
        length = parse_part(_LENGTH, stream, context, f"{path} -> length")
        outer, session.end = session.end, bounded(stream, length, context, path)
        if not elements_fit(element, length):
            raise DecodeError(dotted(path), f"no elements of this type in {length} octets", offset=start)
        elements: list[Data] = []
        while stream.tell() < session.end:
            one = _Element(element)
            name = f"[{len(elements)}]"
            elements.append(located(one, name, stream, context, path + name))
        session.end = outer
        return CompactArray(element, tuple(elements))

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, CompactArray) or not isinstance(obj.elements, tuple):
            raise EncodeError(dotted(path), f"expected a compact array, got {obj!r}")
        build_part(DESCRIPTION, obj.element, stream, context, f"{path} -> type")
        inside = io.BytesIO()
        for index, value in enumerate(obj.elements):
            build_part(_Element(obj.element), value, inside, context, f"{path}[{index}]")
        stream.write(length_octets(inside.tell()))
        if not elements_fit(obj.element, inside.tell()) or (obj.elements and not inside.tell()):
            raise EncodeError(dotted(path), f"no elements of this type in {inside.tell()} octets")
        stream.write(inside.getvalue())
        return obj


class _Element(Layout):
    """A value of a described type, without its tag."""

    def __init__(self, description: TypeDescription) -> None:
        super().__init__()
        self.description = description

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Data:
        tag = self.description.tag
        if tag is DataTag.STRUCTURE or tag is DataTag.ARRAY:
            members = parts(self.description)
            return Data(
                tag,
                tuple(
                    located(_Element(member), f"[{index}]", stream, context, f"{path}[{index}]")
                    for index, member in enumerate(members)
                ),
            )
        return Data(tag, parse_part(VALUES[tag], stream, context, path))

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        tag = self.description.tag
        if not isinstance(obj, Data) or obj.tag is not tag:
            raise EncodeError(dotted(path), f"expected {tag.name}, got {obj!r}")
        if tag is DataTag.STRUCTURE or tag is DataTag.ARRAY:
            members = parts(self.description)
            if not isinstance(obj.value, tuple) or len(obj.value) != len(members):
                raise EncodeError(dotted(path), f"expected {len(members)} values")
            for index, (member, value) in enumerate(zip(members, obj.value, strict=True)):
                build_part(_Element(member), value, stream, context, f"{path}[{index}]")
        else:
            build_part(VALUES[tag], obj.value, stream, context, path)
        return obj


def parts(description: TypeDescription) -> tuple[TypeDescription, ...]:
    """Types of the values inside one value of this type."""
    return description.members * (description.count if description.tag is DataTag.ARRAY else 1)


def elements_fit(element: TypeDescription, length: int) -> bool:
    """Can ``length`` octets hold elements of this type, without unfolding into values by the million?

    Every element takes octets, and has at most ``_EMPTY_PER_OCTET`` null values for each of them.
    """
    if element.tag not in _NESTING:
        return not length or bool(_FEWEST[element.tag])
    octets, empty = _weight(element)
    return not length or (0 < octets <= length and empty <= _EMPTY_PER_OCTET * octets)


def _weight(description: TypeDescription) -> tuple[int, int]:
    """Fewest octets of a value of this type, and how many of the values inside it have no octets."""
    if description.tag not in _NESTING:
        octets = _FEWEST[description.tag]
        return octets, not octets
    inside = [_weight(member) for member in description.members]
    count = description.count if description.tag is DataTag.ARRAY else 1
    octets = count * sum(weight[0] for weight in inside)
    return octets, count * sum(weight[1] for weight in inside) or not octets


_NESTING: Final = frozenset({DataTag.ARRAY, DataTag.STRUCTURE, DataTag.COMPACT_ARRAY})
DATA: Final = CosemData()
DESCRIPTION: Final = _Description()
_MEMBERS: Final = Many(DESCRIPTION)
_ARRAY_COUNT: Final = Number(2)
_STRING: Final = Region(Rest())
VALUES: Final[dict[DataTag, Construct]] = {
    DataTag.NULL: _Nothing(),
    DataTag.ARRAY: Many(DATA),
    DataTag.STRUCTURE: Many(DATA),
    DataTag.BOOLEAN: _Boolean(),
    DataTag.BIT_STRING: _Bits(),
    DataTag.DOUBLE_LONG: Number(4, signed=True),
    DataTag.DOUBLE_LONG_UNSIGNED: Number(4),
    DataTag.OCTET_STRING: _STRING,
    # Latin-1 gives every octet a character, so that no visible string of a device is lost.
    DataTag.VISIBLE_STRING: _Text("latin-1"),
    DataTag.UTF8_STRING: _Text("utf-8"),
    DataTag.BCD: Number(1, signed=True),
    DataTag.INTEGER: Number(1, signed=True),
    DataTag.LONG: Number(2, signed=True),
    DataTag.UNSIGNED: Number(1),
    DataTag.LONG_UNSIGNED: Number(2),
    DataTag.COMPACT_ARRAY: _Compact(),
    DataTag.LONG64: Number(8, signed=True),
    DataTag.LONG64_UNSIGNED: Number(8),
    DataTag.ENUM: Number(1),
    DataTag.DATE_TIME: Octets(12),
    DataTag.DATE: Octets(5),
    DataTag.TIME: Octets(4),
    DataTag.DONT_CARE: _Nothing(),
}
_FEWEST: Final = {
    tag: layout.count if isinstance(layout, (Number, Octets)) else int(not isinstance(layout, _Nothing))
    for tag, layout in VALUES.items()
}
