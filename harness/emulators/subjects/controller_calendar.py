"""The calendar of auxiliary controllers: which switch came last (SMETS2 5.7.4.3, DLMS Blue Book: Schedule).

Entries say a time of day, weekdays and special days, and a span of dates; unspecified parts stand for
every one. On a special day the entries of that day count instead of the weekday's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.codecs.cosem_data import BitString, Data
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Instant, datetime_of

_ANY: Final = 0xFF
_ANY_YEAR: Final = 0xFFFF
_LOOK_BACK: Final = 8
"""Days in which every weekday's last switch lies."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One entry: what it sets (a script selector), and when."""

    selector: int
    in_day: int
    weekdays: str
    special_days: str
    begin: bytes
    end: bytes


def switches_in(entries: Data | None) -> tuple[Switch, ...]:
    """Entries of a schedule that a supplier wrote; none where they are not of its form."""
    found = []
    for entry in _members(entries):
        fields = [one.value for one in _members(entry)]
        match fields:
            case [_, True, _, int(selector), bytes(time), _, BitString(week), BitString(special), *dates]:
                begin, end = (date if isinstance(date, bytes) else b"\xff" * 5 for date in dates)
                found.append(Switch(selector, _in_day(time), week, special, begin, end))
    return tuple(found)


def special_days_in(entries: Data | None) -> tuple[tuple[bytes, int], ...]:
    """Dates of a table of special days, each with its number."""
    rows = ([one.value for one in _members(entry)] for entry in _members(entries))
    return tuple(
        (date, day)
        for row in rows
        if len(row) == 3 and isinstance(date := row[1], bytes) and isinstance(day := row[2], int)
    )


def last_switch(
    switches: tuple[Switch, ...], special_days: tuple[tuple[bytes, int], ...], moment: Instant
) -> Switch | None:
    """The last of some switches up to a moment; None where there was none in the last days."""
    for back in range(_LOOK_BACK):
        midnight = Instant((moment // DAY - back) * DAY)
        due = [
            one
            for one in switches
            if midnight + one.in_day <= moment and _falls_on(one, special_days, midnight)
        ]
        if due:
            return max(due, key=lambda one: one.in_day)
    return None


def _members(data: Data | None) -> tuple[Data, ...]:
    value = None if data is None else data.value
    return value if isinstance(value, tuple) else ()


def _in_day(time: bytes) -> int:
    hour, minute, second = (0 if part == _ANY else part for part in time[:3])
    return hour * HOUR + minute * MINUTE + second * SECOND


def _falls_on(switch: Switch, special_days: tuple[tuple[bytes, int], ...], midnight: Instant) -> bool:
    day = datetime_of(midnight)
    number = next((number for date, number in special_days if _is_date(date, midnight)), None)
    if number is not None:
        return switch.special_days[number - 1 : number] == "1"
    today = (day.year, day.month, day.day)
    if _bound(switch.begin, today) > today or _bound(switch.end, today) < today:
        return False
    return switch.weekdays[day.weekday() : day.weekday() + 1] == "1"


def _is_date(date: bytes, midnight: Instant) -> bool:
    day = datetime_of(midnight)
    return (
        int.from_bytes(date[:2], "big") in {_ANY_YEAR, day.year}
        and date[2] in {_ANY, day.month}
        and date[3] in {_ANY, day.day}
    )


def _bound(date: bytes, today: tuple[int, int, int]) -> tuple[int, ...]:
    """A date whose unspecified parts are today's."""
    wanted = (int.from_bytes(date[:2], "big"), date[2], date[3])
    nothing = (_ANY_YEAR, _ANY, _ANY)
    return tuple(
        now if part == none else part for part, none, now in zip(wanted, nothing, today, strict=True)
    )
