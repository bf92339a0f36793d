"""The half-hour log as settlement takes it: in parts or at once, by whoever may, across a change of clocks.

SMETS2 5.7.5.27; times in the log are UTC, so that the days on which clocks change are as long as others.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.subjects.electricity import HALF_HOUR, HALF_HOUR_LOG, log_entries
from harness.gbcs.roles import RemotePartyRole
from harness.network.clock import DAY, HOUR, Duration, Instant, datetime_of, instant_of

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.7.5.27, 5.5.1"
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_NETWORK_OPERATOR: Final = RemotePartyRole.NETWORK_OPERATOR
_DAYS: Final = 3
_SPRING: Final = 3
_SUNDAY: Final = 6
_LAST_WEEK: Final = 25
"""Clocks go forward on the last Sunday of March, one of 25 to 31."""

_Entries = tuple[tuple[int, ...], ...]


def _read(bench: Bench, role: RemotePartyRole, start: Instant, end: Instant) -> _Entries:
    command = bench.command(HALF_HOUR_LOG.use_case, HALF_HOUR_LOG.target, role, argument=(start, end))
    return log_entries(bench, bench.exchange(command))


def _compare(bench: Bench, start: Instant, days: int) -> None:
    """Read days one by one as the supplier, and all of them as the network operator."""
    parts: _Entries = ()
    for day in range(days):
        begin = Instant(start + day * DAY)
        parts += _read(bench, _SUPPLIER, begin, Instant(begin + DAY - HALF_HOUR))
    end = Instant(start + days * DAY - HALF_HOUR)
    whole = _read(bench, _NETWORK_OPERATOR, start, end)
    if len(whole) != days * DAY // HALF_HOUR:
        raise CheckFailed(_CLAUSE, f"{days * DAY // HALF_HOUR} half hours", f"{len(whole)}")
    if whole != parts:
        place = next(
            (at for at, (one, other) in enumerate(zip(whole, parts, strict=False)) if one != other), 0
        )
        moment = datetime_of(Instant(start + place * HALF_HOUR)).isoformat()
        raise CheckFailed(
            _CLAUSE, "the same half hours for both parties", f"others from the one that ended at {moment} on"
        )


def _midnight(at: Instant) -> Instant:
    return Instant(at // DAY * DAY + HALF_HOUR)


def _in_parts(bench: Bench) -> None:
    bench.wait(Duration(_DAYS * DAY))
    _compare(bench, Instant(_midnight(bench.now) - _DAYS * DAY), _DAYS)


def _next_change(now: Instant) -> Instant:
    """The start of the next day on which clocks go forward."""
    day = Instant(now // DAY * DAY + DAY)
    while True:
        moment = datetime_of(day)
        if moment.month == _SPRING and moment.day >= _LAST_WEEK and moment.weekday() == _SUNDAY:
            return instant_of(datetime(moment.year, moment.month, moment.day, tzinfo=UTC))
        day = Instant(day + DAY)


def _clocks_change(bench: Bench) -> None:
    change = _next_change(bench.now)
    bench.wait(Duration(change + 2 * DAY + HOUR - bench.now))
    _compare(bench, Instant(change - DAY + HALF_HOUR), _DAYS)


CASES: Final[tuple[Case, ...]] = (
    HALF_HOUR_LOG.case(
        Purpose.JOURNEY,
        detail="in_parts",
        title="The ESME tells supplier and network operator of the same half hours, in parts and at once",
        why="two parties that settle different half hours argue about every one of them",
        clause=_CLAUSE,
        run=_in_parts,
    ),
    HALF_HOUR_LOG.case(
        Purpose.JOURNEY,
        detail="clocks_change",
        title="The ESME's half-hour log has every half hour of the days around a change of clocks, once",
        why="a log in local time loses an hour in spring, and the customer's use in it",
        clause=_CLAUSE,
        run=_clocks_change,
    ),
)
