"""The billing calendar: when a billing period ends, and the log of what the registers showed then.

The calendar is up to four times of day with dates, in which unspecified parts stand for every one
(SMETS2 5.7.4.8, DLMS Blue Book: Single action schedule), or for gas the first period and the length of
all. Meters come with one that ends periods at the first midnight of each month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Instant, datetime_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

BILLING_DEPTH: Final = 12
_ANY: Final = 0xFF
_ANY_YEAR: Final = 0xFFFF
_LAST_DAY: Final = 0xFE
_SECOND_LAST_DAY: Final = 0xFD
_LONGEST: Final = 800
"""Days that are searched back for each of the periods that the log has room for."""


@dataclass(frozen=True, slots=True)
class BillingDay:
    """A time of day (4 octets) and the dates (5 octets: year, month, day, weekday) that it is for."""

    time: bytes
    date: bytes

    def falls_on(self, midnight: Instant) -> bool:
        """Whether the day that starts at a moment is one of the dates."""
        day = datetime_of(midnight)
        tomorrow = datetime_of(Instant(midnight + DAY))
        after_tomorrow = datetime_of(Instant(midnight + 2 * DAY))
        days = {day.day}
        if tomorrow.month != day.month:
            days.add(_LAST_DAY)
        elif after_tomorrow.month != day.month:
            days.add(_SECOND_LAST_DAY)
        year = int.from_bytes(self.date[:2], "big")
        month, day_of_month, weekday = self.date[2:5]
        return (
            year in {_ANY_YEAR, day.year}
            and month in {_ANY, day.month}
            and (day_of_month == _ANY or day_of_month in days)
            and weekday in {_ANY, day.isoweekday()}
        )

    @property
    def offset(self) -> int:
        """The time of day after midnight, in microseconds; unspecified parts are nought."""
        hour, minute, second = (0 if part == _ANY else part for part in self.time[:3])
        return hour * HOUR + minute * MINUTE + second * SECOND


class Unit(Enum):
    """What the length of a period is counted in."""

    DAYS = 1
    WEEKS = 7
    MONTHS = 0


@dataclass(frozen=True, slots=True)
class BillingSpan:
    """Periods that follow each other from a moment on, each so many days, weeks or months long."""

    start: Instant
    length: int
    unit: Unit

    def falls_on(self, midnight: Instant) -> bool:
        """Whether a period ends on the day that starts at a moment."""
        begun = self.start // DAY * DAY
        if midnight < begun or self.length < 1:
            return False
        if self.unit is not Unit.MONTHS:
            return bool((midnight - begun) // DAY % (self.length * self.unit.value) == 0)
        first, day = datetime_of(Instant(begun)), datetime_of(midnight)
        months = 12 * (day.year - first.year) + day.month - first.month
        last = datetime_of(Instant(midnight + DAY)).month != day.month
        on_day = day.day == first.day or (last and day.day < first.day)
        return on_day and months % self.length == 0

    @property
    def offset(self) -> int:
        """The time of day after midnight, in microseconds."""
        return self.start % DAY


Rule = BillingDay | BillingSpan
_NEVER: Final = Instant(2**62)
Ended = Callable[["EmulatedDevice", Instant], None]
"""Follows the end of a billing period."""


@lru_cache(maxsize=4096)
def _falls_on(rule: Rule, midnight: Instant) -> bool:
    # Calendars of all homes are alike, and days are looked at again and again.
    return rule.falls_on(midnight)


MONTHLY: Final = (BillingDay(bytes(4), bytes.fromhex("ffffff01ff")),)


class BillingCalendar:
    """Calendars and from when on each was in force; one that is changed leaves earlier entries alone."""

    __slots__ = ("_device", "_history", "_round")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._round = 0
        self._history: list[tuple[Instant, tuple[Rule, ...]]] = [(Instant(-_NEVER), MONTHLY)]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The calendar in force."""
        return self._history[-1][1]

    def change(self, rules: tuple[Rule, ...], now: Instant, ended: Ended | None = None) -> None:
        """Have another calendar from now on, and have the end of each of its periods followed."""
        self._history.append((now, rules))
        self._round += 1
        if ended is not None:
            self._wait(now, ended, self._round)

    def _wait(self, now: Instant, ended: Ended, of_round: int) -> None:
        due = self.next_after(now)
        if due is not None:
            self._device.schedule(due, lambda woken: self._follow(woken, ended, of_round))

    def _follow(self, now: Instant, ended: Ended, of_round: int) -> None:
        if of_round == self._round:
            ended(self._device, now)
            self._wait(now, ended, of_round)

    def periods(self, start: Instant, end: Instant, now: Instant) -> tuple[Instant, ...]:
        """Ends of billing periods in a range, of the last twelve up to now, oldest first."""
        midnight = Instant(now // DAY * DAY)
        history = tuple(self._history)
        today = [one for one in _ends_on(history, midnight) if one <= now]
        found = (*_ends_before(history, midnight), *today)[-BILLING_DEPTH:]
        return tuple(one for one in found if start <= one <= end)

    def next_after(self, now: Instant) -> Instant | None:
        """The next end of a period; None where the calendar has none within two years or so."""
        midnight = now // DAY * DAY
        for ahead in range(_LONGEST):
            day = Instant(midnight + ahead * DAY)
            ends = (Instant(day + one.offset) for one in self.rules if _falls_on(one, day))
            later = [end for end in ends if end > now]
            if later:
                return min(later)
        return None


_History = tuple[tuple[Instant, tuple[Rule, ...]], ...]


def _ends_on(history: _History, midnight: Instant) -> list[Instant]:
    """Ends of periods on the day that starts at a moment, oldest first."""
    ends: set[Instant] = set()
    for place, (begun, rules) in enumerate(history):
        over = history[place + 1][0] if place + 1 < len(history) else _NEVER
        moments = (Instant(midnight + one.offset) for one in rules if _falls_on(one, midnight))
        ends.update(moment for moment in moments if begun <= moment < over)
    return sorted(ends)


# Calendars of all homes are alike, and a calendar is asked on the same day again and again.
@lru_cache(maxsize=1024)
def _ends_before(history: _History, midnight: Instant) -> tuple[Instant, ...]:
    """The last ends of periods on the days before one, oldest first."""
    found: list[Instant] = []
    for back in range(1, _LONGEST):
        found.extend(reversed(_ends_on(history, Instant(midnight - back * DAY))))
        if len(found) >= BILLING_DEPTH:
            break
    return tuple(reversed(found[:BILLING_DEPTH]))
