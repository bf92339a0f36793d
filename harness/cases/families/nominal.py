"""The command is carried out and answered for every party that may send it: values, types, units, times."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import party_name
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench


def _comes_after_others(subject: Subject) -> bool:
    """Whether another exchange has to work first; CS02d hands over what CS02c asked for."""
    return subject.has_preamble or subject.use_case == "CS02d"


def _run(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    subject.verify(bench, subject, role)


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        for role in subject.accepted:
            yield subject.case(
                Purpose.NOMINAL,
                detail="" if role is subject.sender else role.name.lower(),
                title=f"The {subject.device} obeys the {party_name(role)}: {subject.doing}",
                why=subject.matters,
                clause=f"GBCS {subject.use_case}, 6.2, 7.2",
                run=partial(_run, subject=subject, role=role),
                catches=() if _comes_after_others(subject) else ("response-carries-device-counter",),
                role=role,
            )


CASES: Final = tuple(_cases())
