"""Firmware that is activated twice, as happens when the first answer is lost on its way (CS06)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose
from harness.cases.subject import Subject
from harness.cases.subjects import firmware
from harness.cases.subjects.firmware import ACTIVATION_CLAUSE, expect_activated, image_of
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_RETRY_AFTER: Final = Duration(10 * MINUTE)


def _run(bench: Bench, subject: Subject) -> None:
    image = image_of(bench, subject.target)
    expect_activated(bench.exchange(subject.command(bench)), image)
    bench.wait(_RETRY_AFTER)
    expect_activated(bench.exchange(subject.command(bench)), image)


def _cases() -> Iterator[Case]:
    for subject in firmware.SUBJECTS:
        if subject.use_case == "CS06":
            yield subject.case(
                Purpose.JOURNEY,
                detail="activated_twice",
                title=f"The {subject.device} says success again when told again to run what it runs",
                why="an answer that gets lost must not leave the inventory with the wrong version",
                clause=ACTIVATION_CLAUSE,
                run=partial(_run, subject=subject),
                catches=("repeated-activation-reports-version",),
            )


CASES: Final = tuple(_cases())
