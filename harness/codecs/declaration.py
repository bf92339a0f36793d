"""The vocabulary of our construct declarations: located fields, shortest lengths, bounded counts.

One declaration of a layout gives four things: octets to value, value to octets, the place of an
error (field path and offset), and the tree of fields that people read. It is the reference; where
speed matters a compiled twin stands beside it and hands whatever it does not take back to the
declaration, so that errors have one source.

Nothing read here is larger than its input allows: counts and lengths are checked against the
octets that are left before anything is made of them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any, Final, Literal

from construct import Adapter, Construct, ConstructError, Renamed, Struct, Subconstruct

from harness.codecs.errors import CodecError, DecodeError, EncodeError

MAX_DEPTH: Final = 16
"""Levels of values inside values. GBCS needs four; a hostile message could ask for thousands."""


@dataclass(slots=True)
class Parsed:
    """One field as it was found: name, first octet, octet behind it, value, and the fields inside it.

    ``end`` is -1 while the field is open, and stays so where it did not decode. ``meaning`` is for
    whoever reads the tree to fill in.
    """

    name: str
    start: int
    end: int = -1
    value: object = None
    children: list[Parsed] = field(default_factory=list)
    meaning: str = ""

    def shift(self, base: int, end: int) -> None:
        """Move what is inside by ``base`` octets; a field that is still open ends at ``end``."""
        for child in self.children:
            child.start += base
            child.end = child.end + base if child.end >= 0 else end
            child.shift(base, child.end)


@dataclass(slots=True)
class _Session:
    """What all constructs of one run share: end of the enclosing region, depth, and the open field."""

    end: int = 0
    depth: int = 0
    trace: Parsed | None = None


def parse(
    declaration: Construct, octets: bytes, start: int = 0, trace: Parsed | None = None
) -> tuple[Any, int]:
    """Value at ``start`` and the offset behind it. Raises DecodeError."""
    stream = io.BytesIO(octets)
    stream.seek(start)
    value = declaration.parse_stream(stream, session=_Session(end=len(octets), trace=trace))
    return value, stream.tell()


def parse_whole(declaration: Construct, octets: bytes, trace: Parsed | None = None) -> Any:
    """Value of all the octets. Raises DecodeError, also where some are left over."""
    value, end = parse(declaration, octets, trace=trace)
    refuse_rest(octets, end)
    return value


def refuse_rest(octets: bytes, end: int) -> None:
    """Raise DecodeError where octets are left behind ``end``."""
    if end != len(octets):
        raise DecodeError("end", f"{len(octets) - end} octets left over", offset=end)


def build(declaration: Construct, value: object) -> bytes:
    """Octets of a value. Raises EncodeError with the path of the field that cannot hold its value."""
    try:
        octets: bytes = declaration.build(value, session=_Session())
    except CodecError:
        raise
    except (ConstructError, AttributeError, TypeError, ValueError, LookupError, OverflowError) as error:
        text = str(error).strip().splitlines()
        raise EncodeError("value", text[-1] if text else type(error).__name__) from None
    return octets


def dotted(path: str) -> str:
    """Construct's ``(parsing)[2] -> a -> b[1]`` as ``value[2].a.b[1]``, without the bare ``value``."""
    root, *rest = path.split(" -> ")
    place = root.partition(")")[2]
    names = [f"value{place}", *rest] if place or not rest else rest
    return ".".join(names)


def session_of(context: Any) -> _Session:
    """The session of a running construct."""
    session: _Session = context._params.session  # noqa: SLF001 - construct's own name for what parse was given
    return session


def take(stream: io.BytesIO, count: int, context: Any, path: str) -> bytes:
    """The next ``count`` octets of the enclosing region."""
    left = session_of(context).end - stream.tell()
    if count > left:
        raise DecodeError(dotted(path), f"needs {count} octets, {left} left", offset=stream.tell())
    return stream.read(count)


def parse_part(part: Construct, stream: io.BytesIO, context: Any, path: str) -> Any:
    """Parse a construct inside another."""
    return part._parsereport(stream, context, path)  # noqa: SLF001 - how construct's own classes call their parts


def build_part(part: Construct, value: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
    """Build a construct inside another."""
    return part._build(value, stream, context, path)  # noqa: SLF001 - how construct's own classes call their parts


class Layout(Construct):  # type: ignore[misc]  # construct has no types
    """A construct of our own."""


class Wrapper(Subconstruct):  # type: ignore[misc]  # construct has no types
    """A construct of our own around another."""


class Converter(Adapter):  # type: ignore[misc]  # construct has no types
    """A construct of our own that turns another's value into a better one."""


class Octets(Layout):
    """A fixed number of octets."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes:
        return take(stream, self.count, context, path)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, bytes) or len(obj) != self.count:
            raise EncodeError(dotted(path), f"expected {self.count} octets, got {obj!r}")
        stream.write(obj)
        return obj


class Rest(Layout):
    """All octets up to the end of the enclosing region."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes:
        return take(stream, session_of(context).end - stream.tell(), context, path)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, bytes):
            raise EncodeError(dotted(path), f"expected octets, got {obj!r}")
        stream.write(obj)
        return obj


class Number(Layout):
    """An integer of a fixed number of octets, most significant first unless it says otherwise."""

    order: Literal["big", "little"] = "big"

    def __init__(self, count: int, *, signed: bool = False) -> None:
        super().__init__()
        self.count = count
        self.signed = signed

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> int:
        return int.from_bytes(take(stream, self.count, context, path), self.order, signed=self.signed)

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        try:
            stream.write(obj.to_bytes(self.count, self.order, signed=self.signed))
        except (OverflowError, AttributeError):
            kind = "signed" if self.signed else "unsigned"
            raise EncodeError(dotted(path), f"{obj!r} is no {kind} number of {self.count} octets") from None
        return obj


class Little(Number):
    """An integer of a fixed number of octets, least significant first, as ZigBee has them."""

    order = "little"


class Fixed(Layout):
    """Octets that are always the same and carry no value."""

    def __init__(self, octets: bytes) -> None:
        super().__init__()
        self.octets = octets
        self.flagbuildnone = True

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> bytes:
        start = stream.tell()
        found = take(stream, len(self.octets), context, path)
        if found != self.octets:
            raise DecodeError(
                dotted(path), f"expected {self.octets.hex()}, found {found.hex()}", offset=start
            )
        return found

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        stream.write(self.octets)
        return self.octets


class Length(Layout):
    """A length in its shortest form: below 0x80 one octet, else 0x80 + n and n octets."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> int:
        start = stream.tell()
        first = take(stream, 1, context, path)[0]
        if first < 0x80:
            return first
        digits = take(stream, first - 0x80, context, path)
        value = int.from_bytes(digits, "big")
        if digits[:1] in {b"", b"\0"} or value < 0x80:
            raise DecodeError(dotted(path), "length is not in its shortest form", offset=start)
        return value

    def _build(self, obj: int, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        stream.write(length_octets(obj))
        return obj


def length_octets(length: int) -> bytes:
    """A length in its shortest form."""
    if length < 0x80:
        return bytes((length,))
    count = (length.bit_length() + 7) // 8
    return bytes((0x80 + count,)) + length.to_bytes(count, "big")


_LENGTH: Final = Length()


def bounded(stream: io.BytesIO, length: int, context: Any, path: str) -> int:
    """Offset at which ``length`` octets from here end, refused where the enclosing region is shorter."""
    left = session_of(context).end - stream.tell()
    if length > left:
        raise DecodeError(dotted(path), f"needs {length} octets, {left} left", offset=stream.tell())
    return stream.tell() + length


class Region(Wrapper):
    """A length, and a value that fills exactly that many octets."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        length = parse_part(_LENGTH, stream, context, path + " -> length")
        session = session_of(context)
        outer, session.end = session.end, bounded(stream, length, context, path)
        value = parse_part(self.subcon, stream, context, path)
        if stream.tell() != session.end:
            left = session.end - stream.tell()
            raise DecodeError(dotted(path), f"{left} octets left over", offset=stream.tell())
        session.end = outer
        return value

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        inside = io.BytesIO()
        value = build_part(self.subcon, obj, inside, context, path)
        stream.write(length_octets(inside.tell()))
        stream.write(inside.getvalue())
        return value


class Many(Wrapper):
    """A count, and that many values, as a tuple. Each takes at least one octet, which bounds the count."""

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> tuple[Any, ...]:
        start = stream.tell()
        count = parse_part(_LENGTH, stream, context, path + " -> count")
        left = session_of(context).end - stream.tell()
        if count > left:
            raise DecodeError(dotted(path), f"{count} values cannot fit {left} octets", offset=start)
        return tuple(self._element(index, stream, context, path) for index in range(count))

    def _element(self, index: int, stream: io.BytesIO, context: Any, path: str) -> Any:
        return located(self.subcon, f"[{index}]", stream, context, f"{path}[{index}]")

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:
        if not isinstance(obj, tuple):
            raise EncodeError(dotted(path), f"expected a tuple, got {obj!r}")
        stream.write(length_octets(len(obj)))
        for index, element in enumerate(obj):
            build_part(self.subcon, element, stream, context, f"{path}[{index}]")
        return obj


def located(subcon: Construct, name: str, stream: io.BytesIO, context: Any, path: str) -> Any:
    """Parse ``subcon`` and, where a tree is wanted, note where it stood."""
    session = session_of(context)
    if session.trace is None:
        return parse_part(subcon, stream, context, path)
    outer, node = session.trace, Parsed(name, stream.tell())
    outer.children.append(node)
    session.trace = node
    node.value = parse_part(subcon, stream, context, path)
    node.end = stream.tell()
    session.trace = outer
    return node.value


class Field(Renamed):  # type: ignore[misc]  # construct has no types
    """A named field of a layout: what errors and trees call it."""

    def __init__(self, name: str, subcon: Construct) -> None:
        super().__init__(subcon, name)

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        return located(self.subcon, self.name, stream, context, f"{path} -> {self.name}")


class Choice(Converter):
    """One octet that stands for a member of an enum, and nothing else."""

    def __init__(self, choices: type[IntEnum]) -> None:
        super().__init__(Number(1))
        self.choices = choices

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:
        start = stream.tell()
        value = parse_part(self.subcon, stream, context, path)
        try:
            return self.choices(value)
        except ValueError:
            reason = f"{value:#04x} is no {self.choices.__name__}"
            raise DecodeError(dotted(path), reason, offset=start) from None

    def _encode(self, obj: Any, context: Any, path: str) -> int:  # noqa: ARG002 - construct's signature
        try:
            return self.choices(obj).value
        except ValueError:
            raise EncodeError(dotted(path), f"{obj!r} is no {self.choices.__name__}") from None


class Record(Converter):
    """Named fields in order, as a frozen dataclass whose attributes carry the same names."""

    def __init__(self, made: type[Any], *parts: Construct) -> None:
        super().__init__(Struct(*parts))
        self.made = made
        known = {attribute.name for attribute in fields(made)}
        self.names = [part.name for part in parts if part.name in known]

    def _decode(self, obj: Any, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        return self.made(**{name: obj[name] for name in self.names})

    def _encode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:  # noqa: ARG002 - construct's signature
        if not isinstance(obj, self.made):
            raise EncodeError(dotted(path), f"expected {self.made.__name__}, got {obj!r}")
        return {name: getattr(obj, name) for name in self.names}
