"""What is asked of a device a second time it does as it did the first time, and answers as it did.

Devices in the field have answered the first command after a start rightly, and later ones out of buffers
that were not cleared. Commands that change whom a device trusts or is joined with are not among these:
they have journeys of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.told import expect_told, told_by
from harness.gbcs.use_case import PayloadFamily

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 4.3.1.5, 6.2, 7.2"
_GOES_ON: Final = frozenset(
    {"ECS17a", "ECS17b", "ECS17d", "ECS70", "GCS13a", "GCS13c", "GCS17", "GCS32", "GCS39", "CS01a", "CS01b"}
)
"""Use cases that tell of what counts on between two answers: energy, money and time."""
_ONCE: Final = frozenset({"CCS02"})
"""Use cases that are refused a second time: an entry that is gone cannot be removed."""


def _run(bench: Bench, subject: Subject) -> None:
    if subject.use_case in _GOES_ON:
        with preamble():
            subject.verify(bench, subject, subject.sender)
        subject.verify(bench, subject, subject.sender)
        return
    with preamble():
        subject.prepare(bench)
        before = told_by(bench.exchange(subject.command(bench)))
    after = told_by(bench.exchange(subject.command(bench)))
    for place, value in before.items():
        expect_told(_CLAUSE, place, "as it was the time before", value, after.get(place))


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if subject.row.payload_family is PayloadFamily.ASN1 or subject.use_case in _ONCE:
            continue
        if not subject.accepted:
            continue
        yield subject.case(
            Purpose.CONSISTENT,
            detail="again",
            title=f"The {subject.device} does the second time what it did the first: {subject.doing}",
            why="one good answer after a start says little of the thousands that follow",
            clause=_CLAUSE,
            run=partial(_run, subject=subject),
        )


CASES: Final = tuple(_cases())
