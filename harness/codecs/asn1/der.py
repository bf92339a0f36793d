"""DER, as far as GBCS uses it: elements that are construct declarations and compiled code at once.

An element is tag (1), length, content (X.690). A length below 0x80 is one octet; from there on it is
0x80 + n and n octets. DER wants the fewest octets. Devices on this network write some lengths with
more, so a payload keeps, as a value, how many octets too many each of its elements has: a tuple in
the order in which elements begin, without trailing zeroes, and empty for true DER.

Everything else that DER rules out is refused: leading zero octets of integers, unused bits that are
set, elements out of place, octets left over. An element that may be left out because it has a
default is None where it is left out, so that what is built is what was read.

``read`` and ``write`` do the work; what construct calls goes through them, so there is one path only.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from harness.codecs.cosem_data import BitString
from harness.codecs.declaration import Layout, Parsed
from harness.codecs.errors import CodecError, DecodeError, EncodeError

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
ENUMERATED: Final = 0x0A
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
CONTEXT: Final = 0x80
CONSTRUCTED: Final = 0x20

AS_DEVICES_DO: Final = -1
"""In place of a number of excess octets: a sequence's length, once it needs more than one octet, takes
three at least. Meters and hubs write it so, also where two would do."""
_MOST_LENGTH_OCTETS: Final = 4
_LONG_LENGTH_SIZE: Final = 3
_TIME: Final = re.compile(rb"[0-9]{14}Z", re.ASCII)


@dataclass(slots=True)
class Run:
    """What the elements of one payload share while they are read: octets, excess length octets, the tree."""

    octets: bytes
    excess: list[int] = field(default_factory=list)
    trace: Parsed | None = None


class Element(Layout):
    """One DER element: a tag and what its content means."""

    def __init__(self, tag: int) -> None:
        super().__init__()
        self.tag = tag

    def read(self, offset: int, end: int, run: Run) -> tuple[Any, int]:
        """Value at ``offset`` and the offset behind it; nothing at or behind ``end`` belongs to it."""
        start, stop = open_element(offset, end, self.tag, run)
        return self._content(start, stop, run), stop

    def write(self, value: Any, excess: Iterator[int]) -> bytes:
        """Octets of the element; the next of ``excess`` is how many length octets too many it gets."""
        more = next(excess, 0)
        return close_element(self.tag, self._octets(value, excess), more)

    def _content(self, start: int, stop: int, run: Run) -> Any:
        """Value of the content octets."""
        raise NotImplementedError

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:
        """Content octets of a value."""
        raise NotImplementedError

    def _parse(self, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        octets, offset = stream.getvalue(), stream.tell()
        value, stop = self.read(offset, len(octets), Run(octets))
        stream.seek(stop)
        return value

    def _build(self, obj: Any, stream: io.BytesIO, context: Any, path: str) -> Any:  # noqa: ARG002 - construct's signature
        stream.write(self.write(obj, iter(())))
        return obj


def open_element(offset: int, end: int, tag: int, run: Run) -> tuple[int, int]:
    """Start and end of the content of the element at ``offset``. Raises DecodeError."""
    octets = run.octets
    if end - offset < 2:
        raise DecodeError("", f"needs an element of tag {tag:02X}, {end - offset} octets left", offset=offset)
    if octets[offset] != tag:
        raise DecodeError("", f"expected tag {tag:02X}, found {octets[offset]:02X}", offset=offset)
    length = octets[offset + 1]
    start = offset + 2
    excess = 0
    if length >= CONTEXT:
        count = length - CONTEXT
        start += count
        if not 0 < count <= _MOST_LENGTH_OCTETS or start > end:
            raise DecodeError("length", f"cannot be in {count} octets", offset=offset + 1)
        length = int.from_bytes(octets[offset + 2 : start], "big")
        excess = 1 + count - length_size(length)
    run.excess.append(excess)
    if length > end - start:
        raise DecodeError("", f"needs {length} octets, {end - start} left", offset=start)
    return start, start + length


def length_size(length: int) -> int:
    """Octets that a length needs at least."""
    return 1 if length < CONTEXT else 1 + (length.bit_length() + 7) // 8


def close_element(tag: int, content: bytes, excess: int) -> bytes:
    """Tag, length with ``excess`` octets too many (or as devices write it), and content."""
    length = len(content)
    size = length_size(length)
    if excess == AS_DEVICES_DO:
        size = max(size, _LONG_LENGTH_SIZE) if size > 1 and tag & CONSTRUCTED else size
    elif excess >= 0:
        size += excess
    if excess < AS_DEVICES_DO or size > 1 + _MOST_LENGTH_OCTETS:
        raise EncodeError("length", f"{excess} octets too many cannot be written")
    if size == 1:
        return bytes((tag, length)) + content
    return bytes((tag, CONTEXT + size - 1)) + length.to_bytes(size - 1, "big") + content


class Integer(Element):
    """INTEGER or ENUMERATED, as an int or a member of an enum; only values from 0 to ``most`` are allowed."""

    def __init__(
        self, choices: type[IntEnum] | None = None, *, tag: int = INTEGER, most: int = 2**63 - 1
    ) -> None:
        super().__init__(tag)
        self.choices = choices
        self.most = most

    def _content(self, start: int, stop: int, run: Run) -> int:
        digits = run.octets[start:stop]
        if not digits or (len(digits) > 1 and digits[0] in (0, 0xFF) and (digits[0] ^ digits[1]) < 0x80):
            raise DecodeError("", f"{digits.hex()} is not the shortest form of an integer", offset=start)
        value = int.from_bytes(digits, "big", signed=True)
        if not 0 <= value <= self.most:
            raise DecodeError("", f"{value} is not from 0 to {self.most}", offset=start)
        return self._named(value, DecodeError, start)

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:  # noqa: ARG002 - an element's signature
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= self.most:
            raise EncodeError("", f"{value!r} is no integer from 0 to {self.most}")
        number = int(self._named(value, EncodeError, -1))
        return number.to_bytes(number.bit_length() // 8 + 1, "big")

    def _named(self, value: int, error: type[CodecError], offset: int) -> int:
        if self.choices is None:
            return value
        try:
            return self.choices(value)
        except ValueError:
            raise error("", f"{value} is no {self.choices.__name__}", offset=offset) from None


class OctetString(Element):
    """OCTET STRING of any size, or of one size."""

    def __init__(self, size: int | None = None, *, tag: int = OCTET_STRING) -> None:
        super().__init__(tag)
        self.size = size

    def _content(self, start: int, stop: int, run: Run) -> bytes:
        if self.size is not None and stop - start != self.size:
            raise DecodeError("", f"expected {self.size} octets, found {stop - start}", offset=start)
        return run.octets[start:stop]

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:  # noqa: ARG002 - an element's signature
        if not isinstance(value, bytes) or self.size not in (None, len(value)):
            raise EncodeError("", f"expected {self.size or 'any number of'} octets, got {value!r}")
        return value


class Bits(Element):
    """BIT STRING."""

    def __init__(self) -> None:
        super().__init__(BIT_STRING)

    def _content(self, start: int, stop: int, run: Run) -> BitString:
        octets = run.octets
        unused = octets[start] if stop > start else 8
        size = (stop - start - 1) * 8 - unused
        if unused > 7 or size < 0:
            raise DecodeError("", f"{octets[start:stop].hex()} is no bit string", offset=start)
        number = int.from_bytes(octets[start + 1 : stop], "big")
        if number & ((1 << unused) - 1):
            raise DecodeError("", "an unused bit is set", offset=stop - 1)
        return BitString(f"{number >> unused:0{size}b}" if size else "")

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:  # noqa: ARG002 - an element's signature
        if not isinstance(value, BitString) or set(value.bits) - {"0", "1"}:
            raise EncodeError("", f"expected a BitString, got {value!r}")
        unused = -len(value.bits) % 8
        size = (len(value.bits) + unused) // 8
        return bytes((unused,)) + int("0" + value.bits + "0" * unused, 2).to_bytes(size, "big")


class GeneralizedTime(Element):
    """GeneralizedTime in UTC, to the second: the text ``YYYYMMDDHHMMSSZ``."""

    def __init__(self) -> None:
        super().__init__(GENERALIZED_TIME)

    def _content(self, start: int, stop: int, run: Run) -> str:
        octets = run.octets
        if not _TIME.fullmatch(octets, start, stop):
            raise DecodeError("", f"expected YYYYMMDDHHMMSSZ, found {octets[start:stop]!r}", offset=start)
        return octets[start:stop].decode("ascii")

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:  # noqa: ARG002 - an element's signature
        octets = value.encode("ascii", "replace") if isinstance(value, str) else b""
        if not _TIME.fullmatch(octets):
            raise EncodeError("", f"expected YYYYMMDDHHMMSSZ, got {value!r}")
        return octets


class Null(Element):
    """NULL. Its value is None."""

    def __init__(self) -> None:
        super().__init__(NULL)

    def _content(self, start: int, stop: int, run: Run) -> None:  # noqa: ARG002 - an element's signature
        if stop != start:
            raise DecodeError("", "NULL has no content", offset=start)

    def _octets(self, value: Any, excess: Iterator[int]) -> bytes:  # noqa: ARG002 - an element's signature
        if value is not None:
            raise EncodeError("", f"expected None, got {value!r}")
        return b""
