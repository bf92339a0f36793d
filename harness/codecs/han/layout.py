"""What ZigBee frames need beyond the codecs' own vocabulary: packed bits, conditional fields, command sets.

IEEE 802.15.4 and ZigBee send the least significant octet of a field first, and pack small fields
into frame control words from the least significant bit up.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from construct import Array, Construct, Struct

from harness.codecs.declaration import (
    Choice,
    Converter,
    Field,
    Layout,
    Little,
    Wrapper,
    build_part,
    dotted,
    parse_part,
    session_of,
)
from harness.codecs.errors import DecodeError, EncodeError


class Bits(Layout):
    """Small fields packed into one little-endian word, named from the least significant bit up.

    Widths must fill the word. A field named ``reserved…`` has to be zero and is left out of the value,
    which is a dict of ints.
    """

    def __init__(self, count: int, **widths: int) -> None:
        super().__init__()
        if sum(widths.values()) != count * 8:
            raise ValueError(f"{sum(widths.values())} bits do not fill {count} octets")
        self.word = Little(count)
        self.widths = widths

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> dict[str, int]:
        start = stream.tell()
        word = self.word._parse(stream, context, path)  # noqa: SLF001 - a construct calls its parts
        values = {}
        for name, width in self.widths.items():
            values[name] = word & ((1 << width) - 1)
            word >>= width
            if name.startswith("reserved") and values.pop(name):
                raise DecodeError(f"{dotted(path)}.{name}", "must be zero", offset=start)
        return values

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        word = shift = 0
        for name, width in self.widths.items():
            value = int(obj.get(name, 0))
            if value >> width:
                raise EncodeError(f"{dotted(path)}.{name}", f"{value} does not fit {width} bits")
            word |= value << shift
            shift += width
        self.word._build(word, stream, context, path)  # noqa: SLF001 - a construct calls its parts
        return obj


class _Conditional(Wrapper):
    """A part that is there only under a condition on the fields before it; None otherwise."""

    def __init__(self, condition: Callable[[Any], bool], subcon: Construct) -> None:
        super().__init__(subcon)
        self.condition = condition
        self.flagbuildnone = True  # what the value leaves out is taken as None

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        return parse_part(self.subcon, stream, context, path) if self.condition(context) else None

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if self.condition(context):
            return build_part(self.subcon, obj, stream, context, path)
        if obj is not None:
            raise EncodeError(dotted(path), f"has no place here, got {obj!r}")
        return None


def when(condition: Callable[[Any], bool], name: str, subcon: Construct) -> Construct:
    """A field that is there only under a condition on what was read before it; None otherwise.

    A value for it where the condition does not hold is refused.
    """
    return Field(name, _Conditional(condition, subcon))


class _Remaining(Wrapper):
    """A part that is there as long as octets are left; None otherwise. Nothing follows it."""

    def __init__(self, subcon: Construct) -> None:
        super().__init__(subcon)
        self.flagbuildnone = True

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        if stream.tell() == session_of(context).end:
            return None
        return parse_part(self.subcon, stream, context, path)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        return None if obj is None else build_part(self.subcon, obj, stream, context, path)


def remaining(name: str, subcon: Construct) -> Construct:
    """A last field that may be left out; None where it is."""
    return Field(name, _Remaining(subcon))


class Packed(Converter):
    """Packed bits as a frozen dataclass whose attributes carry their names; one bit is a bool."""

    def __init__(self, made: type[Any], count: int, **widths: int) -> None:
        super().__init__(Bits(count, **widths))
        self.made = made
        self.widths = {name: width for name, width in widths.items() if not name.startswith("reserved")}

    def _decode(self, obj: Any, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        return self.made(**{name: bool(obj[name]) if self.widths[name] == 1 else obj[name] for name in obj})

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, int]:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, self.made):
            raise EncodeError(dotted(path), f"expected {self.made.__name__}, got {obj!r}")
        return {name: getattr(obj, name) for name in self.widths}


class Counted(Converter):
    """An octet of a five bit count and small fields, fields of a fixed size, and as many entries as counted.

    The value is a dataclass of the small fields, the fixed ones, and the entries as a tuple.
    """

    def __init__(
        self, made: type[Any], entries: str, part: Construct, *fixed: Construct, **widths: int
    ) -> None:
        bits = Bits(1, entries=5, **widths)
        self.made = made
        self.entries = entries
        self.flags = {name: width for name, width in widths.items() if not name.startswith("reserved")}
        self.fixed = [field.name for field in fixed]
        listed = Array(lambda context: context.control["entries"], part)
        super().__init__(Struct(Field("control", bits), *fixed, Field(entries, listed)))

    def _decode(self, obj: Any, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        flags = {
            name: bool(obj.control[name]) if width == 1 else obj.control[name]
            for name, width in self.flags.items()
        }
        values = {name: obj[name] for name in self.fixed}
        return self.made(**flags, **values, **{self.entries: tuple(obj[self.entries])})

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, self.made):
            raise EncodeError(dotted(path), f"expected {self.made.__name__}, got {obj!r}")
        entries = getattr(obj, self.entries)
        control = {"entries": len(entries), **{name: getattr(obj, name) for name in self.flags}}
        values = {name: getattr(obj, name) for name in self.fixed}
        return {"control": control, **values, self.entries: list(entries)}


class CommandSet(Layout):
    """An octet that names a command, and that command's fields: one row for each command.

    The value is the row's dataclass; its type says which command it is.
    """

    def __init__(self, identifiers: type[IntEnum], rows: Mapping[Any, Converter]) -> None:
        super().__init__()
        self.identifier = Field("command", Choice(identifiers))
        self.rows = rows
        self.types = {row.made: identifier for identifier, row in rows.items()}

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        start = stream.tell()
        identifier = parse_part(self.identifier, stream, context, path)
        if identifier not in self.rows:
            raise DecodeError("command", f"{identifier.name} is not used on this network", offset=start)
        return parse_part(self.rows[identifier], stream, context, path)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if type(obj) not in self.types:
            raise EncodeError("command", f"{obj!r} is no command of this set")
        identifier = self.types[type(obj)]
        build_part(self.identifier, identifier, stream, context, path)
        return build_part(self.rows[identifier], obj, stream, context, path)
