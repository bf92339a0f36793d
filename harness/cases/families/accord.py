"""What a device tells in one answer agrees with what it, or its proxy, tells of the same in another.

One round through all use cases that read, as a supplier's systems go round: each is asked twice, and each
item is compared wherever it comes up, at the gas meter and at its proxy too. Each request is answered
once, and each event is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import expect_alert
from harness.cases.applicability import KIND_OF, has
from harness.cases.case import Case, Purpose
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import Place, Told, expect_once, expect_told, told_by
from harness.cases.wording import device_name
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import Access, PayloadFamily
from harness.network.clock import DAY, HOUR, MINUTE, Duration, Instant

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer
    from harness.cases.subject import Subject

_CLAUSE: Final = "GBCS 7.2.9, 7.2.10"
_MIRROR_CLAUSE: Final = "CHTS 4.4.3, GBCS 10.3.3"
_SETTING_FAMILIES: Final = frozenset({PayloadFamily.DLMS, PayloadFamily.GBZ})
_TRIES: Final = 12
"""A register counts on between two readings over a slow network, but not every time."""
_LIVED: Final = Duration(DAY)
_NIGHT: Final = Duration(2 * HOUR)
"""Little is used and nothing generated at that time of the day, so registers seldom count on."""
_MANY: Final = 6
"""Malformed commands that are enough for an alert of their number."""
_QUIET: Final = Duration(MINUTE)


def _reading(target: DeviceRole) -> tuple[Subject, ...]:
    """Subjects that only read, and do so in whichever state a device is."""
    return tuple(
        one
        for one in SUBJECTS
        if one.target is target and one.row.access is Access.READ and one.accepted and not one.has_preamble
    )


def _setting(target: DeviceRole) -> tuple[Subject, ...]:
    """Subjects that give a device something to tell: settings that are taken in whichever state it is."""
    return tuple(
        one
        for one in SUBJECTS
        if one.target is target
        and one.row.access is Access.UPDATE
        and one.row.payload_family in _SETTING_FAMILIES
        and one.accepted
        and not one.has_preamble
        and not one.row.has_preconditions
    )


_SETTING: Final = {DeviceRole.GSME: _setting(DeviceRole.GSME)}
"""An electricity meter's values are compared with each other, and those do not need any set."""
_READING: Final = {role: _reading(role) for role in DeviceRole}


class _Round:
    """One round through use cases that read; ``_known`` is what was told, and in which."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._span = (Instant(bench.now - 3 * DAY), bench.now)
        self._known: dict[Place, tuple[Subject, object]] = {}

    def ask(self, subject: Subject) -> None:
        """Ask, and compare with what is known. Raises CheckFailed where that does not agree."""
        for _ in range(_TRIES - 1):
            told = self.told(subject)
            other = self._of_another_mind(subject, told)
            if other is None:
                return
            again = self.told(other)
            self._known.update({place: (other, value) for place, value in again.items()})
        for place, value in self.told(subject).items():
            by, before = self._known[place]
            expect_told(_CLAUSE, place, f"as in {by.use_case}", before, value)

    def told(self, subject: Subject) -> Told:
        """What a device tells of the days before the round."""
        return told_by(self._answer(subject))

    def _answer(self, subject: Subject) -> Answer:
        bench = self._bench
        argument = subject.argument(bench)
        terms = Terms(span=self._span) if argument is None else argument
        return bench.exchange(bench.command(subject.use_case, subject.target, subject.sender, argument=terms))

    def _of_another_mind(self, subject: Subject, told: Told) -> Subject | None:
        for place, value in told.items():
            by, before = self._known.setdefault(place, (subject, value))
            if before != value:
                return by
        return None


def _run(bench: Bench, target: DeviceRole) -> None:
    _live(bench, target)
    round_ = _Round(bench)
    for subject in _there(bench, _READING[target]):
        round_.ask(subject)
        round_.ask(subject)
    _expect_once(bench, target)


def _run_gas(bench: Bench) -> None:
    """Ask the gas meter, and its proxy while the meter sleeps and nothing can have changed."""
    _live(bench, DeviceRole.GSME)
    round_ = _Round(bench)
    mirrored = {one.use_case: one for one in _there(bench, _READING[DeviceRole.GPF])}
    for subject in _there(bench, _READING[DeviceRole.GSME]):
        proxy = mirrored.pop(subject.use_case, None)
        if proxy is None or subject.use_case in _OF_ITS_OWN:
            own = _Round(bench)
            own.ask(subject)
            own.ask(subject)
            continue
        at_meter, at_proxy = round_.told(subject), round_.told(proxy)
        for place, value in at_meter.items():
            if place in at_proxy:
                expect_told(_MIRROR_CLAUSE, place, "at the GPF as at the GSME", value, at_proxy[place])
    for subject in _there(bench, _READING[DeviceRole.GPF]):
        if subject.use_case in mirrored or subject.use_case in _OF_ITS_OWN:
            own = _Round(bench)
            own.ask(subject)
            own.ask(subject)
    for target in (DeviceRole.GSME, DeviceRole.GPF):
        _expect_once(bench, target)


def _live(bench: Bench, target: DeviceRole) -> None:
    """Set everything once, and let logs fill for a day and a part, up to the dead of night."""
    for subject in _there(bench, _SETTING.get(target, ())):
        bench.exchange(subject.command(bench))
    until = (bench.now // DAY + 1) * DAY + _LIVED + _NIGHT
    bench.wait(Duration(until - bench.now))


_OF_ITS_OWN: Final = frozenset({"CS10a", "CS10b", "CS07", "CS08", "CS02a"})
"""What the proxy answers of itself: its logs, keys and firmware."""


def _there(bench: Bench, subjects: Iterable[Subject]) -> list[Subject]:
    return [one for one in subjects if one.applies(bench.port.profile) is None]


def _expect_once(bench: Bench, target: DeviceRole) -> None:
    """Check that nothing was answered twice, and every event told once to each. Raises CheckFailed."""
    subject = next(iter(_there(bench, _READING[target])))
    command = subject.command(bench)
    since = bench.now
    bench.send_octets(command.octets[:-1] + bytes((command.octets[-1] ^ 1,)), to=target)
    if subject.refused:
        bench.send(subject.command(bench, subject.refused[0]))
    for _ in range(_MANY):
        bench.send_octets(command.octets[: len(command.octets) // 2], to=target)
    heard = bench.messages(Duration(31 * MINUTE) if target is DeviceRole.GSME else _QUIET)
    expect_once(heard)
    expect_alert(bench, bench.device(target), {AlertCode.UNUSUAL_NUMBER_OF_BAD_COMMANDS}, heard, since=since)


def _case(target: DeviceRole) -> Case:
    involved = {DeviceKind.COMMS_HUB, KIND_OF[target]}
    participants = tuple(kind for kind in DeviceKind if kind in involved)
    gas = target is DeviceRole.GSME
    name = "GSME and its proxy" if gas else device_name(target)
    return Case(
        case_id=f"TC_accord_{target.name.lower()}_1",
        title=f"The {name} tells the same of each item in every answer, and answers once",
        why="systems that ask in different ways must not come to different bills",
        clause=f"{_CLAUSE}, {_MIRROR_CLAUSE}" if gas else _CLAUSE,
        use_case="",
        purpose=Purpose.CONSISTENT,
        participants=participants,
        applies=has(*participants),
        run=_run_gas if gas else partial(_run, target=target),
    )


CASES: Final = tuple(
    _case(target) for target in DeviceRole if _READING[target] and target is not DeviceRole.GPF
)
