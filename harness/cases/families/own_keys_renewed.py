"""A device's key that agrees is renewed: what is secured with the new one counts, and the old one is dead.

GBCS 4.3.2.5, 13.4 (CS02c, CS02d).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.command import compose
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.trust import UPDATE_CLAUSE, new_certificate
from harness.codecs.asn1.credentials import UpdateOutcome, UpdateResponse
from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_READ_FROM: Final = {
    DeviceRole.CHF: "ECS52",
    DeviceRole.GPF: "CS02a",
    DeviceRole.ESME: "ECS52",
    DeviceRole.GSME: "GCS38",
    DeviceRole.SAPC: "ECS52",
}
"""Something that each device tells with a MAC."""


def _run(bench: Bench, subject: Subject, asking: Subject) -> None:
    role, target = subject.sender, subject.target
    with preamble():
        certificate = new_certificate(bench, target, role)
        handed = bench.exchange(bench.command(subject.use_case, target, role, argument=certificate)).payload
        if not isinstance(handed, UpdateResponse) or handed.outcome is not UpdateOutcome.SUCCESS:
            raise CheckFailed(UPDATE_CLAUSE, "success", str(handed))
    renewed = replace(bench.device(target), key_agreement_certificate=certificate)
    order = asking.command(bench).order
    bench.exchange(compose(bench.parties, replace(order, device=renewed)))
    late = asking.command(bench)
    refusal = Refusal(UPDATE_CLAUSE, "its MAC is of the key before")
    expect_refused(bench, target, late.octets, refusal, asking.effect)


def _case(subject: Subject, asking: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="renewed",
        title=f"The {subject.device} is spoken to with its new key, and with its old one no more",
        why="a key is renewed because it is old, or known to somebody, and must be worth nothing then",
        clause=UPDATE_CLAUSE,
        run=partial(_run, subject=subject, asking=asking),
    )


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
CASES: Final = tuple(
    _case(_BY_NAME["CS02d", target], _BY_NAME[name, target]) for target, name in _READ_FROM.items()
)
