"""A command by a party that may not send it is refused, however well it is protected (GBCS 6.2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import STRANGER
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import party_name
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

CLAUSE: Final = "GBCS 6.2.4, 13.3"
_CATCHES: Final = {"ECS04b": ("role-not-checked",), "GCS40b": ("role-not-checked",)}


def _run(bench: Bench, subject: Subject, role: RemotePartyRole, party: int) -> None:
    with preamble():
        subject.prepare(bench)
    command = subject.command(bench, role, party=party)
    who = f"another {party_name(role)}" if party else f"the {party_name(role)}"
    refusal = Refusal(
        CLAUSE,
        f"{who} may not send {subject.use_case} to the {subject.device}",
        frozenset({AlertCode.SOURCE_WITHOUT_AUTHORITY}),
    )
    expect_refused(bench, subject.target, command.octets, refusal, subject.effect)


def _cases() -> Iterator[Case]:
    for subject in (one.refused_alone for one in SUBJECTS):
        for role in subject.refused:
            yield subject.case(
                Purpose.WRONG_ROLE,
                detail=role.name.lower(),
                title=f"The {subject.device} refuses the {party_name(role)}'s command: {subject.doing}",
                why=f"each party has the rights of its role and no more: {subject.matters}",
                clause=CLAUSE,
                run=partial(_run, subject=subject, role=role, party=0),
                catches=_CATCHES.get(subject.use_case, ()),
            )
        if not subject.accepted:
            continue
        yield subject.case(
            Purpose.WRONG_ROLE,
            detail="stranger",
            title=f"The {subject.device} refuses an unknown {party_name(subject.sender)}: {subject.doing}",
            why=f"a role gives rights over one's own devices alone: {subject.matters}",
            clause=CLAUSE,
            run=partial(_run, subject=subject, role=subject.sender, party=STRANGER),
        )


CASES: Final = tuple(_cases())
