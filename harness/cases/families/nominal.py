"""The command is carried out and answered for every party that may send it: values, types, units, times."""

from __future__ import annotations

import re
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


_REFERENCE: Final = re.compile(r"(SMETS|CHTS) ([0-9.]+(?: / [0-9.]+)*)")
_MOST_REFERENCES: Final = 6


def _references(subject: Subject) -> tuple[str, ...]:
    """The sections of SMETS and CHTS that a use case's data come from."""
    found: dict[str, None] = {}
    row = subject.row
    for reference in (*(one.reference for one in row.cosem), *(one.reference for one in row.zcl)):
        for name, sections in _REFERENCE.findall(reference):
            specification = "SMETS2" if name == "SMETS" else name
            found.update(dict.fromkeys(f"{specification} {section}" for section in sections.split(" / ")))
    return tuple(found)[:_MOST_REFERENCES]


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
                clause=", ".join((f"GBCS {subject.use_case}, 6.2, 7.2", *_references(subject))),
                run=partial(_run, subject=subject, role=role),
                catches=() if _comes_after_others(subject) else ("response-carries-device-counter",),
                role=role,
            )


CASES: Final = tuple(_cases())
