"""How long the hub lets a device of its list in: as long as it was told, and no longer (CCS01, CHTS 4.5.1.2).

A device has no power while it is added, and gets it in time or too late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF
from harness.cases.case import Case, Purpose, preamble
from harness.cases.hub_entries import add_device, take_off
from harness.cases.refusal import Refusal, expect_silence
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, SECOND, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 13.7, CHTS 4.5.1.2, CCS01"
_TOO_LATE: Final = Refusal(_CLAUSE, "the time to join was over when it came")
_LONG: Final = 900
_SHORT: Final = 120
"""Seconds for which devices may join."""
_ALMOST: Final = Duration((_LONG - 60) * SECOND)
_OVER: Final = Duration((_SHORT + 60) * SECOND)
_JOINED: Final = Duration(2 * MINUTE)
_PLUGGED: Final = (DeviceRole.ESME, DeviceRole.PPMID, DeviceRole.HCALCS)
"""Devices that can be without power while a home has it. A gas meter has a battery."""


def _add_in_the_dark(bench: Bench, role: DeviceRole, period: int, wait: Duration) -> None:
    """Add a device that has no power, give it power when time has passed, and time to join."""
    code = take_off(bench, role)
    bench.operate(role, Stimulus.POWER_OFF)
    add_device(bench, role, code, period=period, wait=wait)
    bench.operate(role, Stimulus.POWER_ON)
    bench.wait(_JOINED)


def _run_in_time(bench: Bench, reading: Subject) -> None:
    with preamble():
        _add_in_the_dark(bench, reading.target, _LONG, _ALMOST)
    bench.exchange(reading.command(bench))


def _run_too_late(bench: Bench, reading: Subject) -> None:
    with preamble():
        _add_in_the_dark(bench, reading.target, _SHORT, _OVER)
    expect_silence(bench, bench.device(reading.target), reading.command(bench).octets, _TOO_LATE)


@dataclass(frozen=True, slots=True)
class _Check:
    """One case: its words and what it does."""

    purpose: Purpose
    detail: str
    title: str
    why: str
    run: Callable[[Bench, Subject], None]


_CHECKS: Final = (
    _Check(
        Purpose.JOURNEY,
        "joins_late",
        "The hub lets a {} in that gets power a minute before the time to join is over",
        "an engineer who is still wiring must not find the door shut early",
        _run_in_time,
    ),
    _Check(
        Purpose.NO_SIDE_EFFECT,
        "joins_too_late",
        "The hub lets no {} in that gets power a minute after the time to join is over",
        "a network that stays open for joining is open to whoever passes by",
        _run_too_late,
    ),
)


def _run(bench: Bench, check: _Check, reading: Subject) -> None:
    check.run(bench, reading)


def _cases() -> Iterator[Case]:
    by_name = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
    adding = by_name["CCS01", DeviceRole.CHF]
    for number, role in enumerate(_PLUGGED, 1):
        reading = by_name["CS02a", role]
        subject = replace(adding, beside=(KIND_OF[role], *reading.beside), number=number)
        for check in _CHECKS:
            yield subject.case(
                check.purpose,
                detail=check.detail,
                title=check.title.format(device_name(role)),
                why=check.why,
                clause=_CLAUSE,
                run=partial(_run, check=check, reading=reading),
            )


CASES: Final = tuple(_cases())
