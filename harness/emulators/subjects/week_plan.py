"""Which day profile is in force, and what it says: seasons, weeks, days, special days (SMETS2 5.7.4.48).

Everything is in UTC, so that the clocks going forward or back change nothing. Dates and season starts
may leave parts unspecified, which then stand for any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.network.clock import DAY, Instant, datetime_of

ANY: Final = 0xFF
_ANY_YEAR: Final = 0xFFFF
_BACK: Final = 8
"""Days that are searched for the last selection: a week holds every profile of its season."""

DayPlan = tuple[tuple[int, int], ...]
"""From which offset after midnight, in microseconds, what is selected; in order of time."""


@dataclass(frozen=True, slots=True)
class Season:
    """When a season starts (year, 0xFFFF for any; month and day, 0xFF for any), and the week in it."""

    year: int
    month: int
    day: int
    week: bytes

    def started_by(self, year: int, month: int, day: int) -> tuple[int, int, int] | None:
        """Its latest start up to a date; None where it has not started yet."""
        start_month = 1 if self.month == ANY else self.month
        start_day = 1 if self.day == ANY else self.day
        start = (year if self.year == _ANY_YEAR else self.year, start_month, start_day)
        if start > (year, month, day):
            if self.year != _ANY_YEAR:
                return None
            start = (year - 1, start_month, start_day)
        return start


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """Dates that have a day profile of their own: 5 octets (year, month, day, weekday)."""

    date: bytes
    day_plan: int

    def is_on(self, moment: Instant) -> bool:
        """Whether a moment is on one of the dates."""
        day = datetime_of(moment)
        year = int.from_bytes(self.date[:2], "big")
        month, day_of_month, weekday = self.date[2:5]
        return (
            year in {_ANY_YEAR, day.year}
            and month in {ANY, day.month}
            and day_of_month in {ANY, day.day}
            and weekday in {ANY, day.isoweekday()}
        )


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """A switching table. ``weeks`` give the day profiles of Monday to Sunday, ``days`` the profiles."""

    seasons: tuple[Season, ...] = ()
    weeks: Mapping[bytes, tuple[int, ...]] = field(default_factory=dict)
    days: Mapping[int, DayPlan] = field(default_factory=dict)
    special: tuple[SpecialDay, ...] = ()

    def day_plan(self, moment: Instant) -> DayPlan:
        """The day profile of the day that a moment is on; empty where the table has none."""
        for one in self.special:
            if one.is_on(moment):
                return self.days.get(one.day_plan, ())
        day = datetime_of(moment)
        started = [
            (start, season)
            for season in self.seasons
            if (start := season.started_by(day.year, day.month, day.day)) is not None
        ]
        if not started:
            return ()
        season = max(started, key=lambda pair: pair[0])[1]
        week = self.weeks.get(season.week)
        return () if week is None else self.days.get(week[day.isoweekday() - 1], ())

    def selected(self, moment: Instant) -> int | None:
        """What is selected at a moment: the last of its day up to then, or what the days before left."""
        in_day = moment % DAY
        midnight = Instant(moment - in_day)
        for _ in range(_BACK):
            found = [selected for offset, selected in self.day_plan(midnight) if offset <= in_day]
            if found:
                return found[-1]
            midnight, in_day = Instant(midnight - DAY), int(DAY)
        return None

    def changes(self, begin: Instant, end: Instant) -> tuple[Instant, ...]:
        """Moments after ``begin``, up to ``end``, at which something is selected."""
        found: list[Instant] = []
        midnight = Instant(begin // DAY * DAY)
        while midnight <= end:
            moments = (Instant(midnight + offset) for offset, _ in self.day_plan(midnight))
            found.extend(moment for moment in moments if begin < moment <= end)
            midnight = Instant(midnight + DAY)
        return tuple(found)
