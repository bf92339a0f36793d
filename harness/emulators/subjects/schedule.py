"""Schedules: what is selected at times of day, on weekdays and special days (DLMS Blue Book: Schedule)."""

from __future__ import annotations

from dataclasses import dataclass

from harness.emulators.subjects.week_plan import SpecialDay
from harness.network.clock import DAY, Instant, datetime_of

_LAST = b"\xff" * 5
_BACK = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """From ``offset`` after midnight, in microseconds, ``selected`` is, on some days between two dates.

    ``weekdays`` are 1 for Monday to 7, ``special`` the day numbers of special days; dates are
    5 octets, all FF for no limit.
    """

    selected: int
    offset: int
    weekdays: frozenset[int]
    special: frozenset[int]
    begin: bytes = _LAST
    end: bytes = _LAST


@dataclass(frozen=True, slots=True)
class Schedule:
    """Entries and the special days that they name."""

    entries: tuple[Entry, ...]
    special: tuple[SpecialDay, ...] = ()

    def selected(self, moment: Instant) -> int | None:
        """What the last entry up to a moment selected; None where none did within a week."""
        in_day = moment % DAY
        midnight = Instant(moment - in_day)
        for _ in range(_BACK):
            due = [one for one in self.entries if one.offset <= in_day and self._is_on(one, midnight)]
            if due:
                return max(due, key=lambda one: one.offset).selected
            midnight, in_day = Instant(midnight - DAY), int(DAY)
        return None

    def _is_on(self, entry: Entry, midnight: Instant) -> bool:
        day = datetime_of(midnight)
        date = bytes((day.year >> 8, day.year & 0xFF, day.month, day.day))
        if entry.begin[:4] != _LAST[:4] and _filled(entry.begin, date) > date:
            return False
        if entry.end[:4] != _LAST[:4] and _filled(entry.end, date) < date:
            return False
        special = next((one for one in self.special if one.is_on(midnight)), None)
        if special is not None:
            return special.day_plan in entry.special
        return day.isoweekday() in entry.weekdays


def _filled(limit: bytes, date: bytes) -> bytes:
    """A date whose unspecified parts are those of another."""
    year = date[:2] if limit[:2] == b"\xff\xff" else limit[:2]
    rest = zip(limit[2:4], date[2:], strict=True)
    return year + bytes(given if part == 0xFF else part for part, given in rest)
