"""Elements made of elements: sequences, choices, and whole payloads; ``der`` has the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import repeat
from typing import Any

from harness.codecs.asn1.der import AS_DEVICES_DO, SEQUENCE, Element, Run, open_element
from harness.codecs.declaration import Parsed
from harness.codecs.errors import DecodeError, EncodeError


class Whole(Element):
    """A SEQUENCE that another standard defines, such as a certificate: its octets, all of them."""

    def __init__(self) -> None:
        super().__init__(SEQUENCE)

    def read(self, offset: int, end: int, run: Run) -> tuple[bytes, int]:
        """The element's octets; the lengths inside belong to them."""
        _, stop = open_element(offset, end, self.tag, Run(run.octets))
        return run.octets[offset:stop], stop

    def write(self, value: Any, excess: Iterator[int]) -> bytes:  # noqa: ARG002 - an element's signature
        """The element's octets as they are."""
        if not isinstance(value, bytes):
            raise EncodeError("", f"expected the octets of an element, got {value!r}")
        try:
            _, stop = self.read(0, len(value), Run(value))
        except DecodeError as error:
            raise EncodeError("", error.reason) from None
        if stop != len(value):
            raise EncodeError("", f"{len(value) - stop} octets left over behind the element")
        return value


class SequenceOf(Element):
    """SEQUENCE OF one element, as a tuple."""

    def __init__(self, element: Element, *, tag: int = SEQUENCE) -> None:
        super().__init__(tag)
        self.element = element

    def _content(self, start: int, stop: int, run: Run) -> tuple[Any, ...]:
        values: list[Any] = []
        while start < stop:
            value, start = read_part(self.element, f"[{len(values)}]", start, stop, run)
            values.append(value)
        return tuple(values)

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:
        if not isinstance(value, tuple):
            raise EncodeError("", f"expected a tuple, got {value!r}")
        parts = [write_part(self.element, f"[{index}]", part, excess) for index, part in enumerate(value)]
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Optional:
    """A member that may be left out; its value is None then."""

    element: Element


class Sequence(Element):
    """SEQUENCE of named members in order, as a frozen dataclass whose attributes carry the same names.

    A member that is no attribute of the dataclass is a NULL.
    """

    def __init__(self, made: type[Any], *, tag: int = SEQUENCE, **members: Element | Optional) -> None:
        super().__init__(tag)
        self.made = made
        self.members = [
            (name, member.element, True) if isinstance(member, Optional) else (name, member, False)
            for name, member in members.items()
        ]
        known = {attribute.name for attribute in fields(made)}
        self.names = [name for name in members if name in known]

    def _content(self, start: int, stop: int, run: Run) -> Any:
        values: dict[str, Any] = {}
        for name, element, optional in self.members:
            if optional and (start == stop or run.octets[start] != element.tag):
                values[name] = None
                continue
            values[name], start = read_part(element, name, start, stop, run)
        if start != stop:
            raise DecodeError("end", f"{stop - start} octets left over", offset=start)
        return self.made(**{name: values[name] for name in self.names})

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:
        if not isinstance(value, self.made):
            raise EncodeError("", f"expected {self.made.__name__}, got {value!r}")
        pieces = []
        for name, element, optional in self.members:
            member = getattr(value, name, None)
            if member is not None or not optional:
                pieces.append(write_part(element, name, member, excess))
        return b"".join(pieces)


class OneOf(Element):
    """One of several elements, told apart by their tags when read and by the value's type when built."""

    def __init__(self, **choices: tuple[type[Any], Element]) -> None:
        super().__init__(0)
        self.names = ", ".join(choices)
        self.by_tag = {element.tag: element for _, element in choices.values()}
        self.by_type = list(choices.values())

    def read(self, offset: int, end: int, run: Run) -> tuple[Any, int]:
        """The value of whichever element stands there."""
        element = self.by_tag.get(run.octets[offset]) if offset < end else None
        if element is None:
            raise DecodeError("", f"expected one of {self.names}", offset=offset)
        return element.read(offset, end, run)

    def write(self, value: Any, excess: Iterator[int]) -> bytes:
        """The octets of the element that carries values of this type."""
        for made, element in self.by_type:
            if isinstance(value, made):
                return element.write(value, excess)
        raise EncodeError("", f"{value!r} is none of {self.names}")


def read_part(element: Element, name: str, start: int, stop: int, run: Run) -> tuple[Any, int]:
    """Read a named part; errors carry its name, and the tree, where one is wanted, its place."""
    outer = run.trace
    if outer is not None:
        run.trace = Parsed(name, start)
        outer.children.append(run.trace)
    try:
        value, end = element.read(start, stop, run)
    except DecodeError as error:
        raise DecodeError(_path(name, error.field), error.reason, offset=error.offset) from None
    if outer is not None and run.trace is not None:
        run.trace.value, run.trace.end = value, end
        run.trace = outer
    return value, end


def write_part(element: Element, name: str, value: Any, excess: Iterator[int]) -> bytes:
    """Write a named part; errors carry its name."""
    try:
        return element.write(value, excess)
    except EncodeError as error:
        raise EncodeError(_path(name, error.field), error.reason) from None


def _path(name: str, inner: str) -> str:
    return name + ("" if not inner or inner.startswith("[") else ".") + inner


def decode_der(
    element: Element, octets: bytes, name: str, trace: Parsed | None = None
) -> tuple[Any, tuple[int, ...]]:
    """Value of all the octets, and their excess length octets. Raises DecodeError."""
    run = Run(octets, trace=trace)
    value, end = read_part(element, name, 0, len(octets), run)
    if end != len(octets):
        raise DecodeError("end", f"{len(octets) - end} octets left over", offset=end)
    excess = run.excess
    while excess and not excess[-1]:
        excess.pop()
    return value, tuple(excess)


def encode_der(element: Element, value: Any, name: str, excess: tuple[int, ...] = ()) -> bytes:
    """Octets of a value. Raises EncodeError, also where ``excess`` names more elements than there are."""
    left = iter(excess)
    octets = write_part(element, name, value, left)
    if next(left, None) is not None:
        raise EncodeError("excess", "names more elements than there are")
    return octets


def encode_der_as_devices(element: Element, value: Any, name: str) -> bytes:
    """Octets of a value with lengths as devices write them. Raises EncodeError."""
    return write_part(element, name, value, repeat(AS_DEVICES_DO))
