"""Octets to COSEM data, compiled: a reader for each tag, and one loop around them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from harness.codecs.axdr_layout import elements_fit, parts
from harness.codecs.compiled import NotTaken, read_length
from harness.codecs.cosem_data import NULL, BitString, CompactArray, Data, DataTag, TypeDescription
from harness.codecs.declaration import MAX_DEPTH

_new = object.__new__
_OCTET_STRING: Final = DataTag.OCTET_STRING
_set_tag = vars(Data)["tag"].__set__
_set_value = vars(Data)["value"].__set__


def read_data(octets: bytes, offset: int, depth: int = 0) -> tuple[Data, int]:
    """One value and the offset behind it. May run past the end: the caller compares the offset."""
    (data,), offset = read_many(octets, offset, 1, depth)
    return data, offset


def read_many(octets: bytes, offset: int, count: int, depth: int) -> tuple[tuple[Data, ...], int]:
    """``count`` values and the offset behind them. May run past the end: the caller compares the offset."""
    if depth > MAX_DEPTH or count > len(octets) - offset:
        raise NotTaken
    made: list[Data] = []
    append = made.append
    for _ in range(count):
        tag = octets[offset]
        values = _ONE_OCTET.get(tag)
        if values is not None:
            append(values[octets[offset + 1]])
            offset += 2
        elif tag == 0x09 and (length := octets[offset + 1]) < 0x80:
            # Every other value is a short octet string: no call for those.
            start = offset + 2
            offset = start + length
            data = _new(Data)
            _set_tag(data, _OCTET_STRING)
            _set_value(data, octets[start:offset])
            append(data)
        else:
            data, offset = _READERS[tag](octets, offset + 1, depth)
            append(data)
    return tuple(made), offset


_Reader = Callable[[bytes, int, int], tuple[Data, int]]


def _make(tag: DataTag, value: Any) -> Data:
    """A Data without the dataclass's own initialiser, which takes twice as long."""
    data = _new(Data)
    _set_tag(data, tag)
    _set_value(data, value)
    return data


def _nothing(tag: DataTag) -> _Reader:
    empty = NULL if tag is DataTag.NULL else Data(tag, None)

    def read(octets: bytes, offset: int, depth: int) -> tuple[Data, int]:  # noqa: ARG001 - one signature for all readers
        return empty, offset

    return read


def _number(tag: DataTag, layout: str) -> _Reader:
    unpack_from, size = struct.Struct(layout).unpack_from, struct.calcsize(layout)

    def read(octets: bytes, offset: int, depth: int) -> tuple[Data, int]:  # noqa: ARG001 - one signature for all readers
        data = _new(Data)
        _set_tag(data, tag)
        _set_value(data, unpack_from(octets, offset)[0])
        return data, offset + size

    return read


def _string(tag: DataTag, encoding: str | None) -> _Reader:
    def read(octets: bytes, offset: int, depth: int) -> tuple[Data, int]:  # noqa: ARG001 - one signature for all readers
        length = octets[offset]
        offset += 1
        if length >= 0x80:
            length, offset = read_length(octets, offset - 1)
        end = offset + length
        if end > len(octets):
            raise NotTaken
        data = _new(Data)
        _set_tag(data, tag)
        _set_value(data, octets[offset:end] if encoding is None else octets[offset:end].decode(encoding))
        return data, end

    return read


def _fixed(tag: DataTag, size: int) -> _Reader:
    def read(octets: bytes, offset: int, depth: int) -> tuple[Data, int]:  # noqa: ARG001 - one signature for all readers
        return _make(tag, octets[offset : offset + size]), offset + size

    return read


def _nested(tag: DataTag) -> _Reader:
    def read(octets: bytes, offset: int, depth: int) -> tuple[Data, int]:
        count = octets[offset]
        offset += 1
        if count >= 0x80:
            count, offset = read_length(octets, offset - 1)
        value, offset = read_many(octets, offset, count, depth + 1)
        data = _new(Data)
        _set_tag(data, tag)
        _set_value(data, value)
        return data, offset

    return read


def _bits(octets: bytes, offset: int, depth: int) -> tuple[Data, int]:  # noqa: ARG001 - one signature for all readers
    count = octets[offset]
    offset += 1
    if count >= 0x80:
        count, offset = read_length(octets, offset - 1)
    size = (count + 7) >> 3
    end = offset + size
    if end > len(octets):
        raise NotTaken
    number, padding = int.from_bytes(octets[offset:end], "big"), size * 8 - count
    if number & ((1 << padding) - 1):
        raise NotTaken
    return _make(DataTag.BIT_STRING, BitString(f"{number >> padding:0{count}b}" if count else "")), end


def _described(octets: bytes, offset: int, depth: int) -> tuple[TypeDescription, int]:
    tag = DataTag(octets[offset])
    offset += 1
    if depth >= MAX_DEPTH and tag in (DataTag.STRUCTURE, DataTag.ARRAY):
        raise NotTaken
    if tag is DataTag.STRUCTURE:
        count = octets[offset]
        offset += 1
        if count >= 0x80:
            count, offset = read_length(octets, offset - 1)
        members = []
        for _ in range(count):
            member, offset = _described(octets, offset, depth + 1)
            members.append(member)
        return TypeDescription(tag, tuple(members)), offset
    if tag is DataTag.ARRAY:
        count = octets[offset] << 8 | octets[offset + 1]
        member, offset = _described(octets, offset + 2, depth + 1)
        return TypeDescription(tag, (member,), count), offset
    if tag is DataTag.COMPACT_ARRAY:
        raise NotTaken
    return TypeDescription(tag), offset


def _compact(octets: bytes, offset: int, depth: int) -> tuple[Data, int]:
    element, offset = _described(octets, offset, depth + 1)
    length = octets[offset]
    offset += 1
    if length >= 0x80:
        length, offset = read_length(octets, offset - 1)
    end = offset + length
    if end > len(octets) or not elements_fit(element, length):
        raise NotTaken
    # Slicing keeps a value that runs over its region from being read out of what follows.
    inside = octets[:end]
    elements = []
    while offset < end:
        data, offset = _element(element, inside, offset)
        elements.append(data)
    if offset != end:
        raise NotTaken
    return _make(DataTag.COMPACT_ARRAY, CompactArray(element, tuple(elements))), end


def _element(description: TypeDescription, octets: bytes, offset: int) -> tuple[Data, int]:
    tag = description.tag
    if tag is DataTag.STRUCTURE or tag is DataTag.ARRAY:
        made = []
        for member in parts(description):
            data, offset = _element(member, octets, offset)
            made.append(data)
        return _make(tag, tuple(made)), offset
    values = _ONE_OCTET.get(tag)
    if values is not None:
        return values[octets[offset]], offset + 1
    return _READERS[tag](octets, offset, 0)


def _one_octet(tag: DataTag, *, signed: bool) -> tuple[Data, ...]:
    return tuple(Data(tag, octet - 256 if signed and octet > 127 else octet) for octet in range(256))


# Values of one octet are few: they are made once and shared.
_ONE_OCTET: Final[dict[int, tuple[Data, ...]]] = {
    DataTag.BOOLEAN: tuple(
        Data(DataTag.BOOLEAN, {0: False, 0xFF: True}.get(octet, octet)) for octet in range(256)
    ),
    DataTag.BCD: _one_octet(DataTag.BCD, signed=True),
    DataTag.INTEGER: _one_octet(DataTag.INTEGER, signed=True),
    DataTag.UNSIGNED: _one_octet(DataTag.UNSIGNED, signed=False),
    DataTag.ENUM: _one_octet(DataTag.ENUM, signed=False),
}
_READERS: Final[dict[int, _Reader]] = {
    DataTag.NULL: _nothing(DataTag.NULL),
    DataTag.ARRAY: _nested(DataTag.ARRAY),
    DataTag.STRUCTURE: _nested(DataTag.STRUCTURE),
    DataTag.BIT_STRING: _bits,
    DataTag.DOUBLE_LONG: _number(DataTag.DOUBLE_LONG, ">i"),
    DataTag.DOUBLE_LONG_UNSIGNED: _number(DataTag.DOUBLE_LONG_UNSIGNED, ">I"),
    DataTag.OCTET_STRING: _string(DataTag.OCTET_STRING, None),
    DataTag.VISIBLE_STRING: _string(DataTag.VISIBLE_STRING, "latin-1"),
    DataTag.UTF8_STRING: _string(DataTag.UTF8_STRING, "utf-8"),
    DataTag.LONG: _number(DataTag.LONG, ">h"),
    DataTag.LONG_UNSIGNED: _number(DataTag.LONG_UNSIGNED, ">H"),
    DataTag.COMPACT_ARRAY: _compact,
    DataTag.LONG64: _number(DataTag.LONG64, ">q"),
    DataTag.LONG64_UNSIGNED: _number(DataTag.LONG64_UNSIGNED, ">Q"),
    DataTag.DATE_TIME: _fixed(DataTag.DATE_TIME, 12),
    DataTag.DATE: _fixed(DataTag.DATE, 5),
    DataTag.TIME: _fixed(DataTag.TIME, 4),
    DataTag.DONT_CARE: _nothing(DataTag.DONT_CARE),
}
