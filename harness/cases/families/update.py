"""What has to be the same after new firmware as before it: registers (CS06, ECS17b, GCS13a)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.subjects import firmware
from harness.cases.subjects.electricity import IMPORT_REGISTERS, active_import_in
from harness.cases.subjects.firmware import expect_activated, image_of
from harness.cases.subjects.gas import CONSUMPTION_AT_METER, consumption_in
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.subject import Subject

_SETTLED: Final = Duration(5 * MINUTE)
_MOST_MEANWHILE: Final = 50_000
"""More Wh or dm3 than a home draws while a command is sent and answered, even by a sleeping gas meter."""


def _electricity(bench: Bench) -> int:
    return active_import_in(bench.exchange(IMPORT_REGISTERS.command(bench)))


def _gas(bench: Bench) -> int:
    return consumption_in(bench.exchange(CONSUMPTION_AT_METER.command(bench)))


def _run(bench: Bench, subject: Subject, read: Callable[[Bench], int], clause: str) -> None:
    with preamble():
        before = read(bench)
        expect_activated(bench.exchange(subject.command(bench)), image_of(bench, subject.target))
    bench.wait(_SETTLED)
    after = read(bench)
    if not before <= after <= before + _MOST_MEANWHILE:
        raise CheckFailed(clause, f"a register that goes on from {before}", str(after))


_READ: Final = {
    DeviceRole.ESME: (_electricity, "SMETS2 5.5.14, 5.7.5.3"),
    DeviceRole.GSME: (_gas, "SMETS2 4.5.12, 4.6.5.4"),
}


def _case(subject: Subject) -> Case:
    read, clause = _READ[subject.target]
    return subject.case(
        Purpose.JOURNEY,
        detail="register_kept",
        title=f"The {subject.device}'s register goes on counting where it was before its firmware changed",
        why="a register that starts over makes a bill of nothing, or of everything since the meter was made",
        clause=clause,
        run=partial(_run, subject=subject, read=read, clause=clause),
    )


CASES: Final = tuple(
    _case(subject) for subject in firmware.SUBJECTS if subject.use_case == "CS06" and subject.target in _READ
)
