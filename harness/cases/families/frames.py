"""Messages on the air of the home: long ones, once each, after a loss of power, and to a meter that sleeps.

These cases have a home area network of frames, whatever the run has (GBCS 10.2.2, 10.3.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF, all_of, on_air
from harness.cases.bench import patience_with
from harness.cases.case import Case, Purpose, preamble
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.told import expect_once
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, MINUTE, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_READING: Final = "CS02a"
_LONG: Final = {DeviceRole.ESME: "ECS01a", DeviceRole.GSME: "GCS01a"}
"""Commands that take far more than one frame."""
_OUTAGE: Final = Duration(10 * MINUTE)
_BACK: Final = Duration(HOUR)


def _long(bench: Bench, subject: Subject) -> None:
    bench.exchange(subject.command(bench))


def _once(bench: Bench, subject: Subject) -> None:
    with preamble():
        bench.exchange(subject.command(bench))
    expect_once(bench.messages(patience_with(subject.target)))


def _one_after_another(bench: Bench, subject: Subject) -> None:
    with preamble():
        bench.exchange(subject.command(bench))
    bench.exchange(subject.command(bench))


def _comes_back(bench: Bench, subject: Subject) -> None:
    with preamble():
        bench.exchange(subject.command(bench))
    bench.operate(subject.target, Stimulus.POWER_OFF)
    bench.wait(_OUTAGE)
    bench.operate(subject.target, Stimulus.POWER_ON)
    bench.wait(_BACK)
    bench.exchange(subject.command(bench))


@dataclass(frozen=True, slots=True)
class _Check:
    """One case of each device that it is about: its words, and what it does."""

    detail: str
    says: str
    why: str
    clause: str
    devices: tuple[DeviceRole, ...]
    run: Callable[[Bench, Subject], None]


_METERS: Final = (DeviceRole.ESME, DeviceRole.GSME)
_CHECKS: Final = (
    _Check(
        "long_message",
        "takes a command that needs many fragments",
        "a tariff that does not get through leaves a customer on the last one",
        "GBCS 10.2.2",
        _METERS,
        _long,
    ),
    _Check(
        "answered_once",
        "is heard once by the remote party, however often its frames go over the air",
        "answers that come twice are work for every system behind the hub",
        "GBCS 7.2.7, 10.2.2",
        _METERS,
        _once,
    ),
    _Check(
        "fetched",
        "fetches one command after the other, each in its time",
        "what the hub has given up before the meter asks for it is lost",
        "GBCS 10.3.3",
        (DeviceRole.GSME,),
        _one_after_another,
    ),
    _Check(
        "comes_back",
        "is back on the network, and answers, after a loss of power",
        "a meter that does not find back needs an engineer in the house",
        "GBCS 10.2.2, 10.6",
        _METERS,
        _comes_back,
    ),
)


def _run(bench: Bench, check: _Check, subject: Subject) -> None:
    check.run(bench, subject)


def _cases() -> Iterator[Case]:
    by_name = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
    for check in _CHECKS:
        for target in check.devices:
            subject = by_name[_LONG[target] if check.detail == "long_message" else _READING, target]
            case = subject.case(
                Purpose.JOURNEY,
                detail=check.detail,
                title=f"The {subject.device} {check.says}",
                why=check.why,
                clause=check.clause,
                run=partial(_run, check=check, subject=subject),
                applies=all_of(subject.applies, on_air(KIND_OF[target])),
            )
            yield replace(case, on_frames=True)


CASES: Final = tuple(_cases())
