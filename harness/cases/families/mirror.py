"""The hub's copy of the gas meter is fresh, and says of what time it is (CHTS 4.4.3, GBCS 10.3.3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed, Purpose
from harness.cases.inspection import HEADER_CLAUSE, moment_of, time_text
from harness.cases.observation import register_shown
from harness.cases.subject import Subject
from harness.cases.subjects.gas import CONSUMPTION_AT_PROXY, consumption_in
from harness.cases.wording import duration_text
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration, Instant, after
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_CLAUSE: Final = "CHTS 4.4.3, GBCS 10.3.3"
_RELIABLE: Final = 0x00
_OLDEST: Final = Duration(31 * MINUTE)
"""The meter wakes every half hour and tells the hub; a minute for the telling."""
_WATCHED: Final = Duration(65 * MINUTE)
_STEP: Final = Duration(5 * MINUTE)

_Sightings = list[tuple[Instant, int]]


def _run(bench: Bench, subject: Subject) -> None:
    sightings = _watch(bench)
    answer = bench.exchange(subject.command(bench))
    moment = _time_of(answer)
    if moment < after(answer.command.order.at, -_OLDEST):
        raise CheckFailed(
            _CLAUSE,
            f"gas data not older than {duration_text(_OLDEST)} at {time_text(answer.at)}",
            f"data of {time_text(moment)}",
        )
    _check_value(consumption_in(answer), moment, sightings)


def _watch(bench: Bench) -> _Sightings:
    """Read the meter's own display for longer than the oldest data that would do."""
    sightings: _Sightings = []
    until = after(bench.now, _WATCHED)
    while bench.now <= until:
        shown = register_shown(bench, DeviceRole.GSME, Display.GAS_REGISTER)
        if shown is not None:
            sightings.append((bench.now, shown))
        bench.wait(_STEP)
    return sightings


def _time_of(answer: Answer) -> Instant:
    stamp = answer.message.date_time
    if stamp is None or stamp.status != _RELIABLE:
        raise CheckFailed(
            HEADER_CLAUSE,
            "the time of the gas data, said to be reliable (status 00)",
            "no date-time" if stamp is None else f"status {stamp.status:02X}",
        )
    return moment_of(stamp, HEADER_CLAUSE)


def _check_value(volume: int, moment: Instant, sightings: _Sightings) -> None:
    """Check a mirrored value against what the meter showed around the time that it is said to be of."""
    earlier = [shown for at, shown in sightings if at <= moment]
    later = [shown for at, shown in sightings if at > moment]
    low = earlier[-1] if earlier else 0
    if volume < low or (later and volume > later[0]):
        span = f"{low} to {later[0]}" if later else f"{low} or more"
        raise CheckFailed(
            _CLAUSE, f"the meter's register at {time_text(moment)}, which was {span} dm3", f"{volume} dm3"
        )


CASES: Final = (
    CONSUMPTION_AT_PROXY.case(
        Purpose.JOURNEY,
        detail="fresh_mirror",
        title="The GPF's gas consumption is at most half an hour old, and is the meter's at the time given",
        why="a display that lags behind, and a bill by it, are wrong without anybody knowing how wrong",
        clause=_CLAUSE,
        run=partial(_run, subject=CONSUMPTION_AT_PROXY),
        catches=("stale-gpf-mirror",),
    ),
)
