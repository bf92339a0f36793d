"""A gas meter whose events nobody has configured answers when it is asked about them (GCS20r)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS GCS20r, ZCL 2.5.12"


def _run(bench: Bench, subject: Subject) -> None:
    bench.exchange(subject.command(bench))


def _case(subject: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="unconfigured",
        title="The GSME answers a read of how it treats events, also where nobody has configured that",
        why="a supplier that hears nothing sends an engineer to a meter without fault",
        clause=_CLAUSE,
        run=partial(_run, subject=subject),
    )


CASES: Final = tuple(_case(subject) for subject in SUBJECTS if subject.use_case == "GCS20r")
