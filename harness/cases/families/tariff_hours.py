"""Which register counts when: hours, special days and seasons of a tariff, changes of clocks, a new tariff.

A switching table is in UTC all the year, and whatever register counts, together they hold what the meter
does (SMETS2 5.5.4, 5.7.4.48, 5.7.5.35).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.cosem_values import Value, date_time
from harness.cases.outcomes import was_done
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by
from harness.codecs.cosem_data import Data
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, HOUR, MINUTE, Duration, Instant, datetime_of

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.5.4, 5.7.4.48, 5.7.5.35"
_SETTING: Final = "ECS01a"
_BY_TIME: Final = "ECS17d"
_IN_ALL: Final = "ECS17b"
_ESME: Final = DeviceRole.ESME
_SPRING, _SUMMER, _AUTUMN = 3, 6, 10
_SUNDAY: Final = 6
_LAST_WEEK: Final = 25
"""Clocks change on the last Sunday of March and of October, one of 25 to 31."""
_DAY_RATE_AT: Final = 7
"""The hour, in UTC, at which the second register takes over from the first."""
_NIGHT, _DAY, _OTHER = 1, 2, 3
_ALMOST: Final = Duration(5 * MINUTE)
_SPECIAL_PLAN: Final = "TariffSwitchingTable(SpecialDays): dayIdentifier[0..n].next"
_ANY_WEEKDAY: Final = 0xFF
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_Registers = tuple[int, ...]


def _answer(bench: Bench, use_case: str) -> tuple[Data, ...]:
    """The members of the one structure that a reading tells."""
    command = bench.command(use_case, _ESME, RemotePartyRole.SUPPLIER)
    for value in told_by(bench.exchange(command)).values():
        if isinstance(value, Data) and isinstance(value.value, tuple):
            return value.value
    raise CheckFailed(_CLAUSE, f"registers in the answer to {use_case}", "none")


def _numbers(values: object) -> _Registers:
    members = values if isinstance(values, tuple) else (values,)
    return tuple(one.value for one in members if isinstance(one, Data) and isinstance(one.value, int))


def _total(bench: Bench) -> int:
    return _numbers(_answer(bench, _IN_ALL)[0])[0]


def _read(bench: Bench) -> _Registers:
    """The first element's registers by time of use. Raises CheckFailed unless they make up its total."""
    before = _total(bench)
    registers = _numbers(_answer(bench, _BY_TIME)[0].value)
    after = _total(bench)
    if not before <= sum(registers) <= after:
        raise CheckFailed(_CLAUSE, f"registers that make up {before} to {after} Wh", f"{sum(registers)} Wh")
    return registers


def _set(bench: Bench, *given: tuple[str, Value], effective: Instant | None = None) -> None:
    argument = Terms(given=given, effective=effective)
    answer = bench.exchange(bench.command(_SETTING, _ESME, RemotePartyRole.SUPPLIER, argument=argument))
    if not was_done(answer):
        raise InconclusiveOutcome("the ESME takes no tariff")


def _expect_counting(bench: Bench, register: int, length: Duration, when: str) -> None:
    """Let time run, and check that one register alone counted in it. Raises CheckFailed."""
    before = _read(bench)
    bench.wait(length)
    after = _read(bench)
    counted = {
        number for number, (one, other) in enumerate(zip(before, after, strict=True), 1) if one != other
    }
    if counted != {register}:
        found = ", ".join(map(str, sorted(counted))) or "none"
        raise CheckFailed(_CLAUSE, f"register {register} to count {when}", f"register {found}")


def _to(bench: Bench, moment: Instant) -> None:
    bench.wait(Duration(moment - bench.now))


def _next(now: Instant, is_it: Callable[[Instant], bool]) -> Instant:
    """The start of the next day of a kind."""
    day = Instant((now // DAY + 1) * DAY)
    while not is_it(day):
        day = Instant(day + DAY)
    return day


def _is_change(month: int, day: Instant) -> bool:
    date = datetime_of(day)
    return date.month == month and date.day >= _LAST_WEEK and date.weekday() == _SUNDAY


def _across(bench: Bench, month: int) -> None:
    change = _next(bench.now, lambda day: _is_change(month, day))
    _to(bench, Instant(change - 2 * DAY))
    with preamble():
        _set(
            bench,
            ("start_time#0", bytes(4)),
            ("script_selector#0", _NIGHT),
            ("start_time#1", bytes((_DAY_RATE_AT, 0, 0, 0))),
            ("script_selector#1", _DAY),
        )
    # On that day the clocks in the house are an hour ahead: what goes by them goes wrong.
    midnight, day_rate = change if month == _SPRING else change - DAY, Duration(_DAY_RATE_AT * HOUR)
    for begin, end, register in ((0, day_rate, _NIGHT), (day_rate, DAY, _DAY)):
        _to(bench, Instant(midnight + begin + _ALMOST))
        length = Duration(midnight + end - _ALMOST - bench.now)
        _expect_counting(
            bench, register, length, f"from {begin // HOUR:02}:05 UTC to the next hour of change"
        )


def _in_summer(bench: Bench) -> None:
    with preamble():
        midnight = Instant(_next(bench.now, lambda day: datetime_of(day).month == _SUMMER) + DAY)
        _to(bench, Instant(midnight - 3 * HOUR))
        _set(bench, ("script_selector#0", _NIGHT))
        _set(bench, ("script_selector#0", _OTHER), effective=midnight)
    _to(bench, Instant(midnight - HOUR + _ALMOST))
    length = Duration(midnight - _ALMOST - bench.now)
    _expect_counting(
        bench, _NIGHT, length, "in the last hour before midnight in UTC, local midnight being over"
    )
    _to(bench, Instant(midnight + _ALMOST))
    _expect_counting(bench, _OTHER, Duration(HOUR), "in the first hour after midnight in UTC")


def _expect_day(bench: Bench, register: int, midnight: Instant, which: str) -> None:
    """One register counts from the first minutes of a day to its last."""
    _to(bench, Instant(midnight + _ALMOST))
    _expect_counting(bench, register, Duration(DAY - 2 * _ALMOST), f"on {which}")


def _special_day(bench: Bench) -> None:
    special = Instant((bench.now // DAY + 2) * DAY)
    date = datetime_of(special)
    with preamble():
        _set(
            bench,
            ("script_selector#0#0", _NIGHT),
            ("script_selector#1#0", _OTHER),
            ("specialday_date", bytes((*date.year.to_bytes(2, "big"), date.month, date.day, _ANY_WEEKDAY))),
            (_SPECIAL_PLAN, 2),
        )
    _expect_day(bench, _NIGHT, Instant(special - DAY), "the day before the special day")
    _expect_day(bench, _OTHER, special, "the special day")
    _expect_day(bench, _NIGHT, Instant(special + DAY), "the day after the special day")


def _season(bench: Bench) -> None:
    begins = Instant((bench.now // DAY + 2) * DAY)
    with preamble():
        _set(
            bench,
            ("script_selector#0#0", _NIGHT),
            ("script_selector#1#0", _OTHER),
            ("season_start#0", date_time(begins - 30 * DAY)),
            ("season_start#1", date_time(begins)),
            *((f"{day}#{week}", week + 1) for day in _WEEKDAYS for week in range(2)),
        )
    _expect_day(bench, _NIGHT, Instant(begins - DAY), "the last day of the old season")
    _expect_day(bench, _OTHER, begins, "the first day of the new season")


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: its words and what it does."""

    detail: str
    title: str
    why: str
    run: Callable[[Bench], None]


_CHECKS: Final = (
    _Check(
        "hours_in_spring",
        "counts in the register of the hour, in UTC, on the day on which clocks go forward",
        "a night rate that moves with the clocks is charged for an hour that nobody agreed to",
        lambda bench: _across(bench, _SPRING),
    ),
    _Check(
        "hours_in_autumn",
        "counts in the register of the hour, in UTC, on the last day before clocks go back",
        "who shifts the whole summer by an hour sells the dear hours of the morning at the night rate",
        lambda bench: _across(bench, _AUTUMN),
    ),
    _Check(
        "midnight_in_summer",
        "changes over to a planned tariff at midnight in UTC, an hour after local midnight",
        "a tariff that begins an hour early is charged for energy that was sold by the old one",
        _in_summer,
    ),
    _Check(
        "special_day",
        "counts a special day in the register of its own day profile, and the days around it in theirs",
        "a bank holiday that is charged as a working day is the complaint of every January",
        _special_day,
    ),
    _Check(
        "season_begins",
        "counts by the week of the new season from the first midnight of it on",
        "a winter rate that goes on into spring takes money that nobody notices for months",
        _season,
    ),
)


def _cases() -> Iterator[Case]:
    subject = next(one for one in SUBJECTS if (one.use_case, one.target) == (_SETTING, _ESME))
    for check in _CHECKS:
        yield subject.case(
            Purpose.JOURNEY,
            detail=check.detail,
            title=f"The ESME {check.title}",
            why=check.why,
            clause=_CLAUSE,
            run=check.run,
        )


CASES: Final = tuple(_cases())
