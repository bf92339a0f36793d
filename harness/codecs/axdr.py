"""COSEM data to octets and back: the compiled twin of ``axdr_layout`` (layout table there).

``read_data`` and ``write_data`` are straight code over slices and ``struct``. They take only what
is right; for everything else they hand over to the declaration, which says what is wrong and where.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from harness.codecs import declaration
from harness.codecs.axdr_layout import DATA, elements_fit, parts
from harness.codecs.cosem_data import NULL, BitString, CompactArray, Data, DataTag, TypeDescription
from harness.codecs.declaration import MAX_DEPTH, length_octets


class NotTaken(Exception):  # noqa: N818 - not an error: the declaration decides what it is
    """The compiled twin does not take this; ask the declaration."""


GIVE_UP: Final = (
    NotTaken,
    LookupError,
    struct.error,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
)
"""What compiled code raises on octets or values that are not right."""

_new = object.__new__
_OCTET_STRING: Final = DataTag.OCTET_STRING
_set_tag = vars(Data)["tag"].__set__
_set_value = vars(Data)["value"].__set__


def decode_data(octets: bytes, offset: int = 0) -> Data:
    """The COSEM value that fills the octets from ``offset`` on. Raises DecodeError."""
    try:
        data, end = read_data(octets, offset)
        if end == len(octets):
            return data
    except GIVE_UP:
        pass
    declared: Data
    declared, end = declaration.parse(DATA, octets, offset)
    declaration.refuse_rest(octets, end)
    return declared


def encode_data(data: Data) -> bytes:
    """Octets of a COSEM value. Raises EncodeError where the value does not suit its tag."""
    out: list[bytes] = []
    try:
        write_data(data, out.append)
    except GIVE_UP:
        return declaration.build(DATA, data)
    return b"".join(out)


def read_length(octets: bytes, offset: int) -> tuple[int, int]:
    """A length of 0x80 or more at ``offset``, in its shortest form, and the offset behind it."""
    end = offset + octets[offset] - 0x7F
    digits = octets[offset + 1 : end]
    length = int.from_bytes(digits, "big")
    if length < 0x80 or not digits[0] or end > len(octets):
        raise NotTaken
    return length, end


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
