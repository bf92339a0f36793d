"""COSEM data to octets, compiled: a writer for each tag, handing pieces to an ``append``."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from harness.codecs.axdr_layout import elements_fit, parts
from harness.codecs.compiled import NotTaken
from harness.codecs.cosem_data import Data, DataTag, TypeDescription
from harness.codecs.declaration import MAX_DEPTH, length_octets

_Append = Callable[[bytes], None]
_Writer = Callable[[Any, _Append, int], None]
_SHORT: Final = tuple(bytes((length,)) for length in range(0x80))
_TAGGED_LENGTH: Final = {
    tag: tuple(bytes((tag, length)) for length in range(0x80))
    for tag in (
        DataTag.ARRAY,
        DataTag.STRUCTURE,
        DataTag.BIT_STRING,
        DataTag.OCTET_STRING,
        DataTag.VISIBLE_STRING,
        DataTag.UTF8_STRING,
    )
}


def write_data(data: Data, append: _Append, depth: int = 0) -> None:
    """Hand the octets of a value to ``append``, piece by piece."""
    _WRITERS[data.tag](data.value, append, depth)


def write_length(length: int, append: _Append) -> None:
    """Hand a length in its shortest form to ``append``."""
    append(_SHORT[length] if length < 0x80 else length_octets(length))


def _write_nothing(tag: DataTag) -> _Writer:
    octets = bytes((tag,))

    def write(value: Any, append: _Append, depth: int) -> None:  # noqa: ARG001 - one signature for all writers
        if value is not None:
            raise NotTaken
        append(octets)

    return write


def _write_number(tag: DataTag, layout: str) -> _Writer:
    pack, octet = struct.Struct(f">B{layout}").pack, int(tag)

    def write(value: Any, append: _Append, depth: int) -> None:  # noqa: ARG001 - one signature for all writers
        append(pack(octet, value))

    return write


def _write_string(tag: DataTag, encoding: str | None) -> _Writer:
    headers = _TAGGED_LENGTH[tag]

    def write(value: Any, append: _Append, depth: int) -> None:  # noqa: ARG001 - one signature for all writers
        octets: bytes = value if encoding is None else value.encode(encoding)
        if type(octets) is not bytes:
            raise NotTaken
        length = len(octets)
        append(headers[length] if length < 0x80 else bytes((tag,)) + length_octets(length))
        append(octets)

    return write


def _write_fixed(tag: DataTag, size: int) -> _Writer:
    def write(value: Any, append: _Append, depth: int) -> None:  # noqa: ARG001 - one signature for all writers
        if type(value) is not bytes or len(value) != size:
            raise NotTaken
        append(bytes((tag,)) + value)

    return write


def _write_nested(tag: DataTag) -> _Writer:
    headers = _TAGGED_LENGTH[tag]

    def write(value: Any, append: _Append, depth: int) -> None:
        if type(value) is not tuple or depth >= MAX_DEPTH:
            raise NotTaken
        count = len(value)
        append(headers[count] if count < 0x80 else bytes((tag,)) + length_octets(count))
        for data in value:
            _WRITERS[data.tag](data.value, append, depth + 1)

    return write


def _write_bits(value: Any, append: _Append, depth: int) -> None:  # noqa: ARG001 - one signature for all writers
    bits: str = value.bits
    if bits.strip("01"):
        raise NotTaken
    count = len(bits)
    size = (count + 7) >> 3
    append(_TAGGED_LENGTH[DataTag.BIT_STRING][count] if count < 0x80 else b"\x04" + length_octets(count))
    append((int(bits or "0", 2) << (size * 8 - count)).to_bytes(size, "big"))


def _write_boolean(value: Any, append: _Append, depth: int) -> None:  # noqa: ARG001 - one signature for all writers
    if value is True:
        append(b"\x03\xff")
    elif type(value) is int and value == 0xFF:
        raise NotTaken
    else:
        append(bytes((DataTag.BOOLEAN, value)))


def _write_compact(value: Any, append: _Append, depth: int) -> None:
    if depth >= MAX_DEPTH or type(value.elements) is not tuple:
        raise NotTaken
    header: list[bytes] = [b"\x13"]
    _write_described(value.element, header.append, depth + 1)
    inside: list[bytes] = []
    for data in value.elements:
        _write_element(value.element, data, inside.append)
    contents = b"".join(inside)
    if not elements_fit(value.element, len(contents)) or (value.elements and not contents):
        raise NotTaken
    append(b"".join(header) + length_octets(len(contents)) + contents)


def _write_described(description: TypeDescription, append: _Append, depth: int) -> None:
    tag = description.tag
    append(bytes((DataTag(tag),)))
    if tag in (DataTag.STRUCTURE, DataTag.ARRAY, DataTag.COMPACT_ARRAY):
        if tag is DataTag.COMPACT_ARRAY or depth >= MAX_DEPTH or type(description.members) is not tuple:
            raise NotTaken
        if tag is DataTag.ARRAY:
            append(description.count.to_bytes(2, "big"))
            (_,) = description.members
        else:
            append(length_octets(len(description.members)))
        for member in description.members:
            _write_described(member, append, depth + 1)


def _write_element(description: TypeDescription, data: Data, append: _Append) -> None:
    tag = description.tag
    if data.tag is not tag:
        raise NotTaken
    if tag is DataTag.STRUCTURE or tag is DataTag.ARRAY:
        if type(data.value) is not tuple:
            raise NotTaken
        for member, value in zip(parts(description), data.value, strict=True):
            _write_element(member, value, append)
    else:
        tagged: list[bytes] = []
        _WRITERS[tag](data.value, tagged.append, 0)
        append(b"".join(tagged)[1:])


_WRITERS: Final[dict[int, _Writer]] = {
    DataTag.NULL: _write_nothing(DataTag.NULL),
    DataTag.ARRAY: _write_nested(DataTag.ARRAY),
    DataTag.STRUCTURE: _write_nested(DataTag.STRUCTURE),
    DataTag.BOOLEAN: _write_boolean,
    DataTag.BIT_STRING: _write_bits,
    DataTag.DOUBLE_LONG: _write_number(DataTag.DOUBLE_LONG, "i"),
    DataTag.DOUBLE_LONG_UNSIGNED: _write_number(DataTag.DOUBLE_LONG_UNSIGNED, "I"),
    DataTag.OCTET_STRING: _write_string(DataTag.OCTET_STRING, None),
    DataTag.VISIBLE_STRING: _write_string(DataTag.VISIBLE_STRING, "latin-1"),
    DataTag.UTF8_STRING: _write_string(DataTag.UTF8_STRING, "utf-8"),
    DataTag.BCD: _write_number(DataTag.BCD, "b"),
    DataTag.INTEGER: _write_number(DataTag.INTEGER, "b"),
    DataTag.LONG: _write_number(DataTag.LONG, "h"),
    DataTag.UNSIGNED: _write_number(DataTag.UNSIGNED, "B"),
    DataTag.LONG_UNSIGNED: _write_number(DataTag.LONG_UNSIGNED, "H"),
    DataTag.COMPACT_ARRAY: _write_compact,
    DataTag.LONG64: _write_number(DataTag.LONG64, "q"),
    DataTag.LONG64_UNSIGNED: _write_number(DataTag.LONG64_UNSIGNED, "Q"),
    DataTag.ENUM: _write_number(DataTag.ENUM, "B"),
    DataTag.DATE_TIME: _write_fixed(DataTag.DATE_TIME, 12),
    DataTag.DATE: _write_fixed(DataTag.DATE, 5),
    DataTag.TIME: _write_fixed(DataTag.TIME, 4),
    DataTag.DONT_CARE: _write_nothing(DataTag.DONT_CARE),
}
