"""COSEM values of calendars, schedules and charges, read as what the account and the tariff work with.

What does not have the form that it should have counts as not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.codecs.cosem_data import BitString, Data
from harness.emulators.subjects.schedule import Entry, Schedule
from harness.emulators.subjects.week_plan import DayPlan, Season, SpecialDay, WeekPlan
from harness.network.clock import HOUR, MINUTE, SECOND

_MILLIPENCE_SCALE: Final = -5
"""A hundred-thousandth of the currency unit."""
_LEAST_SCALE: Final = -12
_MOST_SCALE: Final = 4


def members(value: Data | None) -> tuple[Data, ...]:
    """Elements of an array or structure; none of anything else."""
    found = None if value is None else value.value
    return tuple(found) if isinstance(found, tuple) else ()


def number(value: Data | None, default: int = 0) -> int:
    """An integer; the default for anything else."""
    found = None if value is None else value.value
    return found if isinstance(found, int) else default


def octets(value: Data) -> bytes:
    """Octets; none for anything else."""
    return value.value if isinstance(value.value, bytes) else b""


def bits(value: Data) -> str:
    """Bits as text; none for anything else."""
    return value.value.bits if isinstance(value.value, BitString) else ""


def charges(unit_charge: Data | None) -> Iterator[tuple[bytes, int]]:
    """Index and price in millipence of each element of a charge's table."""
    parts = members(unit_charge)
    scales = members(parts[0]) if len(parts) == 3 else ()
    if len(scales) != 2:
        return
    scale = min(max(number(scales[1]), _LEAST_SCALE), _MOST_SCALE) - _MILLIPENCE_SCALE
    for element in members(parts[2]):
        pair = members(element)
        if len(pair) == 2:
            amount = number(pair[1])
            yield octets(pair[0]), amount * 10**scale if scale >= 0 else amount // 10**-scale


def _offset(time: bytes) -> int:
    """A time of day in microseconds after midnight; unspecified parts are nought."""
    hour, minute, second = (0 if part == 0xFF else part for part in time[:3].ljust(3, b"\0"))
    return hour * HOUR + minute * MINUTE + second * SECOND


def special_days(value: Data | None) -> tuple[SpecialDay, ...]:
    """Entries of a special days table."""
    entries = (members(entry) for entry in members(value))
    return tuple(
        SpecialDay(octets(entry[1]), number(entry[2]))
        for entry in entries
        if len(entry) == 3 and len(octets(entry[1])) == 5
    )


def week_plan(seasons: Data | None, weeks: Data | None, days: Data | None, special: Data | None) -> WeekPlan:
    """The tables of an activity calendar and its special days."""
    return WeekPlan(
        seasons=tuple(
            Season(int.from_bytes(start[:2], "big"), start[2], start[3], octets(entry[2]))
            for entry in map(members, members(seasons))
            if len(entry) == 3 and len(start := octets(entry[1])) == 12
        ),
        weeks={
            octets(entry[0]): tuple(map(number, entry[1:]))
            for entry in map(members, members(weeks))
            if len(entry) == 8
        },
        days={
            number(entry[0]): _day_plan(entry[1]) for entry in map(members, members(days)) if len(entry) == 2
        },
        special=special_days(special),
    )


def _day_plan(actions: Data) -> DayPlan:
    found = (members(action) for action in members(actions))
    return tuple(sorted((_offset(octets(one[0])), number(one[2])) for one in found if len(one) == 3))


def schedule(entries: Data | None, special: Data | None, selected: dict[int, int]) -> Schedule:
    """A schedule's entries, with what each of its scripts selects."""
    return Schedule(
        tuple(
            Entry(
                selected.get(number(one[3]), 0),
                _offset(octets(one[4])),
                frozenset(place for place, bit in enumerate(bits(one[6]), 1) if bit == "1"),
                frozenset(place for place, bit in enumerate(bits(one[7]), 1) if bit == "1"),
                octets(one[8]),
                octets(one[9]),
            )
            for one in map(members, members(entries))
            if len(one) == 10 and len(octets(one[8])) == len(octets(one[9])) == 5
        ),
        special_days(special),
    )
