"""COSEM data as frozen values: a tag and what it carries (DLMS Green Book 9.5, A-XDR).

Types only; ``axdr`` turns them into octets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class DataTag(IntEnum):
    """Tag octet of a COSEM ``Data`` value, as far as GBCS uses it."""

    NULL = 0x00
    ARRAY = 0x01
    STRUCTURE = 0x02
    BOOLEAN = 0x03
    BIT_STRING = 0x04
    DOUBLE_LONG = 0x05
    DOUBLE_LONG_UNSIGNED = 0x06
    OCTET_STRING = 0x09
    VISIBLE_STRING = 0x0A
    UTF8_STRING = 0x0C
    BCD = 0x0D
    INTEGER = 0x0F
    LONG = 0x10
    UNSIGNED = 0x11
    LONG_UNSIGNED = 0x12
    COMPACT_ARRAY = 0x13
    LONG64 = 0x14
    LONG64_UNSIGNED = 0x15
    ENUM = 0x16
    DATE_TIME = 0x19
    DATE = 0x1A
    TIME = 0x1B
    DONT_CARE = 0xFF


@dataclass(frozen=True, slots=True)
class BitString:
    """Bits, first bit first; the last octet on the wire is padded with zeroes."""

    bits: str


@dataclass(frozen=True, slots=True)
class TypeDescription:
    """Element type of a compact array: a tag, its members for a structure, count and member for an array."""

    tag: DataTag
    members: tuple[TypeDescription, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class CompactArray:
    """Elements of one type, written without their tags."""

    element: TypeDescription
    elements: tuple[Data, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """A COSEM value. What ``value`` is follows from ``tag``.

    null None · boolean bool, or the octet's number where it is neither 00 nor FF · the integers and
    enum int · octet-string bytes · visible-string and utf8-string str · bit-string BitString · array
    and structure tuple of Data · compact-array CompactArray · date-time, date and time bytes.
    """

    tag: DataTag
    value: bool | int | bytes | str | BitString | CompactArray | tuple[Data, ...] | None


NULL = Data(DataTag.NULL, None)
