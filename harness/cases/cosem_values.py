"""Values for what the catalogue leaves open: of the right type and size, and sensible where that matters.

A value follows from the part's name, else from what it is called in SMETS, else from its type. Elements
of an array count up, so that the indices and identifiers in them differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from harness.codecs.cosem_data import BitString, Data, DataTag
from harness.codecs.cosem_date_time import NOW, CosemDateTime
from harness.codecs.cosem_shapes import Group, Part, Series, Shape
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Instant, datetime_of

Value = int | bytes | str
_DATE_TIME_LENGTH: Final = 12
_ANY_DATE: Final = b"\xff" * 5
_CHRISTMAS: Final = bytes.fromhex("FFFF0C19FF")
_MIDNIGHT: Final = bytes(4)
_PAIR: Final = 2
_TIERS: Final = 48
_BLOCK_INDICES: Final = tuple(block | tier for block in (0xA0, 0xB0, 0xC0, 0xD0) for tier in range(1, 9))
"""Indices of prices behind those of the 48 tiers: block in the high digit, tier in the low one."""
CLOCK_EARLIEST: Final = -10 * SECOND
CLOCK_LATEST: Final = 10 * MINUTE
"""Around the present: where a clock that is set must lie, with time for the command's way."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What values depend on: the moment of writing, and when a change takes effect.

    ``given`` are values by the name or the title of the part that they are for. A name that ends in ``#``
    and a number from 0 is that of the part in one element of an array, which then has as many elements;
    with two such numbers, it is that in an element of an array in an element of another.
    """

    at: Instant
    activation: CosemDateTime = NOW
    given: tuple[tuple[str, Value], ...] = ()


def filled(shape: Shape, filling: Filling, places: tuple[int, ...] = ()) -> Data:
    """A datum of a shape; ``places`` is where in the arrays around it, from 0, the outermost first."""
    if isinstance(shape, Part):
        return data_of(shape.tag, _value(shape, filling, places))
    if isinstance(shape, Series):
        elements = range(_count(shape, filling, places))
        return Data(
            DataTag.ARRAY, tuple(filled(shape.element, filling, (*places, index)) for index in elements)
        )
    return Data(DataTag.STRUCTURE, tuple(filled(member, filling, places) for member in shape.members))


def data_of(tag: DataTag, value: Value) -> Data:
    """A value in the catalogue's form as a datum of a type."""
    if tag is DataTag.BIT_STRING:
        return Data(tag, BitString(str(value)))
    if tag is DataTag.NULL:
        return Data(tag, None)
    return Data(tag, bool(value) if tag is DataTag.BOOLEAN else value)


def date_time(moment: int) -> bytes:
    """An instant as the 12 octets of a date-time in UTC."""
    return CosemDateTime.from_datetime(datetime_of(Instant(moment))).to_octets()


def _value(part: Part, filling: Filling, places: tuple[int, ...]) -> Value:
    named = {part.title, *(_placed(part.name, places[first:]) for first in range(len(places) + 1))}
    for name, value in filling.given:
        if name in named:
            return value
    place = places[-1] if places else 0
    if part.constants:
        return part.constants[0]
    if part.name == "index" and part.tag is DataTag.OCTET_STRING:
        return _price_index(place) if part.size else b""
    rule = _BY_NAME.get(part.name) or _by_title(part.title)
    return _plain(part, filling, place) if rule is None else rule(filling, place)


def _placed(name: str, places: tuple[int, ...]) -> str:
    return "#".join((name, *map(str, places)))


def _plain(part: Part, filling: Filling, place: int) -> Value:
    """A value by type alone."""
    if part.tag is DataTag.OCTET_STRING:
        return date_time(filling.at) if part.size == _DATE_TIME_LENGTH else bytes(part.size or 0)
    if part.tag is DataTag.BIT_STRING:
        return "0" * (part.size or 0)
    if part.tag in {DataTag.VISIBLE_STRING, DataTag.UTF8_STRING}:
        return f"Switch {place + 1}"
    return _NUMBERS.get(part.tag, 0)


def _count(series: Series, filling: Filling, places: tuple[int, ...]) -> int:
    """Prices and pairs are set as a whole; every other list is as short as it may be, but not empty."""
    element = series.element
    given = [place for name, _ in filling.given for place in _places_in(element, name, places)]
    if given:
        return max(given) + 1
    is_price = isinstance(element, Group) and element.members[-1].name == "charge_per_unit"
    return series.most if is_price or series.most == _PAIR else max(series.least, 1)


def _places_in(element: Shape, numbered: str, places: tuple[int, ...]) -> Iterator[int]:
    """In which element of an array a numbered name is, if it is in one; ``places`` is where the array is."""
    name, *numbers = numbered.split("#")
    if not numbers or not isinstance(element, Group):
        return
    *before, place = map(int, numbers)
    if name in _parts(element) and tuple(before) == places[len(places) - len(before) :]:
        yield place
    inner = (member.element for member in element.members if isinstance(member, Series))
    if before and any(isinstance(one, Group) and name in _parts(one) for one in inner):
        yield before[-1]


def _parts(group: Group) -> set[str]:
    return {member.name for member in group.members if isinstance(member, Part)}


def _by_title(title: str) -> Callable[[Filling, int], Value] | None:
    return next((value for words, value in _BY_TITLE.items() if words in title), None)


def _always(value: Value) -> Callable[[Filling, int], Value]:
    return lambda _filling, _place: value


def _after(seconds: int) -> Callable[[Filling, int], Value]:
    return lambda filling, _place: date_time(filling.at + seconds)


def _activation(filling: Filling, _place: int) -> bytes:
    return filling.activation.to_octets()


def _counted(_filling: Filling, place: int) -> int:
    return place + 1


def _identifier(_filling: Filling, place: int) -> bytes:
    return bytes((place + 1,))


_NUMBERS: Final = {
    DataTag.UNSIGNED: 1,
    DataTag.LONG: 100,
    DataTag.LONG_UNSIGNED: 30,
    DataTag.DOUBLE_LONG: 1_000,
    DataTag.DOUBLE_LONG_UNSIGNED: 300,
    DataTag.ENUM: 1,
    DataTag.BOOLEAN: 1,
}
"""Small numbers that every register, threshold and period takes, 0 for every other type."""
_BY_NAME: Final[dict[str, Callable[[Filling, int], Value]]] = {
    "activate_passive_calendar_time": _activation,
    "activate_passive_value_time": _activation,
    "unit_charge_activation_time": _activation,
    "account_activation_time": _activation,
    "validity_interval_start": _after(CLOCK_EARLIEST),
    "validity_interval_end": _after(CLOCK_LATEST),
    "season_profile_name": lambda _filling, place: f"season{place + 1}".encode(),
    "season_start": lambda filling, place: date_time((filling.at // DAY + 90 * place) * DAY),
    "week_name": _identifier,
    "week_profile_name": _identifier,
    "index": _counted,
    "day_id": _counted,
    **dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), _always(1)
    ),
    "start_time": _always(_MIDNIGHT),
    "switch_time": lambda _filling, place: bytes((12 * place, 0, 0, 0)),
    "time": _always(_MIDNIGHT),
    "date": _always(_ANY_DATE),
    "script_selector": _counted,
    "specialday_date": _always(_CHRISTMAS),
    "begin_date": _always(_ANY_DATE),
    "end_date": _always(_ANY_DATE),
    "exec_weekdays": _always("1111111"),
    "exec_specdays": _always("0"),
    "credit_reference": _always(bytes.fromhex("0000130A00FF")),
    "charge_reference": _always(bytes.fromhex("0000131400FF")),
    "collection_configuration": _always("111"),
    "price_scale": _always(-5),
}
_BY_TITLE: Final[dict[str, Callable[[Filling, int], Value]]] = {
    "settingPeriodStartDateTime": _after(0),
    "settingPeriodEndDateTime": _after(HOUR),
    "limitPeriodStartDateTime": _after(0),
    "limitPeriodEndDateTime": _after(HOUR),
    "MeterPointAdministrationNumber": _always(b"1312345678111"),
    "supplierTelephoneNumber": _always(b"0333 202 4650"),
    "supplierName": _always(b"Supplier"),
    "SupplierMessage": _always(b"A message"),
    "CustomerIdentificationNumber": _always(b"1234"),
}


def _price_index(place: int) -> bytes:
    return bytes((place + 1 if place < _TIERS else _BLOCK_INDICES[place - _TIERS],))
