"""What a COSEM attribute holds before anybody wrote it: of the shape that the rows say, and plausible.

Constants are the catalogue's; calendars say the same price all year; numbers follow from the device's
chance, so that two devices differ and one is always the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from harness.codecs.cosem_data import BitString, CompactArray, Data, DataTag, TypeDescription
from harness.codecs.cosem_shapes import Group, Part, Series, Shape
from harness.emulators.subjects.clock import date_time_of
from harness.network.clock import DAY, Instant

Value = int | bytes | str
_BUFFER: Final = "buffer"
_LENGTH_OF_MPAN: Final = 13
_NO_THRESHOLD: Final = 0xFFFF_FFFF
_ANY_DATE: Final = b"\xff" * 5
_ALL_WEEK: Final = "1111111"
_TIERS: Final = 48
_MOST: Final = {DataTag.UNSIGNED: 100, DataTag.LONG: 5_000, DataTag.LONG_UNSIGNED: 1_000}
"""Numbers of small types stay below these, those of four octets below one hundred thousand."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What first values follow from: the device's chance, when it was installed, and its metrology."""

    chance: bytes
    installed: Instant
    second_element: bool


def first_value(shape: Shape | None, origin: Origin) -> Data:
    """The first value of an attribute of some shape."""
    return Data(DataTag.NULL, None) if shape is None else _first(shape, origin, 0)


def _first(shape: Shape, origin: Origin, place: int) -> Data:
    """``place`` is that in the array around it, from 0."""
    if isinstance(shape, Part):
        return _part(shape, origin, place)
    if isinstance(shape, Series):
        if shape.name == _BUFFER:
            return Data(DataTag.COMPACT_ARRAY, CompactArray(element_type(shape.element, origin), ()))
        elements = (_first(shape.element, origin, number) for number in range(_count(shape)))
        return Data(DataTag.ARRAY, tuple(elements))
    return Data(DataTag.STRUCTURE, tuple(_first(member, origin, place) for member in _there(shape, origin)))


def element_type(shape: Shape, origin: Origin) -> TypeDescription:
    """The type of a compact array's elements."""
    if isinstance(shape, Part):
        return TypeDescription(shape.tag)
    if isinstance(shape, Series):
        return TypeDescription(DataTag.ARRAY, (element_type(shape.element, origin),), shape.most)
    return TypeDescription(
        DataTag.STRUCTURE, tuple(element_type(member, origin) for member in _there(shape, origin))
    )


def _there(shape: Group, origin: Origin) -> tuple[Shape, ...]:
    return tuple(member for member in shape.members if origin.second_element or not member.twin_element)


def _count(series: Series) -> int:
    """Registers, thresholds and prices are there as a whole, lists are as short as they may be."""
    element = series.element
    if isinstance(element, Part) or (isinstance(element, Group) and element.name == "charge_table_element"):
        return series.most
    return series.least


def _part(part: Part, origin: Origin, place: int) -> Data:
    value = _value(part, origin, place)
    match part.tag:
        case DataTag.BIT_STRING:
            return Data(part.tag, BitString(str(value)))
        case DataTag.BOOLEAN:
            return Data(part.tag, bool(value))
        case DataTag.NULL:
            return Data(part.tag, None)
    return Data(part.tag, value)


def _value(part: Part, origin: Origin, place: int) -> Value:
    if part.constants:
        return part.constants[0]
    if part.name == "index" and part.tag is DataTag.OCTET_STRING:
        return _price_index(place) if part.size else b""
    if part.name == "threshold" and part.title.startswith("TariffThresholdMatrix"):
        return _NO_THRESHOLD
    named = _BY_NAME.get(part.name)
    if named is not None:
        return named(origin, place)
    if "MeterPointAdministrationNumber" in part.title:
        return _mpans(part, origin)
    return _plain(part, origin, place)


def _plain(part: Part, origin: Origin, place: int) -> Value:
    """By type alone."""
    match part.tag:
        case DataTag.OCTET_STRING:
            return _moment(origin) if part.size == 12 else bytes(part.size or 0)
        case DataTag.BIT_STRING:
            return "0" * (part.size or 0)
        case DataTag.VISIBLE_STRING | DataTag.UTF8_STRING:
            return ""
        case DataTag.BOOLEAN | DataTag.ENUM | DataTag.INTEGER:
            return 0
    return _drawn(part, origin, place) % _MOST.get(part.tag, 100_000)


def _drawn(part: Part, origin: Origin, place: int) -> int:
    drawn = sha256(origin.chance + f"{part.title}/{part.name}/{place}".encode()).digest()
    return int.from_bytes(drawn[:4], "big")


def _mpans(part: Part, origin: Origin) -> bytes:
    """Thirteen digits for each element that the size has room for."""
    room = (part.size or _LENGTH_OF_MPAN) // _LENGTH_OF_MPAN
    count = room if origin.second_element else 1
    return b"".join(
        b"%0*d" % (_LENGTH_OF_MPAN, 1_300_000_000_000 + _drawn(part, origin, place)) for place in range(count)
    )


def _moment(origin: Origin) -> bytes:
    """The midnight before the device was installed."""
    return date_time_of(Instant(origin.installed // DAY * DAY)).to_octets()


def _price_index(place: int) -> bytes:
    """Indices of prices: the 48 tiers, then tiers 1 to 8 of the four blocks from A0 on."""
    block, tier = divmod(place - _TIERS, 8)
    return bytes((place + 1 if place < _TIERS else 0xA0 + 0x10 * block + tier + 1,))


def _always(value: Value) -> Callable[[Origin, int], Value]:
    return lambda _origin, _place: value


_BY_NAME: Final[dict[str, Callable[[Origin, int], Value]]] = {
    "season_profile_name": _always(b"all year"),
    "season_start": lambda origin, _place: _moment(origin),
    "week_name": _always(b"\x01"),
    "week_profile_name": _always(b"\x01"),
    "day_id": _always(1),
    **dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), _always(1)
    ),
    "index": lambda _origin, place: place + 1,
    "script_selector": _always(1),
    "specialday_date": _always(_ANY_DATE),
    "date": _always(_ANY_DATE),
    "begin_date": _always(_ANY_DATE),
    "end_date": _always(_ANY_DATE),
    "exec_weekdays": _always(_ALL_WEEK),
    "price_scale": _always(-5),
    "charge_per_unit": _always(0),
}
