"""What declarations of ZCL payloads are made of: strings, repeated and named fields, attribute records.

The envelope of an encrypted payload is declared here too; the commands are in ``zcl_commands``. Fields
are least significant octet first, except the length of an encrypted payload, which is GBCS's and not
ZigBee's (ZCL 2.4 and 2.5; GBCS 7.3.9).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from construct import Construct

from harness.codecs.declaration import (
    Fixed,
    Layout,
    Little,
    Number,
    Octets,
    bounded,
    build_part,
    dotted,
    located,
    parse_part,
    session_of,
    take,
)
from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.zcl_types import AttributeRecord, EncryptedPayload, Entry, ZclField

TAG_LENGTH: Final = 12
_STRING_TYPES: Final = frozenset({0x41, 0x42})
_LONG_STRING_TYPES: Final = frozenset({0x43, 0x44})
_NO_STRING: Final = {1: 0xFF, 2: 0xFFFF}
_SIGNED_TYPES: Final = range(0x28, 0x30)
# ZCL data types by their size in octets (ZCL 2.6.2); strings are apart.
_SIZES: Final = {
    0x00: 0,
    **{0x08 + size: size + 1 for size in range(8)},
    0x10: 1,
    **{0x18 + size: size + 1 for size in range(8)},
    **{0x20 + size: size + 1 for size in range(8)},
    **{0x28 + size: size + 1 for size in range(8)},
    0x30: 1,
    0x31: 2,
    0x38: 2,
    0x39: 4,
    0x3A: 8,
    0xE0: 4,
    0xE1: 4,
    0xE2: 4,
    0xE8: 2,
    0xE9: 2,
    0xEA: 4,
    0xF0: 8,
}


class String(Layout):
    """A length and that many octets. The length that ZCL reserves for "no string" is refused."""

    def __init__(self, count: int = 1) -> None:
        super().__init__()
        self.length = Little(count)
        self.none = _NO_STRING[count]

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes:
        start = stream.tell()
        length = parse_part(self.length, stream, context, path + " -> length")
        if length == self.none:
            raise DecodeError(dotted(path), "an invalid string", offset=start)
        return take(stream, length, context, path)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, bytes) or len(obj) >= self.none:
            raise EncodeError(dotted(path), f"expected fewer than {self.none} octets, got {obj!r}")
        build_part(self.length, len(obj), stream, context, path + " -> length")
        stream.write(obj)
        return obj


class Each(Layout):
    """A part repeated up to the end of the payload, or as often as a count before it says; a tuple."""

    def __init__(self, part: Construct, count: Construct | None = None) -> None:
        super().__init__()
        self.part = part
        self.count = count

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> tuple[Any, ...]:
        values: list[Any] = []
        wanted = None if self.count is None else parse_part(self.count, stream, context, path + " -> count")
        end = session_of(context).end
        while len(values) < wanted if wanted is not None else stream.tell() < end:
            name = f"[{len(values)}]"
            values.append(located(self.part, name, stream, context, path + name))
        return tuple(values)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, tuple):
            raise EncodeError(dotted(path), f"expected a tuple, got {obj!r}")
        if self.count is not None:
            build_part(self.count, len(obj), stream, context, path + " -> count")
        for index, value in enumerate(obj):
            build_part(self.part, value, stream, context, f"{path}[{index}]")
        return obj


class Conditional(Layout):
    """A field whose layout, and whether it is there at all, follows from the fields before it."""

    def __init__(self, part_in: Callable[[Mapping[str, Any]], Construct | None]) -> None:
        super().__init__()
        self.part_in = part_in


class Optional(Layout):
    """A field that is there as long as octets are left. Only fields of its kind follow it."""

    def __init__(self, part: Construct) -> None:
        super().__init__()
        self.part = part


class Named(Layout):
    """Named fields in order, as a tuple of ZclField. Fields that are not there are left out of it."""

    def __init__(self, parts: Mapping[str, Construct]) -> None:
        super().__init__()
        self.parts = parts
        self.fixed = not any(isinstance(part, Conditional | Optional) for part in parts.values())

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> tuple[ZclField, ...]:
        if not self.fixed:
            return self._parse_varying(stream, context, path)
        return tuple(
            ZclField(name, located(part, name, stream, context, f"{path} -> {name}"))
            for name, part in self.parts.items()
        )

    def _parse_varying(self, stream: io.BytesIO, context: Any, path: str) -> tuple[ZclField, ...]:
        values: dict[str, Any] = {}
        for name, described in self.parts.items():
            part = described
            if isinstance(described, Conditional):
                part = described.part_in(values)
            elif isinstance(described, Optional):
                part = described.part if stream.tell() < session_of(context).end else None
            if part is not None:
                values[name] = located(part, name, stream, context, f"{path} -> {name}")
        return tuple(ZclField(name, value) for name, value in values.items())

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, tuple):
            raise EncodeError(dotted(path), f"expected a tuple of fields, got {obj!r}")
        parts = self.parts if self.fixed else self._parts_of({field.name: field.value for field in obj})
        if [field.name for field in obj] != list(parts):
            raise EncodeError(dotted(path), f"expected the fields {', '.join(parts) or 'of nothing'}")
        for field, part in zip(obj, parts.values(), strict=True):
            build_part(part, field.value, stream, context, f"{path} -> {field.name}")
        return obj

    def _parts_of(self, values: Mapping[str, Any]) -> dict[str, Construct]:
        """The fields that are there beside these values; an optional one needs those before it."""
        parts: dict[str, Construct] = {}
        for name, described in self.parts.items():
            part = described
            if isinstance(described, Conditional):
                part = described.part_in(values)
            elif isinstance(described, Optional):
                if name not in values:
                    break
                part = described.part
            if part is not None:
                parts[name] = part
        return parts


class EntryOf(Named):
    """A repeated group of named fields."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        return Entry(super()._parse(stream, context, path))

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, Entry):
            raise EncodeError(dotted(path), f"expected an Entry, got {obj!r}")
        return super()._build(obj.fields, stream, context, path)


class Attribute(Layout):
    """One attribute record: identifier, status where there is one, and for success type and value."""

    def __init__(self, *, status: bool, typed: bool) -> None:
        super().__init__()
        self.status = status
        self.typed = typed

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> AttributeRecord:
        attribute = located(_U16, "attribute", stream, context, path + " -> attribute")
        status = located(_U8, "status", stream, context, path + " -> status") if self.status else None
        if not self.typed or status:
            return AttributeRecord(attribute, status)
        start = stream.tell()
        data_type = located(_U8, "data_type", stream, context, path + " -> data_type")
        part = value_layout(data_type)
        if part is None:
            raise DecodeError(
                dotted(path + " -> data_type"), f"{data_type:02X} is no known type", offset=start
            )
        value = located(part, "value", stream, context, path + " -> value")
        return AttributeRecord(attribute, status, data_type, value)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, AttributeRecord) or (obj.status is not None) != self.status:
            raise EncodeError(dotted(path), f"expected an attribute record of this command, got {obj!r}")
        build_part(_U16, obj.attribute, stream, context, path + " -> attribute")
        if self.status:
            build_part(_U8, obj.status, stream, context, path + " -> status")
        if self.typed and not obj.status:
            part = None if obj.data_type is None else value_layout(obj.data_type)
            if part is None:
                raise EncodeError(dotted(path + " -> data_type"), f"{obj.data_type!r} is no known type")
            build_part(_U8, obj.data_type, stream, context, path + " -> data_type")
            build_part(part, obj.value, stream, context, path + " -> value")
        elif obj.data_type is not None or obj.value is not None:
            raise EncodeError(dotted(path), "carries no value here")
        return obj


class _CipheredLength(Layout):
    """The length of an encrypted payload, and the payload."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> EncryptedPayload:
        length = located(Number(2), "length", stream, context, path + " -> length")
        end = bounded(stream, length, context, path)
        located(_SECURITY, "security_header", stream, context, path + " -> security_header")
        size = end - stream.tell() - TAG_LENGTH
        if size < 0:
            raise DecodeError(
                dotted(path + " -> length"), f"{length} octets hold no tag", offset=stream.tell()
            )
        ciphertext = located(Octets(size), "ciphertext", stream, context, path + " -> ciphertext")
        return EncryptedPayload(
            ciphertext, located(Octets(TAG_LENGTH), "tag", stream, context, path + " -> tag")
        )

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, EncryptedPayload):
            raise EncodeError(dotted(path), f"expected an EncryptedPayload, got {obj!r}")
        length = _SECURITY_LENGTH + len(obj.ciphertext) + TAG_LENGTH
        build_part(Number(2), length, stream, context, path + " -> length")
        build_part(_SECURITY, None, stream, context, path)
        stream.write(obj.ciphertext)
        build_part(Octets(TAG_LENGTH), obj.tag, stream, context, path + " -> tag")
        return obj


_U8: Final = Little(1)
_U16: Final = Little(2)
_SECURITY_LENGTH: Final = 5
_SECURITY: Final = Fixed(b"\x31" + bytes(_SECURITY_LENGTH - 1))
ENCRYPTED: Final = _CipheredLength()


@cache
def value_layout(data_type: int) -> Construct | None:
    """Declaration of an attribute's value by its ZCL data type; None for a type that is not known."""
    if data_type in _STRING_TYPES:
        return String()
    if data_type in _LONG_STRING_TYPES:
        return String(2)
    size = _SIZES.get(data_type)
    return None if size is None else Little(size, signed=data_type in _SIGNED_TYPES)
