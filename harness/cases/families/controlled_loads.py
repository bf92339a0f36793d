"""Loads that the meter or a SAPC controls: by calendar, randomised offset, boost button, order and limit.

A charger, a heat pump and a battery are alike here: what counts is the level that their controller is at,
which the device tells (ECS61e) or which an HCALCS shows. Times of a calendar are UTC (SMETS2 5.5.4, 5.14,
5.7.4.3, 5.7.4.33, 5.7.5.28, 9.5).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import KIND_OF, all_of, with_equipment
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.cosem_values import Value, date_time
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by
from harness.codecs.cosem_data import CompactArray, Data
from harness.gbcs.equipment import Equipment
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from harness.network.entries import Entry, Feedback
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_ESME: Final = DeviceRole.ESME
_HCALCS: Final = DeviceRole.HCALCS
_CALENDAR_CLAUSE: Final = "SMETS2 5.5.4, 5.7.4.3, 9.5.1"
_OFFSET_CLAUSE: Final = "SMETS2 5.7.1.5, 5.7.4.33, 5.7.5.28, 9.6.2.6"
_BOOST_CLAUSE: Final = "SMETS2 5.14"
_ORDER_CLAUSE: Final = "SMETS2 5.5.4, 5.6.3.33, 9.5.2"
_ON_AT: Final = Duration(2 * HOUR)
_OFF_AT: Final = Duration(5 * HOUR)
_MOST_OFFSET: Final = 1_799
"""Seconds: the greatest limit of the offset that there may be."""
_AROUND: Final = Duration(MINUTE)
_OUTPUT: Final = 0x1000
_FULL: Final = 100
_HALF: Final = 50
_STEP: Final = Duration(15 * MINUTE)
_LONGEST: Final = Duration(HOUR)


@dataclass(frozen=True, slots=True)
class _Load:
    """One controlled load, and the device that controls it."""

    bench: Bench
    target: DeviceRole
    controller: int = 1

    def send(self, use_case: str, *given: tuple[str, Value]) -> Answer:
        """Send a command, as its usual sender."""
        argument = Terms(given=given) if given else None
        sender = _SUBJECTS[use_case, self.target].sender
        return self.bench.exchange(self.bench.command(use_case, self.target, sender, argument=argument))

    def do(self, use_case: str, *given: tuple[str, Value]) -> None:
        """Send a command that has to succeed for what follows."""
        if not was_done(self.send(use_case, *given)):
            raise InconclusiveOutcome(f"{use_case} is not carried out")

    def set_calendar(self) -> None:
        """Have the load on from 02:00 to 05:00 every day, and off for the rest of it."""
        selector = _OUTPUT | self.controller << 8
        self.do(
            "ECS46d",
            ("switch_time#0", bytes((_ON_AT // HOUR, 0, 0, 0))),
            ("script_selector#0", selector | _FULL),
            ("switch_time#1", bytes((_OFF_AT // HOUR, 0, 0, 0))),
            ("script_selector#1", selector),
        )

    def level(self) -> int:
        """The level that the load is at, in per cent."""
        if self.target is _ESME and self.controller != 1:
            return _FULL if self.bench.display(_HCALCS, Display.SWITCH) == "on" else 0
        name = f"AuxiliaryController[{self.controller}]: stateAndAssociatedInformation"
        for place, value in told_by(self.send("ECS61e")).items():
            if place.name == name and isinstance(value, Data):
                return _level_in(value.value)
        raise CheckFailed(_ORDER_CLAUSE, name, "nothing of it")

    def expect(self, level: int, clause: str, when: str) -> None:
        """Check the level. Raises CheckFailed."""
        found = self.level()
        if found != level:
            raise CheckFailed(clause, f"a load at {level} % {when}", f"{found} %")

    def at(self, moment: Instant) -> None:
        """Let time run to a moment."""
        self.bench.wait(Duration(moment - self.bench.now))


def _level_in(text: object) -> int:
    """The level of the output in the text, in JSON, that a controller's information is."""
    try:
        return int(json.loads(str(text))["outputState"])
    except (ValueError, KeyError, TypeError):
        raise CheckFailed(_ORDER_CLAUSE, "an outputState, in JSON", repr(text)) from None


def _expect_hours(load: _Load, offset: Duration, clause: str) -> None:
    """Check the load around the beginning and the end of its next hours, both put off alike."""
    midnight = Instant((load.bench.now // DAY + 1) * DAY + offset)
    for due, before, after in ((_ON_AT, 0, _FULL), (_OFF_AT, _FULL, 0)):
        load.at(Instant(midnight + due - _AROUND))
        load.expect(before, clause, "just before it is switched")
        load.at(Instant(midnight + due + _AROUND))
        load.expect(after, clause, "just after it is switched")


def _by_calendar(load: _Load) -> None:
    with preamble():
        load.do("ECS38", ("RandomisedOffsetLimit: value", 0))
        load.set_calendar()
    _expect_hours(load, Duration(0), _CALENDAR_CLAUSE)


def _put_off(load: _Load) -> None:
    with preamble():
        load.do("ECS38", ("RandomisedOffsetLimit: value", _MOST_OFFSET))
        load.set_calendar()
    told = {place.name: value for place, value in told_by(load.send("ECS26c")).items()}
    offset, number, limit = (
        _number(told.get(f"RandomisedOffset{what}: value")) for what in ("", "Number", "Limit")
    )
    if limit != _MOST_OFFSET:
        raise CheckFailed(_OFFSET_CLAUSE, f"a limit of {_MOST_OFFSET} s, as was set", f"{limit} s")
    if abs(offset * 0x1_0000 - limit * number) > 0x1_0000:
        raise CheckFailed(_OFFSET_CLAUSE, f"{number} in 65,536 of {limit} s as the offset", f"{offset} s")
    _expect_hours(load, Duration(offset * SECOND), _OFFSET_CLAUSE)


def _number(value: object) -> int:
    if isinstance(value, Data) and isinstance(value.value, int):
        return value.value
    raise CheckFailed(_OFFSET_CLAUSE, "offset, its number and its limit", str(value))


def _ordered(load: _Load) -> None:
    with preamble():
        load.do("ECS38", ("RandomisedOffsetLimit: value", 0))
        load.set_calendar()
        load.at(Instant((load.bench.now // DAY + 1) * DAY + _ON_AT + _AROUND))
    now = load.bench.now
    _order(load, 0, now, Instant(now + HOUR))
    load.expect(0, _ORDER_CLAUSE, "while an order holds, whatever the calendar says")
    load.at(Instant(now + HOUR + _AROUND))
    load.expect(_FULL, _ORDER_CLAUSE, "by its calendar again, once the order is over")


def _order(load: _Load, level: int, start: Instant, end: Instant) -> None:
    title = f"AuxiliaryController[{load.controller}]: settingPeriod"
    load.do(
        "ECS47a",
        ("AuxiliaryController[n]: controllerNumberAndCommandedState", _selector(load, level)),
        (f"{title}StartDateTime", date_time(start)),
        (f"{title}EndDateTime", date_time(end)),
    )


def _selector(load: _Load, level: int) -> int:
    return _OUTPUT | load.controller << 8 | level


def _held_back(load: _Load) -> None:
    now = load.bench.now
    with preamble():
        _order(load, _FULL, now, Instant(now + 3 * HOUR))
        load.expect(_FULL, _ORDER_CLAUSE, "as ordered")
    name = "AuxiliaryProportionalController"
    load.do(
        "ECS47e",
        (f"{name}[n]: controllerNumberAndCommandedState", _selector(load, _HALF)),
        (f"{name}[1]: limitPeriodStartDateTime", date_time(Instant(now + HOUR))),
        (f"{name}[1]: limitPeriodEndDateTime", date_time(Instant(now + 2 * HOUR))),
    )
    load.expect(_FULL, _ORDER_CLAUSE, "before the limit begins")
    load.at(Instant(now + HOUR + _AROUND))
    load.expect(_HALF, _ORDER_CLAUSE, "while the limit holds")
    load.at(Instant(now + 2 * HOUR + _AROUND))
    load.expect(_FULL, _ORDER_CLAUSE, "when the limit is over and the order is not")


def _boosted(load: _Load, presses: int, length: Duration) -> None:
    with preamble():
        load.do("ECS62", ("BoostFunctionControl[1]: value", 1))
    began = load.bench.now
    _press(load, Entry.BOOST, presses)
    load.expect(_FULL, _BOOST_CLAUSE, "once the button is pressed")
    load.at(Instant(began + length - _AROUND))
    load.expect(_FULL, _BOOST_CLAUSE, f"for {length // MINUTE} min of boost")
    load.at(Instant(began + length + _AROUND))
    load.expect(0, _BOOST_CLAUSE, f"after {length // MINUTE} min of boost")
    _expect_logged(load, length)


def _cancelled(load: _Load) -> None:
    with preamble():
        load.do("ECS62", ("BoostFunctionControl[1]: value", 1))
    began = load.bench.now
    _press(load, Entry.BOOST, 2)
    load.bench.wait(_AROUND)
    load.expect(_FULL, _BOOST_CLAUSE, "once the button is pressed")
    length = Duration(load.bench.now - began)
    _press(load, Entry.CANCEL_BOOST, 1)
    load.expect(0, _BOOST_CLAUSE, "once the boost is called off")
    load.bench.wait(_AROUND)
    _expect_logged(load, length)


def _press(load: _Load, entry: Entry, times: int) -> None:
    for _ in range(times):
        if load.bench.enter(load.target, entry) is not Feedback.ACCEPTED:
            raise InconclusiveOutcome("nobody can press the boost button here")


def _expect_logged(load: _Load, length: Duration) -> None:
    """Check that the last boost in the log is the one that was, to the minute. Raises CheckFailed."""
    for place, value in told_by(load.send("ECS61c")).items():
        if place.name.startswith("BoostFunctionEventLog") and isinstance(value, Data):
            lasted = [_seconds(entry) for entry in _entries(value)[-1:]]
            if not lasted or abs(lasted[0] - length // SECOND) > _AROUND // SECOND:
                raise CheckFailed(
                    _BOOST_CLAUSE, f"a boost of {length // MINUTE} min in the log", f"{lasted} s"
                )
            return
    raise CheckFailed(_BOOST_CLAUSE, "the log of boosts", "none")


def _entries(log: Data) -> tuple[Data, ...]:
    entries = log.value.elements if isinstance(log.value, CompactArray) else log.value
    return entries if isinstance(entries, tuple) else ()


def _seconds(entry: Data) -> int:
    """How long a boost in the log was. Raises CheckFailed for an entry of another form."""
    match entry.value:
        case (Data(_, int(start)), Data(_, int(end))):
            return end - start
    raise CheckFailed(_BOOST_CLAUSE, "beginning and end of a boost", str(entry.value))


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: the use case it goes by, its words, what it does, and the equipment it is about."""

    use_case: str
    targets: tuple[DeviceRole, ...]
    detail: str
    title: str
    why: str
    clause: str
    run: Callable[[_Load], None]
    equipment: Equipment | None = None


_BOTH: Final = (_ESME, DeviceRole.SAPC)
_LOADS: Final = (_ESME, DeviceRole.SAPC, _HCALCS)
_CHECKS: Final = (
    _Check(
        "ECS46d",
        _LOADS,
        "by_calendar",
        "switches a load on and off at the hours of its calendar",
        "a charger that does not start at night costs its owner the dear rate, or leaves the car empty",
        _CALENDAR_CLAUSE,
        _by_calendar,
    ),
    _Check(
        "ECS38",
        _LOADS,
        "put_off",
        "puts both ends of a load's hours off by its own part of the limit, and by no more",
        "a million loads that switch in one second take the grid down",
        _OFFSET_CLAUSE,
        _put_off,
    ),
    _Check(
        "ECS47a",
        _BOTH,
        "ordered",
        "holds an order against a load's calendar for its time, and goes back to the calendar",
        "an order that is never over leaves a heat pump off in winter",
        _ORDER_CLAUSE,
        _ordered,
    ),
    _Check(
        "ECS47e",
        _BOTH,
        "held_back",
        "holds a charger or battery back from the beginning of a limit to its end",
        "a street stays on supply only if chargers are held back just when that is needed",
        _ORDER_CLAUSE,
        _held_back,
        Equipment.PROPORTIONAL_CONTROLLER,
    ),
    _Check(
        "ECS62",
        (_ESME,),
        "boosted",
        "has a load on for a quarter of an hour after one press of the boost button",
        "hot water has to be there for a guest, and no longer than it is wanted",
        _BOOST_CLAUSE,
        partial(_boosted, presses=1, length=_STEP),
    ),
    _Check(
        "ECS62",
        (_ESME,),
        "boosted_long",
        "has a load on for an hour at most, however often the boost button is pressed",
        "a child that plays with the button must not heat the tank all day",
        _BOOST_CLAUSE,
        partial(_boosted, presses=6, length=_LONGEST),
    ),
    _Check(
        "ECS62",
        (_ESME,),
        "boost_cancelled",
        "has a load off as soon as a boost is called off, and logs the boost as short as it was",
        "who pressed the button by mistake must not pay for a whole boost",
        _BOOST_CLAUSE,
        _cancelled,
    ),
)


def _run(bench: Bench, check: _Check, target: DeviceRole) -> None:
    elsewhere = target is _HCALCS
    check.run(_Load(bench, _ESME if elsewhere else target, 2 if elsewhere else 1))


def _case(check: _Check, target: DeviceRole, subject: Subject) -> Case:
    if target is _HCALCS:
        subject = replace(subject, beside=(DeviceKind.HCALCS,), number=len(_LOADS))
    reading = _SUBJECTS["ECS61e", subject.target]
    needed = [subject.applies, reading.applies, _SUBJECTS["ECS46d", subject.target].applies]
    if check.equipment is not None and target is _ESME:
        needed.append(with_equipment(KIND_OF[target], check.equipment))
    return subject.case(
        Purpose.JOURNEY,
        detail=check.detail,
        title=f"The {'HCALCS' if target is _HCALCS else subject.device} {check.title}",
        why=check.why,
        clause=check.clause,
        run=partial(_run, check=check, target=target),
        applies=all_of(*needed),
    )


_SUBJECTS: Final = {(one.use_case, one.target): one for one in SUBJECTS}


def _cases() -> Iterator[Case]:
    for check in _CHECKS:
        for target in check.targets:
            yield _case(check, target, _SUBJECTS[check.use_case, _ESME if target is _HCALCS else target])


CASES: Final = tuple(_cases())
